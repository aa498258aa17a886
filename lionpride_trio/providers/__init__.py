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

from ._decoder import MAX_BLOCKS, StreamDecoder
from ._protocol import ChunkParser, ConfigurableProvider, HTTPRequest, ModelCall, Provider
from ._registry import get, names, register

__all__ = [
    "MAX_BLOCKS",
    "ChunkParser",
    "ConfigurableProvider",
    "HTTPRequest",
    "ModelCall",
    "Provider",
    "StreamDecoder",
    "get",
    "names",
    "register",
]

for _public in (
    ChunkParser,
    ConfigurableProvider,
    HTTPRequest,
    ModelCall,
    Provider,
    StreamDecoder,
    get,
    names,
    register,
):
    _public.__module__ = __name__
del _public
