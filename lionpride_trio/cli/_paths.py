"""Files that are named on the command line."""

from __future__ import annotations

import pathlib

from .._errors import ConfigurationError


def check_file(path: str, hint: str = "") -> None:
    """Refuse a *path* that no file can be read from; *hint* says what to name instead.

    :raises ConfigurationError: says what is there.
    """
    if pathlib.Path(path).is_file():
        return
    if pathlib.Path(path).is_dir():
        found = f"{path!r} is a folder, and no file"
    elif pathlib.Path(path).exists():
        found = f"{path!r} is a device or a pipe, and no file"
    else:
        found = f"there is no file {path!r}"
    raise ConfigurationError(f"{found}: {hint}" if hint else found)
