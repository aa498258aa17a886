"""Options of a request: what the provider's request does not have is refused before anything is sent.

A service reports a field that it does not know, or ignores it in silence.  Each provider therefore
lists the fields of its request; what is newer than its list goes through ``extra_body=``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence, Set as AbstractSet
from typing import Any, Final, cast

from .._errors import ConfigurationError
from .._hints import closest
from ._protocol import ModelCall

# Options of other libraries that are no field of a request here, and what to write.
ELSEWHERE: Final[Mapping[str, str]] = {
    "timeout": "timeouts=Timeouts(…)",
    "request_timeout": "timeouts=Timeouts(…)",
    "max_retries": "retry=Retry(attempts=…)",
    "num_retries": "retry=Retry(attempts=…)",
    "retries": "retry=Retry(attempts=…)",
    "headers": "extra_headers={…}",
    "default_headers": "extra_headers={…}",
    "default_query": "extra_query={…}",
    "key": "api_key=",
    "api_base": "base_url=",
    "host": "base_url=",
    "url": "base_url=",
    "client": "http_client=",
    "verify": "ssl_context=",
    "cert": "ssl_context=, which has load_cert_chain(…)",
    "proxies": "proxy=",
    "output": "complete(…, output=…) or stream(…, output=…)",
    "response_model": "complete(…, output=…)",
    "system_prompt": "system=",
    "stop_words": "stop=",
}

# Settings of `iModel`: no call of it can change them.
SETTINGS: Final = frozenset([
    "api_key",
    "base_url",
    "bounds",
    "capacity_refresh_time",
    "endpoint",
    "http_client",
    "limit_requests",
    "limit_tokens",
    "max_concurrent",
    "name",
    "proxy",
    "retry",
    "ssl_context",
    "timeouts",
    "trust_env",
])

EXTRAS: Final = frozenset(["extra_body", "extra_headers", "extra_query"])


def take_options(
    call: ModelCall,
    provider: str,
    known: AbstractSet[str],
    *,
    reserved: Collection[str],
    hints: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The options of *call*, as a dict of its own, once each is one of *known*, or ``system``.

    *reserved* are fields that the library writes itself; *hints* say what to do about a name that
    the provider is often given.

    :raises ConfigurationError: names the option and what to write instead.
    """
    if "stop" in call.options:
        _check_stop(call.options["stop"])
    for option in call.options:
        if option in reserved:
            raise ConfigurationError(f"option {option!r} is set by the call itself: leave it out")
        if option not in known and option != "system":
            raise ConfigurationError(_refusal(option, provider, known, hints or {}))
    return dict(call.options)


def _check_stop(stop: object) -> None:
    each = cast(Sequence[object], stop) if isinstance(stop, list | tuple) else [stop]
    if not all(isinstance(one, str) for one in each):
        raise ConfigurationError(f"stop= takes a str or a list of them, not {stop!r:.200}")


def _refusal(option: str, provider: str, known: AbstractSet[str], hints: Mapping[str, str]) -> str:
    refused = f"{provider} has no option {option!r}"
    if option in hints:
        return f"{refused}: {hints[option]}"
    if option in SETTINGS:
        return f"{refused}: {option}= is a setting of the model, as in iModel(…, {option}=…)"
    if option in ELSEWHERE:
        return f"{refused}: did you mean {ELSEWHERE[option]}?"
    close = closest(option, {*known, *SETTINGS, *EXTRAS, "system"})
    newer = f"hat is newer than this library goes through extra_body={{{option!r}: …}}"
    return f"{refused}: did you mean {close!r}? W{newer}" if close else f"{refused}: w{newer}"
