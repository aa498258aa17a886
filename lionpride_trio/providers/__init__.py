"""Providers: how each is asked, and how its answers are read.  No I/O happens in this package.

`get` finds a provider, `register` adds one; `Provider` says what one is.  `StreamDecoder` is the
whole way from the bytes of a body to chunks::

    decoder = StreamDecoder(get("anthropic"))
    for piece in pieces:
        chunks += decoder.feed(piece)
    chunks += decoder.flush()
    if decoder.failure:
        raise decoder.failure
"""

from .._public import show_public_path
from ._decoder import MAX_BLOCKS, StreamDecoder
from ._protocol import (
    AddressReader,
    AnswerWriter,
    ChunkParser,
    ConfigurableProvider,
    HeaderReader,
    HTTPRequest,
    ModelCall,
    Provider,
    TokenReader,
)
from ._registry import get, names, register

__all__ = [
    "MAX_BLOCKS",
    "AddressReader",
    "AnswerWriter",
    "ChunkParser",
    "ConfigurableProvider",
    "HTTPRequest",
    "HeaderReader",
    "ModelCall",
    "Provider",
    "StreamDecoder",
    "TokenReader",
    "get",
    "names",
    "register",
]

show_public_path(globals())
