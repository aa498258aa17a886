"""The versions of the protocols that are spoken here, and whose words they are."""

from __future__ import annotations

from typing import Final

AI_SDK: Final = "7"
"""The major version of npm's ``ai`` whose clients read `UIEncoder`."""
UI_MESSAGE_STREAM: Final = "v1"
"""The version of its stream, which stands in the header ``x-vercel-ai-ui-message-stream``."""
AG_UI: Final = "1"
"""The major version of npm's ``@ag-ui/client`` that reads `AGUIEncoder`."""
AG_UI_PROTOCOL: Final = "1.0"
"""The version of the protocol that it speaks, as ``RUN_STARTED`` tells it."""
