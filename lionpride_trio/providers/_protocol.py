"""The protocol of providers: how a service is asked, and how its answers are read.  No I/O happens here.

To teach the library another service, subclass `Provider` and hand an instance to `register`.  All
that the library knows of one service is an attribute or a method there: no other room names a
service, an option or a header of one, and `tests/guards/test_facts_at_home.py` holds that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol, cast, runtime_checkable

import attrs

from .._chunks import Chunk
from .._errors import LionprideError, ProviderError
from .._safe_text import Secret
from .._timings import RateLimits
from ._answer_options import plain_answer
from ._faults import REQUEST_ID_HEADERS, provider_error
from ._rate_limits import RATE_LIMIT_HEADERS, rate_limits_in


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
    """Members that are merged into the body that its provider writes."""
    extra_query: Mapping[str, Any] = attrs.field(factory=dict[str, Any])
    """Members of the query that is appended to the URL."""


@attrs.frozen
class HTTPRequest:
    """The request to send.  ``path`` is appended to the base URL; the secret headers are apart."""

    path: str
    """The path that is appended to the base URL."""
    body: Mapping[str, Any]
    """The object that is sent as JSON."""
    headers: Mapping[str, str] = attrs.field(factory=dict[str, str])
    """Headers without secrets."""


class ChunkParser(Protocol):
    """Reads the events of one stream.  Make a fresh one for each.

    A parser may have an attribute ``late``: chunks of what it has kept, such as the newest usage,
    that are told when the body has ended.
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
class Provider(Protocol):
    """One API of one service: subclass it, and say what its defaults do not.

    Eight members have no default: ``name``, ``endpoint``, ``framing``, ``base_url``,
    ``key_required``, `request`, `parser` and `parse_body`.
    """

    # Who it is.

    name: str
    """Its name, as ``provider=`` takes it."""
    endpoint: str
    """The name of this API of it, as ``endpoint=`` takes it."""

    # Where it lives, and who may ask.

    base_url: str | None
    """Where it lives; None when the caller must say."""
    base_url_variables: Sequence[str] = ()
    """Environment variables that may have the address; the first that is set wins."""
    key_required: bool
    """Whether a model without a key is refused."""
    key_variables: Sequence[str] = ()
    """Environment variables that may have the key, the first that is set wins."""
    token_variables: Sequence[str] = ()
    """Environment variables that may have another kind of secret in place of the key; asked where
    there is no key.  `authorize` is given a ``Token`` then."""
    header_variables: Mapping[str, str] = {}
    """Environment variables, and the header that each fills."""
    host: str | None = None
    """Module with ``serve()``, an async context manager whose value has ``url(name)``, for a
    provider that lives in this process while it is used; None for all others."""
    http_client: Any = None
    """The client of its calls, where the caller passes none: for a provider without a network."""

    # How it is asked.

    default_model: str = ""
    """The model that is asked where none is named; empty where the caller must name one."""
    hints: Mapping[str, str] = {}
    """Advice for options that callers give and that the service does not have: what to write instead."""
    max_tokens_options: Sequence[str] = ("max_tokens",)
    """Options that bound how much a call may generate; the first that is given counts towards
    ``limit_tokens``."""
    paths: Sequence[str] = ()
    """Ends of the paths that requests go to: a recording knows by them whose call it has."""

    # How it answers.

    framing: Literal["sse", "ndjson"]
    """How its streams are framed: server-sent events or JSON Lines."""
    seconds_after_finish: float | None = 5.0
    """How long a body may stay silent after the finish reason before the answer counts as ended.

    That suits a service whose end mark is due at once.  None where there is no end mark, so that
    silence after a finish reason ends nothing, and only the end of the body does."""
    request_id_headers: Sequence[str] = REQUEST_ID_HEADERS
    """Headers of an answer that may have the request's id, the first that is there counts."""
    rate_limit_headers: Sequence[str] = RATE_LIMIT_HEADERS
    """How the headers are named that tell of limits: ``{fact}`` stands for ``limit``, ``remaining`` and
    ``reset``, ``{what}`` for ``requests``, ``tokens``, ``input-tokens`` and ``output-tokens``."""
    telemetry_name: str | None = None
    """Its name in OpenTelemetry's conventions, where that is another than ``name``."""
    input_excludes_cache: bool = False
    """Whether the ``input_tokens`` of its reports leave out those that were read from a cache or written to one."""
    error_statuses: Mapping[int, type[ProviderError]] = {}
    """HTTP statuses of its own, and what each means."""
    error_words: Mapping[type[ProviderError], str] = {}
    """Words of its own in error documents, parted by blanks, by what they mean."""

    def configured(
        self, model: str, options: Mapping[str, Any]
    ) -> tuple[Provider, str, dict[str, Any]]:
        """The provider to use, the model's id, and the options that go on into each request.

        For a provider that takes options of its own when a model is made, such as a file's path.
        """
        return self, model, dict(options)

    def complete_address(self, text: str) -> str:
        """The base URL that *text*, given or from the environment, means."""
        return text

    def authorize(self, key: Secret) -> Mapping[str, str]:
        """The headers that carry *key*: by default a bearer token."""
        return {"authorization": f"Bearer {key.reveal()}"}

    def answer_options(
        self, name: str, schema: Mapping[str, Any], options: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """The options that a request has besides *options*, so that the answer is an object of *schema*.

        By default the option ``response_format``, in OpenAI's form.

        :raises ConfigurationError: it cannot be asked for with these options.
        """
        return plain_answer(name, schema, options)

    def request(self, call: ModelCall) -> HTTPRequest:
        """The request for *call*.

        :raises ConfigurationError: an option is misspelt, or a message is of no known form.
        """
        ...

    def read_request(self, path: str, body: Any) -> tuple[str | None, bool]:
        """The model that a request of this provider asks, if it says so, and whether for a stream."""
        if not isinstance(body, Mapping):
            return None, False
        fields = cast(Mapping[str, Any], body)
        model = fields.get("model")
        return model if isinstance(model, str) else None, bool(fields.get("stream"))

    def starts_job(self, body: Mapping[str, Any]) -> bool:
        """Whether the service works on, and is paid, though the answer to this *body* is lost.

        Sent twice it would be two jobs: nothing repeats such a request that may have arrived.
        """
        return False

    def parser(self) -> ChunkParser:
        """A machine for one stream."""
        ...

    def parse_body(self, value: Any) -> tuple[Sequence[Chunk], LionprideError | None]:
        """The chunks of a non-streaming answer, and the failure it reports, if any."""
        ...

    def parse_error(
        self, status: int | None, headers: Mapping[str, str], value: Any
    ) -> ProviderError:
        """The failure that *value* (decoded JSON, or text when it is none) reports.

        *status* is None for what a stream reports.
        """
        return provider_error(
            value,
            status=status,
            headers=headers,
            words=self.error_words,
            statuses=self.error_statuses,
            id_headers=self.request_id_headers,
        )

    def rate_limits(self, headers: Mapping[str, str]) -> RateLimits | None:
        """The limits that the *headers* of an answer tell of, names in small letters; None if they do not."""
        return rate_limits_in(headers, self.rate_limit_headers)
