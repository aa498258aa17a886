"""A model from what the command line says, and what is wrong with that in the command line's words."""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Iterable
from typing import Any, Final

from .. import PlainHTTPWarning, iModel
from .._errors import ConfigurationError
from .._hints import closest
from ..providers import get, names
from ._screen import note

SURE: Final = 0.7
"""How much (of 1) what stands before a slash must be like a provider's name to be one misspelt."""


def open_model(
    provider: str | None, model: str, base_url: str | None = None, **settings: Any
) -> iModel:
    """Make the model.  Without *provider* the name of the model says it: ``openai/gpt-4o-mini``.

    :raises ConfigurationError: something is missing or wrong; names options and variables.
    """
    if provider is None:
        provider, model = split_name(model)
    if provider is None:
        raise ConfigurationError(
            "no provider is given: write --provider openai, or --model openai/gpt-4o-mini"
            f" (known are {', '.join(names())})"
        )
    found = get(provider)
    if not model and found.host is None:
        raise ConfigurationError(f"provider {provider!r} needs a model: write --model MODEL")
    key_variable = _first_set(found.key_variables)
    if found.key_required and key_variable is None and _first_set(found.token_variables) is None:
        variables = " or ".join(found.key_variables)
        raise ConfigurationError(
            f"no key for provider {provider!r}: set the environment variable {variables}"
        )
    address = "--base-url" if base_url else _first_set(found.base_url_variables) or "--base-url"
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always", PlainHTTPWarning)
        try:
            made = iModel(provider, model, base_url=base_url, stream=True, **settings)
        except ConfigurationError as error:
            options = {
                "api_key": key_variable or next(iter(found.key_variables), "the key"),
                "base_url": address,
                "model": "--model",
                "provider": "--provider",
            }
            raise ConfigurationError(_in_our_words(error.message, options)) from error
    for warning in warned:
        note(f"warning: {warning.message}")
    return made


def split_name(name: str) -> tuple[str | None, str]:
    """The provider and the model that ``provider/model`` says; no provider where it says none.

    Models' names may have slashes too, so the first word counts only when a provider is called so.

    :raises ConfigurationError: it is nearly the name of a provider.
    """
    before, slash, model = name.partition("/")
    if not slash:
        return (before, "") if before in _hosted() else (None, name)
    if before in names():
        return before, model
    if close := closest(before, names(), SURE):
        raise ConfigurationError(f"unknown provider {before!r}: did you mean {close!r}?")
    return None, name


def _hosted() -> list[str]:
    """The providers that have a model without being told which."""
    return [name for name in names() if get(name).host is not None]


def _first_set(variables: Iterable[str]) -> str | None:
    return next((name for name in variables if os.environ.get(name)), None)


def _in_our_words(text: str, options: dict[str, str]) -> str:
    """*text*, which speaks of arguments of Python, with the *options* in their place."""
    argument = re.compile(rf"(\bpass )?\b({'|'.join(options)})(?:=|(?= must| has))")

    def name(match: re.Match[str]) -> str:
        option = options[match[2]]
        verb = "give " if option.startswith("-") else "set "
        return (verb if match[1] else "") + option

    return argument.sub(name, text)
