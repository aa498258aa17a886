"""Names in the environment, and where a proxy stands."""

from tests.faults.wires import WIRES

CHAT = WIRES[0]


NAMES = ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"]


def place(server):
    return server.url().split("/")[2]
