"""What a provider is: how to ask it, and how to read what it answers.  No I/O happens here.

To teach the library another service, write a class that satisfies `Provider` and hand it to
`register`; the built-in ones have nothing that a third party's has not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol, runtime_checkable

import attrs

from .._chunks import Chunk
from .._errors import LionprideError, ProviderError
from .._safe_text import Secret


def _given(options: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


@attrs.frozen
class ModelCall:
    """The caller's question: neutral messages (``{"role", "content"}``) and options.

    An option that is None is not given.
    """

    model: str
    """The provider's id of the model."""
    messages: Sequence[Mapping[str, Any]]
    """The messages, in order."""
    options: Mapping[str, Any] = attrs.field(factory=dict[str, Any], converter=_given)
    """The options under the names that the caller wrote."""
    stream: bool = True
    """Whether the answer is to be streamed."""
    headers: Mapping[str, str] = attrs.field(factory=dict[str, str])
    """Headers that the request has besides its provider's own (the option ``extra_headers``)."""
    extra_body: Mapping[str, Any] = attrs.field(factory=dict[str, Any])
    """What is merged into the body that its provider writes."""
    extra_query: Mapping[str, Any] = attrs.field(factory=dict[str, Any])
    """What is appended to the URL."""


@attrs.frozen
class HTTPRequest:
    """The request to send.  ``path`` is appended to the base URL; the secret headers are apart."""

    path: str
    """What is appended to the base URL."""
    body: Mapping[str, Any]
    """What is sent as JSON."""
    headers: Mapping[str, str] = attrs.field(factory=dict[str, str])
    """Headers without secrets."""


class ChunkParser(Protocol):
    """Reads the events of one stream.  Make a fresh one for each.

    A parser may have an attribute ``has_end_mark``.  False says that the end of the body is the only
    end, so that silence after a finish reason ends nothing; True is taken where there is none.
    """

    ended: bool
    """The provider's end mark was seen: nothing after it counts."""
    whole: bool
    """Enough was seen that a clean end of the body means a whole answer."""

    @property
    def failure(self) -> LionprideError | None:
        """The failure that the provider reported, to be raised after the chunks before it."""
        ...

    def feed(self, event: str, value: Any) -> Sequence[Chunk]:
        """The chunks of one event: its type (``""`` on NDJSON) and its decoded data.

        Any of TypeError, KeyError, AttributeError, IndexError or ValueError that a value of an
        unexpected shape causes is made a `DecodeError` by the caller.
        """
        ...


@runtime_checkable
class ConfigurableProvider(Protocol):
    """A provider that takes options of its own when a model is made, such as a file's path."""

    def configured(
        self, model: str, options: Mapping[str, Any]
    ) -> tuple[Provider, str, dict[str, Any]]:
        """The provider to use, the model's id, and the options that go on into each request.

        The provider may have an ``http_client``, which is then used for its calls.
        """
        ...


@runtime_checkable
class AddressReader(Protocol):
    """A provider whose addresses may be written in a form of its own."""

    def complete_address(self, text: str) -> str:
        """The base URL that *text*, given or from the environment, means."""
        ...


@runtime_checkable
class HeaderReader(Protocol):
    """A provider some of whose headers come from the environment."""

    header_variables: Mapping[str, str]
    """Environment variables, and the header that each fills."""


@runtime_checkable
class TokenReader(Protocol):
    """A provider that takes another kind of secret in place of its key."""

    token_variables: Sequence[str]
    """Environment variables that may have it; asked where there is no key.  `Provider.authorize`
    is given a ``Token``."""


@runtime_checkable
class AnswerWriter(Protocol):
    """A provider that wants the schema of an answer in a way of its own.

    All others are given it as the option ``response_format``, in OpenAI's form.
    """

    def answer_options(
        self, name: str, schema: Mapping[str, Any], options: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """What a request has besides *options*, so that the answer is an object of *schema*.

        :raises ConfigurationError: it cannot be asked for with these options.
        """
        ...


@runtime_checkable
class Provider(Protocol):
    """One API of one service."""

    name: str
    """What ``provider=`` calls it."""
    endpoint: str
    """What ``endpoint=`` calls this API of it."""
    framing: Literal["sse", "ndjson"]
    """How its streams are framed: server-sent events or JSON Lines."""
    base_url: str | None
    """Where it lives; None when the caller must say."""
    base_url_variables: Sequence[str]
    """Environment variables that may have the address; the first that is set wins."""
    key_variables: Sequence[str]
    """Environment variables that may have the key, the first that is set wins."""
    key_required: bool
    """Whether a model without a key is refused."""
    host: str | None
    """Module with ``serve()``, an async context manager whose value has ``url(name)``, for a
    provider that lives in this process while it is used; None for all others."""

    def request(self, call: ModelCall) -> HTTPRequest:
        """The request for *call*.

        :raises ConfigurationError: an option is misspelt, or a message is of no known form.
        """
        ...

    def authorize(self, key: Secret) -> Mapping[str, str]:
        """The headers that carry *key*."""
        ...

    def parser(self) -> ChunkParser:
        """A machine for one stream."""
        ...

    def parse_body(self, value: Any) -> tuple[Sequence[Chunk], LionprideError | None]:
        """The chunks of a non-streaming answer, and the failure it reports, if any."""
        ...

    def parse_error(
        self, status: int | None, headers: Mapping[str, str], value: Any
    ) -> ProviderError:
        """The failure that *value* (decoded JSON, or text when it is none) reports."""
        ...
