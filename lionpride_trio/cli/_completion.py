"""``completion``: what lets a shell complete commands and options."""

from __future__ import annotations

from typing import Literal, TypeAlias

from cyclopts import App

Shell: TypeAlias = Literal["bash", "zsh", "fish", "powershell"]


def give_completion(app: App, shell: Shell, *, install: bool) -> None:
    """Print the script for *shell*, or write it to where the shell looks for it."""
    if not install:
        print(app.generate_completion(shell=shell))
        return
    path = app.install_completion(shell=shell)
    print(f"written to {path}: it works in the next shell that you open")
