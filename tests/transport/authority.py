"""A certificate authority of the tests' own, and who trusts it."""

import functools
import ssl

import trustme


@functools.cache
def authority():
    return trustme.CA()


def server_context(name="127.0.0.1"):
    """The context of a server of that name."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority().issue_cert(name).configure_cert(context)
    return context


def client_context():
    """The context of a client that trusts it."""
    context = ssl.create_default_context()
    authority().configure_trust(context)
    return context
