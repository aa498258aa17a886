"""Replaying: the provider of a recording, and a model that answers as recorded."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any, Final

from .._chunks import Chunk
from .._errors import ConfigurationError, LionprideError, ProviderError
from .._safe_text import Secret
from ..providers import ChunkParser, HTTPRequest, ModelCall, Provider, get
from ..services import iModel
from ._file import Recording
from ._replay_client import Cut, Pace, ReplayClient

BASE_URL: Final = "https://replay.invalid"


class ReplayProvider(Provider):
    """The provider of a recording, for a model without a network or a key.

    :raises ConfigurationError: the recording does not name its provider, and *provider* is not given.
    """

    base_url = BASE_URL
    key_required = False

    def __init__(
        self,
        recording: Recording | ReplayClient | str | os.PathLike[str],
        *,
        provider: str | Provider | None = None,
        endpoint: str | None = None,
        **playing: Any,
    ) -> None:
        if not isinstance(recording, ReplayClient):
            recording = ReplayClient(recording, **playing)
        self.http_client = recording
        first = recording.recording.calls[0]
        if provider is None:
            if first.provider is None:
                raise ConfigurationError(
                    f"{recording.recording.path or 'the recording'} does not tell which"
                    f" provider answered {first.url}: pass provider="
                )
            provider = first.provider
            endpoint = endpoint or first.endpoint
        self._inner = get(provider, endpoint) if isinstance(provider, str) else provider
        self.name = self._inner.name
        self.endpoint = self._inner.endpoint
        self.framing = self._inner.framing
        self.hints = self._inner.hints
        self.max_tokens_options = self._inner.max_tokens_options
        self.request_id_headers = self._inner.request_id_headers
        self.seconds_after_finish = self._inner.seconds_after_finish
        self.default_model = self._inner.read_request(first.url, first.body)[0] or "recorded"

    def request(self, call: ModelCall) -> HTTPRequest:
        """The same as the recorded provider's."""
        return self._inner.request(call)

    def starts_job(self, body: Mapping[str, Any]) -> bool:
        """The same as the recorded provider's."""
        return self._inner.starts_job(body)

    def authorize(self, key: Secret) -> Mapping[str, str]:
        """No headers: a replay asks nobody."""
        return {}

    def parser(self) -> ChunkParser:
        """The same as the recorded provider's."""
        return self._inner.parser()

    def parse_body(self, value: Any) -> tuple[Sequence[Chunk], LionprideError | None]:
        """The same as the recorded provider's."""
        return self._inner.parse_body(value)

    def parse_error(
        self, status: int | None, headers: Mapping[str, str], value: Any
    ) -> ProviderError:
        """The same as the recorded provider's."""
        return self._inner.parse_error(status, headers, value)


def replay(
    recording: Recording | ReplayClient | str | os.PathLike[str],
    *,
    pace: Pace = "at_once",
    cut: Cut | None = None,
    strict: bool = False,
    provider: str | Provider | None = None,
    endpoint: str | None = None,
    model: str | None = None,
    **settings: Any,
) -> iModel:
    """A model that answers as recorded, without a network or a key::

        response = await replay("call.jsonl").complete("hi")

    *pace* is ``"at_once"``, ``"recorded"``, or how many times as fast; *cut* cuts the bodies anew.
    `ReplayClient`, which can be given instead of a file, says which answer a request gets.  *settings* are
    `iModel`'s.  Reading the file blocks.

    :raises ConfigurationError: the recording is damaged (names the line), or does not name its
        provider.
    """
    found = ReplayProvider(
        recording, pace=pace, cut=cut, strict=strict, provider=provider, endpoint=endpoint
    )
    settings.setdefault("retry", None)
    return iModel(found, model or "", http_client=found.http_client, **settings)


class Replay(Provider):
    """The provider named ``replay``: ``iModel(provider="replay", path="call.jsonl")``.

    The options ``path``, ``pace``, ``cut`` and ``strict`` are `replay`'s; the others go on to the
    provider that was recorded.
    """

    name = "replay"
    endpoint = "recording"
    framing = "sse"
    base_url = BASE_URL
    key_required = False

    def configured(
        self, model: str, options: Mapping[str, Any]
    ) -> tuple[Provider, str, dict[str, Any]]:
        """The provider of the recording that *options* name, its model, and the other options."""
        rest = dict(options)
        path = rest.pop("path", None)
        if path is None:
            raise self._refusal()
        own = {name: rest.pop(name) for name in ("pace", "cut", "strict") if name in rest}
        found = ReplayProvider(path, **own)
        return found, model, rest

    def request(self, call: ModelCall) -> HTTPRequest:
        """Nothing can be asked before a recording is named."""
        raise self._refusal()

    def parser(self) -> ChunkParser:
        """Nothing can be read before a recording is named."""
        raise self._refusal()

    def parse_body(self, value: Any) -> tuple[Sequence[Chunk], LionprideError | None]:
        """Nothing can be read before a recording is named."""
        raise self._refusal()

    def _refusal(self) -> ConfigurationError:
        return ConfigurationError("provider 'replay' needs path=, the file that record() wrote")
