"""HTTP: one request, and its body as bytes.  The only room that imports httpx and h11.

Layout, from the bottom up:

- ``_failures``: what the network and the HTTP libraries raise, as the classes of `_errors`
- ``_socket``: a TCP socket as a trio stream that can also be read without waiting
- ``_tls``: TLS over such a stream, as readable without waiting
- ``_framing``: where a body ends, without I/O
- ``_connection``: one request over one stream, and `Body`, which loses nothing when cancelled
- ``_inflate``: compressed bodies, in bounded steps
- ``_client``: `open_client`, a client that keeps idle connections and little else
- ``_pump``: `PumpedBody`, the same promise for a body of any other client
- ``_exchange``: `open_exchange`, one request and its answer as long as a block

No redirect is followed, no text is decoded here, no environment is asked for a proxy, and the
connection of a body that was left early is closed.
"""

from ._client import HTTPClient, open_client
from ._exchange import Exchange, open_exchange

__all__ = ["Exchange", "HTTPClient", "open_client", "open_exchange"]
