"""Encoders: chunks to the bytes that a provider would send.  No I/O happens in this package.

Each wire is read in one room, `lionpride_trio.providers`, and written in this one.  An encoder takes
the chunks that a decoder gives::

    encoder = ChatEncoder(Head(id="chatcmpl-1", model="m"))
    body = encoder.begin()
    for chunk in chunks:
        body += encoder.feed(chunk)
    body += encoder.end()

The canonical style is what the embedded server sends; a `Style` says what others write differently
and mean the same.  The law of this room: decoding what was encoded gives the reply, in every style.
"""

from ..._public import show_public_path
from ._abilities import Abilities
from ._anthropic import MessagesEncoder, MessagesStyle, anthropic_error
from ._chat import ChatEncoder, ChatStyle
from ._chat_errors import Dialect, chat_error
from ._encoder import Encoder, EncodingProvider, Head
from ._framing import Framing
from ._gemini import GeminiEncoder, GeminiStyle, gemini_error
from ._ollama import OllamaEncoder, ollama_error
from ._responses import ResponsesEncoder, ResponsesStyle
from ._style import Event, Style

__all__ = [
    "Abilities",
    "ChatEncoder",
    "ChatStyle",
    "Dialect",
    "Encoder",
    "EncodingProvider",
    "Event",
    "Framing",
    "GeminiEncoder",
    "GeminiStyle",
    "Head",
    "MessagesEncoder",
    "MessagesStyle",
    "OllamaEncoder",
    "ResponsesEncoder",
    "ResponsesStyle",
    "Style",
    "anthropic_error",
    "chat_error",
    "gemini_error",
    "ollama_error",
]

show_public_path(globals())
