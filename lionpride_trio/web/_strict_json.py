"""JSON as browsers read and write it, which knows no number that is not finite."""

from __future__ import annotations

import json
import math
from typing import Any


def read_json(text: str | bytes | bytearray) -> Any:
    """The data of a JSON document.

    Python's own reader takes ``NaN``, ``Infinity`` and ``1e999`` too.  What it makes of them can be written
    to no page and to no provider.

    :raises ValueError: it is no JSON; or nested too deep for this program.
    """
    try:
        return json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except RecursionError as error:
        raise ValueError("it is nested too deep") from error


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is no number of JSON")


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _refuse(f"{text:.30}")
