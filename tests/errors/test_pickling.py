"""Errors can be pickled and copied, with all that hangs on them."""

from __future__ import annotations

import copy
import pickle

import attrs
import pytest

import lionpride_trio
from lionpride_trio import (
    AnswerCut,
    ConfigurationError,
    DecodeError,
    FlowError,
    LimitExceeded,
    LionprideError,
    OperationError,
    ProviderError,
    QuotaExhausted,
    Response,
    SinkError,
    StreamTimeout,
    StreamTruncated,
    ToolArgumentsInvalid,
    ToolCall,
    ToolError,
    UnknownTool,
    Verdict,
    iModel,
)
from lionpride_trio.operations import Builder, Operation, flow
from lionpride_trio.testing import ScriptedProvider

WHERE = {
    "provider": "openai",
    "model": "m",
    "request_id": "r-1",
    "retry_after": 1.5,
    "retryable": True,
    "partial": Response("so far", tool_calls=(ToolCall("1", "f", '{"a'),)),
}

ERRORS = [
    StreamTimeout("late", clock="connect", **WHERE),
    DecodeError("no JSON", line="{", **WHERE),
    LimitExceeded("much", limit="json_depth", value=256, **WHERE),
    ProviderError("no", status=418, code="teapot", kind="pot", **WHERE),
    QuotaExhausted("spent", status=429, **WHERE),
    SinkError("disk", sink="write_file", **WHERE),
    OperationError("failed", operation="by name", **WHERE),
    AnswerCut("cut", verdict=Verdict.LENGTH, **WHERE),
    ToolArgumentsInvalid("wrong", tool="weather", places=[("city", "is missing")], **WHERE),
    ConfigurationError("wrong"),
]


def pickled(error):
    return pickle.loads(pickle.dumps(error))


WAYS = [pickled, copy.deepcopy, copy.copy]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_all_that_hangs_on_an_error_comes_back(error, way):
    again = way(error)
    assert type(again) is type(error)
    assert again.args == error.args
    assert str(again) == str(error)
    assert vars(again) == vars(error)


@pytest.mark.parametrize("name", sorted(lionpride_trio.__all__))
def test_every_class_of_error_can_be_pickled(name):
    kind = getattr(lionpride_trio, name)
    if not (isinstance(kind, type) and issubclass(kind, LionprideError)):
        return
    needed = {
        StreamTimeout: {"clock": "total"},
        LimitExceeded: {"limit": "a", "value": 1},
        SinkError: {"sink": "stdout"},
        AnswerCut: {"verdict": Verdict.PAUSED},
        ToolError: {"tool": "weather"},
        UnknownTool: {"tool": "weather"},
        ToolArgumentsInvalid: {"tool": "weather"},
    }.get(kind, {})
    error = kind("text", [ValueError()]) if kind is FlowError else kind("text", **needed)
    assert repr(pickled(error)) == repr(error)
    assert pickled(error).retryable is error.retryable


def test_the_cause_and_the_notes_come_along():
    error = StreamTruncated("cut", partial=Response("a"))
    error.__cause__ = ProviderError("no", status=500)
    error.__cause__.__cause__ = OSError(5, "reset")
    error.add_note("in operation 'a'")
    again = pickled(error)
    assert repr(again.__cause__) == repr(error.__cause__)
    assert again.__cause__.__cause__.args == (5, "reset")
    assert again.__notes__ == ["in operation 'a'"]
    assert again.__suppress_context__


class Odd(Exception):
    def __init__(self, *, code):
        super().__init__(f"code {code}")


def test_a_cause_that_cannot_be_pickled_leaves_its_text():
    error = StreamTruncated("cut")
    error.__cause__ = Odd(code=3)  # its pickle can be made, and not be read
    again = pickled(error)
    assert again.__cause__ is None
    assert again.__notes__ == ["caused by Odd, which could not be pickled: code 3"]
    assert not hasattr(error, "__notes__")


def test_an_attribute_that_cannot_be_pickled_stays_behind():
    error = StreamTruncated("cut")
    error.hook = lambda: None
    assert pickled(error).hook is None


async def test_a_failed_flow_keeps_its_results_and_says_which_operation():
    async def fails(context):
        raise KeyError("no")

    async def works(context):
        return Response("whole")

    async def gives_a_function(context):
        return lambda: None

    builder = Builder()
    bad, good, odd = builder.add(fails), builder.add(works), builder.add(gives_a_function)
    with pytest.raises(FlowError) as caught:
        await flow(builder, on_error="skip")
    for way in (pickled, copy.deepcopy):
        again = way(caught.value)
        assert dict(again.results) == {good.id: Response("whole")}
        assert again.results[good] == Response("whole")
        (failure,) = again.exceptions
        assert (failure.operation.name, failure.operation.id) == ("fails", bad.id)
        assert repr(failure.__cause__) == "KeyError('no')"
    assert odd in caught.value.results
    with pytest.raises(lionpride_trio.LocalProtocolError, match="name and its id"):
        await flow([failure.operation])


async def works(context):
    return 3


async def test_operations_can_be_pickled_where_their_work_can(autojump_clock):
    builder = Builder()
    first = builder.add(works, parameters={"size": 3})
    second = builder.add(works, context_from=[first], name="second", timeout=5)
    builder.add(lambda context: works(context))  # a sibling that cannot
    for again in (pickled(second), copy.deepcopy(second)):
        assert (again.id, again.name, again.timeout) == (second.id, "second", 5)
        assert again.after[0].parameters == {"size": 3}
        assert again.home is None
        assert dict(await flow([*again.after, again])) == {first.id: 3, second.id: 3}


def test_an_operation_whose_work_cannot_be_pickled_says_so():
    with pytest.raises((AttributeError, pickle.PicklingError), match="lambda"):
        pickle.dumps(Operation(work=lambda context: None, name="a"))


async def test_the_error_of_a_models_call_can_be_pickled():
    provider = ScriptedProvider([lionpride_trio.TextChunk("Hel"), OSError("reset")])
    model: iModel = provider.model(api_key="sk-secret-key", stream=True)
    with pytest.raises(LionprideError) as caught:
        async with model.stream("hi") as reply:
            async for _ in reply:
                pass
    again = pickled(caught.value)
    assert again.partial.text == "Hel"
    assert (again.provider, again.model) == ("scripted", "scripted")
    assert b"sk-secret-key" not in pickle.dumps(caught.value)
    assert attrs.asdict(again.partial) == attrs.asdict(caught.value.partial)
