"""The policy of a flow: the limit of operations at once, and the effect of a failure."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

import attrs

from .._checks import check_size, check_word

OnError: TypeAlias = Literal["cancel", "skip"]


@attrs.frozen
class Policy:
    """The policy of a flow.

    :raises ConfigurationError: an option is wrong.
    """

    max_concurrent: int | None = None
    on_error: OnError = "cancel"

    def __attrs_post_init__(self) -> None:
        if self.max_concurrent is not None:
            check_size("max_concurrent", self.max_concurrent)
        check_word("on_error", self.on_error, get_args(OnError))
