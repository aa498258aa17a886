"""No public function takes arguments that its signature does not name.

A misspelt option would be taken in silence, and nobody could read what there is.
"""

from __future__ import annotations

import inspect

from tests.guards.test_public_surface import THINGS, functions_of

# Who has to take what it does not know, and why.
REQUEST = "the fields of a request, which the model's provider checks"
CLIENT = "what httpx's clients take, since it stands in the place of one"
OPEN = {
    **dict.fromkeys(
        [
            "services.iModel",
            "services.iModel.invoke",
            "services.iModel.stream",
            "services.iModel.complete",
            "services.iModel.converse",
            "services.Fallback.invoke",
            "services.Fallback.stream",
            "services.Fallback.complete",
            "services.Fallback.converse",
            "session.Session.ask",
            "aio.complete",
            "operations.Builder.communicate",
            "operations.Builder.communicate_each",
            "operations.Builder.converse",
        ],
        REQUEST,
    ),
    "recording.replay": "the settings of iModel, which checks them, and fields of its request",
    "testing.ScriptedProvider.model": "the same",
    "testing.tool_call": "the arguments of a tool, which a model may get wrong",
    "recording.ReplayProvider": "the settings of ReplayClient, which checks them",
    "web.encoders.encoder": "the settings of the protocol's encoder, whose names it checks",
    "recording.RecordingClient.stream": CLIENT,
    "recording.ReplayClient.stream": CLIENT,
    "testing.ScriptedClient.stream": CLIENT,
}


def is_to_check(cls):
    """Errors hand what they do not name to `LionprideError`; `Protocol` writes constructors itself."""
    return not issubclass(cls, Exception) and not getattr(cls, "_is_protocol", False)


def open_functions():
    """Public functions, methods and constructors that take any keyword, by their paths."""
    for path, thing in THINGS.items():
        of = {path: thing} if inspect.isfunction(thing) else {}
        if inspect.isclass(thing) and is_to_check(thing):
            of = {
                path if name in {"__init__", "__new__"} else f"{path}.{name}": function
                for name, function in functions_of(thing)
                if not name.startswith("_") or name in {"__init__", "__new__"}
            }
        for where, function in of.items():
            kinds = {each.kind for each in inspect.signature(function).parameters.values()}
            if inspect.Parameter.VAR_KEYWORD in kinds:
                yield where.removeprefix("lionpride_trio.")


def test_options_have_names():
    assert set(open_functions()) == set(OPEN)
