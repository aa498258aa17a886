"""HTTP: one request, and its body as bytes.  The only room that imports httpx.

Model calls know three things of it: a `Transport` opens exchanges, `json_request` makes what is sent,
and an `Exchange` is the answer.  `open_client` gives the library's own transport, `open_route` one for
the certificates and the proxies that the user names, and `as_transport` makes one of whatever client
the user has.

Layout, from the bottom up:

- ``_alarms``: the clocks of many reads, kept by one task
- ``_reading``: one read, of whatever can be read without waiting: its checkpoints, and its clock
- ``_socket``: a TCP socket that can be read without waiting, and such a stream made of any other
- ``_tls``: TLS over such a stream, as readable without waiting
- ``_request``: what is sent, where, and how long it may take
- ``_framing``: where a body ends, without I/O
- ``_writing``, ``_head``: a request written and the head of its answer read, without I/O
- ``_asking``: a request on its way, up to the head of its answer
- ``_connection``: one request and the body of its answer, over one stream
- ``_inflate``: compressed bodies, in bounded steps
- ``_exchange``: one request and its answer, and what makes them
- ``_idle``, ``_client``: the library's own client, and the connections that it keeps
- ``_like_httpx``: that client as those see it who know httpx's
- ``_pump``, ``_foreign``: the same promises over a client of the user's
- ``_httpx_transport``: that client's connections below a client of httpx's
- ``_route``, ``_routed``: certificates and proxies of the user's, by our own client or by one of httpx's
- ``_failures``, ``_remedies``: what the network and the HTTP libraries raise, as the classes of
  `_errors`, and what to write then

No redirect is followed, no text is decoded here, the environment is asked for a proxy only where the
user says so, and the connection of a body that was left early is closed.
"""

from ._alarms import Watcher
from ._client import Client, open_client
from ._exchange import Exchange, Transport
from ._foreign import HTTPClient, as_transport
from ._request import Request, json_request
from ._route import DIRECT, Proxy, Route
from ._routed import OwnedTransport, open_route

__all__ = [
    "DIRECT",
    "Client",
    "Exchange",
    "HTTPClient",
    "OwnedTransport",
    "Proxy",
    "Request",
    "Route",
    "Transport",
    "Watcher",
    "as_transport",
    "json_request",
    "open_client",
    "open_route",
]
