"""An embedded server that speaks the wire formats of all providers, on this machine alone.

::

    async with local.serve() as server:
        model = iModel("openai", "trigram-1", api_key="any", base_url=server.url("openai"))

``iModel(provider="local")`` starts one by itself.  Its answers come from a trigram of a bundled
text and depend on the model's name, the prompt, the form that is asked for and the seeds alone.

A request that a provider refuses is refused with that provider's error document and, as near as is known, its
sentence: unknown fields, numbers out of range, messages in a wrong order, thinking without its signature.
``serve(strict=False)`` reads what it needs and passes over the rest.  The page ``embedded_server`` of the
documentation says what is refused and what is honoured, wire by wire.

Words of a model's name, parted by ``-``, are directives; what remains is the model that is played:

==================== ================================================================
``reasoning``        reasoning before the answer, in the provider's own field
``redacted``         reasoning that is not shown, where the provider has a form for it
``thinktags``        reasoning inside the answer, between ``<think>`` and ``</think>``
``tools``            a tool call, of a tool that was offered or else of an invented one
``parallel``         two tool calls
``refusal``          the model declines
``filtered``         the provider's filter cuts the answer
``blocked``          the provider's filter refuses the prompt
``slow``             four pieces a second
``pieces-N``         an answer of exactly N pieces
``error-NNN``        that HTTP status, with the provider's own error document
``midstream-error``  an error event after half of the answer
``cut``              a body that ends, cleanly, after half of the answer
``drop``             a connection that breaks after half of the answer
``stall``            silence after half of the answer, until the client goes
==================== ================================================================
"""

from __future__ import annotations

from .._errors import ConfigurationError
from .._public import show_public_path

try:
    from ._record import RecordedRequest
    from ._server import PROVIDERS, LocalServer, serve
except ModuleNotFoundError as error:
    missing = (error.name or "").partition(".")[0]
    if missing not in {"hypercorn", "starlette"}:
        raise
    raise ConfigurationError(
        f"the embedded server needs {missing}: pip install 'lionpride_trio[cli]'"
    ) from error

__all__ = ["PROVIDERS", "LocalServer", "RecordedRequest", "serve"]

show_public_path(globals())
