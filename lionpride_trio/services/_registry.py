"""The models of a session, by name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from .._errors import ConfigurationError
from .._hints import closest
from ._fallback import Fallback
from ._imodel import ModelOwner, iModel

Model: TypeAlias = iModel | Fallback


class ServiceRegistry:
    """Models by their names.  A registered model's replies belong to the registry's session."""

    def __init__(self, owner: ModelOwner) -> None:
        self._owner = owner
        self._models: dict[str, Model] = {}

    def register(self, model: Model, *, replace: bool = False) -> None:
        """Make *model* known by its name.

        :raises ConfigurationError: it is none, or the name is taken and *replace* is false.
        """
        if not isinstance(model, iModel | Fallback):
            raise ConfigurationError(
                f"register() takes an iModel or a fallback, not {model!r:.200}: write"
                " services.register(iModel(…))"
            )
        if model.name in self._models and self._models[model.name] is not model and not replace:
            raise ConfigurationError(
                f"a model named {model.name!r} is registered: pass name= to iModel, or replace=True"
            )
        self._models[model.name] = model
        model._attach(self._owner)  # ruff: ignore[private-member-access] - of one house

    def get(self, name: str | Model) -> Model:
        """The model of that name (a model is given back as it is).

        :raises ConfigurationError: there is none; says which there are.
        """
        if isinstance(name, iModel | Fallback):
            return name
        if not isinstance(name, str):
            raise ConfigurationError(f"a model is named by a str, not by {name!r:.200}")
        if name not in self._models:
            close = closest(name, self._models)
            known = (
                ", ".join(map(repr, self._models)) or "none; call session.services.register(model)"
            )
            hint = f"did you mean {close!r}?" if close else f"registered: {known}"
            raise ConfigurationError(f"no model named {name!r}: {hint}")
        return self._models[name]

    __getitem__ = get

    def __contains__(self, name: object) -> bool:
        return name in self._models

    def __iter__(self) -> Iterator[str]:
        return iter(self._models)

    def __len__(self) -> int:
        return len(self._models)
