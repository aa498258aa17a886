"""``operator``: an operator of one's own, from an async generator function of a channel."""

from __future__ import annotations

import functools
import inspect
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, Concatenate, ParamSpec, TypeVar

from .._channels._channel import Channel
from .._channels._generator import run_generator
from .._channels._recipe import NurseryStep, Transformer, recipe_repr
from .._errors import ConfigurationError

In = TypeVar("In")
Out = TypeVar("Out")
P = ParamSpec("P")


def operator(
    function: Callable[Concatenate[Channel[In], P], AsyncIterator[Out]], /
) -> Callable[P, Transformer[In, Out]]:
    """Turn an async generator function of a channel into a function that returns transformers.

    ``reply | debounced(0.5)`` calls ``debounced(channel, 0.5)`` for each stream.  The items that it yields
    go on to the next step.  Opens a nursery: the generator runs in a task of its own, one item ahead of
    its consumer, and may wait, open nurseries and hold cancel scopes around its ``yield``.

    The stream ends when the generator returns.  Its exceptions, also those of the channel that it does not
    catch, arrive after the items before them.  Leaving the block early cancels it.  The block around it
    closes the channel.

    :raises ConfigurationError: *function* is no async generator function.
    """
    if not callable(function) or inspect.iscoroutinefunction(function):
        raise ConfigurationError(
            "@operator takes an async generator function of a channel, which has a yield, not"
            f" {function!r:.200}"
        )

    @functools.wraps(function)
    def made(*args: P.args, **kwargs: P.kwargs) -> Transformer[In, Out]:
        # The step holds the public function and its arguments, so that the recipe can be pickled.
        opened = functools.partial(_open, made, args, kwargs)
        return Transformer(recipe_repr(made.__name__, *args, **kwargs), NurseryStep(opened))

    return made


def _open(
    made: Any, args: tuple[Any, ...], kwargs: dict[str, Any], upstream: Channel[Any]
) -> AbstractAsyncContextManager[Channel[Any]]:
    return run_generator(lambda: made.__wrapped__(upstream, *args, **kwargs), 1)
