"""A typed answer while it comes: what partials show, where the answer is found, and what is wrong with it."""

import json
import pickle
from typing import Any, Literal

import attrs
import pytest

from lionpride_trio import (
    ConfigurationError,
    FinishChunk,
    LimitExceeded,
    OtherChunk,
    OutputInvalid,
    ReasoningChunk,
    TextChunk,
    ToolCallChunk,
    Usage,
    UsageChunk,
    Verdict,
)
from lionpride_trio.stages import FinishedPaths, Partial, TypedOutput
from tests.stages.cutting import run


@attrs.frozen
class Step:
    text: str
    minutes: int = 5


@attrs.frozen
class Recipe:
    title: str
    steps: list[Step] = attrs.field(factory=list)


SOUP = Recipe("Soup", [Step("boil", 10), Step("eat")])
TEXT = '{"title": "Soup", "steps": [{"text": "boil", "minutes": 10}, {"text": "eat"}]}'


def read(pieces, output: Any = Recipe, **options):
    partials = run(TypedOutput(output, **options), pieces)
    assert [one for one in partials[:-1] if one.output is not None] == []
    return partials


def fault(pieces, output: Any = Recipe, **options):
    with pytest.raises(OutputInvalid) as caught:
        read(pieces, output, **options)
    return caught.value


def test_partials_grow_with_the_text():
    pieces = ['{"ti', 'tle": "So', 'up", "steps": [{"text": "bo', 'il", "minutes": 1', "0", "}, "]
    assert run_until_end(pieces) == [
        Partial({"title": "So"}),
        Partial({"title": "Soup", "steps": [{"text": "bo"}]}, ["title"]),
        Partial({"title": "Soup", "steps": [{"text": "boil"}]}, ["title", "steps[0].text"]),
        Partial(
            {"title": "Soup", "steps": [{"text": "boil", "minutes": 10}]},
            ["title", "steps[0].text", "steps[0].minutes", "steps[0]"],
        ),
    ]


def run_until_end(pieces):
    machine = TypedOutput(Recipe)
    return [partial for piece in pieces for partial in machine.feed(piece)]


def test_the_last_partial_has_the_output():
    partials = read(TEXT)
    assert partials[-1].output == SOUP
    assert partials[-1].value == json.loads(TEXT)
    assert list(partials[-1].complete) == [
        "title",
        "steps[0].text",
        "steps[0].minutes",
        "steps[0]",
        "steps[1].text",
        "steps[1]",
        "steps",
    ]


def test_a_partial_stays_as_it_was():
    looked_at, passed = TypedOutput(Recipe), TypedOutput(Recipe)
    seen, late = [], []
    for char in TEXT:
        for partial in looked_at.feed(char):
            seen.append((partial, json.dumps(partial.value), list(partial.complete)))
        late += passed.feed(char)
    assert [json.dumps(partial.value) for partial, _, _ in seen] == [text for _, text, _ in seen]
    assert [list(partial.complete) for partial, _, _ in seen] == [paths for *_, paths in seen]
    # Where nobody looked in time the same is told, in whatever order it is asked.
    for partial, (_, text, paths) in [*zip(late, seen, strict=True)][::-1]:
        assert (json.dumps(partial.value), list(partial.complete)) == (text, paths)


def test_what_is_finished_is_shared_by_all_partials():
    partials = []
    machine = TypedOutput(Recipe)
    for char in TEXT:
        for partial in machine.feed(char):
            partials.append(partial)
            assert partial.value
    first = [one.value["steps"][0] for one in partials if "steps[0]" in one.complete]
    assert len({id(step) for step in first}) == 1


def test_partials_can_be_compared_pickled_and_shown():
    partial = read(TEXT)[-2]
    assert pickle.loads(pickle.dumps(partial)) == partial
    assert partial != Partial(partial.value, ["title"], partial.output)
    assert partial != "a partial"
    assert repr(Partial([1], ["[0]"])) == "Partial([1], complete=['[0]'])"
    assert repr(Partial([1], [], 3)) == "Partial([1], complete=[], output=3)"
    with pytest.raises(TypeError):
        hash(partial)


def test_finished_paths_are_a_set():
    paths = read(TEXT)[-3].complete
    assert "title" in paths
    assert "steps" not in paths
    assert 3 not in paths
    assert paths == set(paths)
    assert hash(paths) == hash(frozenset(paths))
    assert paths - {"title"} == set(paths) - {"title"}
    assert repr(FinishedPaths(["a", "b", "a"])) == "FinishedPaths(['a', 'b'])"


def test_names_that_are_no_words_are_told_apart():
    answer = '{"a.b": {"c": 1}, "a": {"b.c": 2}, "": 3}'
    complete = read([answer], dict[str, Any])[-1].complete
    assert list(complete) == ["['a.b'].c", "['a.b']", "a['b.c']", "a", "['']"]


@pytest.mark.parametrize(
    "text",
    [
        f"```json\n{TEXT}\n```",
        f"```\n{TEXT}",
        f"Here {{as you asked}} it [1] is:\n\n{TEXT}\n\nEnjoy {{it}}!",
        f'For example {{"title": 3}} would be wrong. {TEXT}',
        f'{{"a": {{"b": [1, 2], oops {TEXT}',
        f'{{"title": "x", "steps": [{{}}, {{}}]}} is not it, and this is: {TEXT} {{"title": "no"}}',
    ],
)
def test_the_answer_is_the_first_document_of_its_type(text):
    for pieces in ([text], text):
        assert read(pieces)[-1].output == SOUP


def test_what_comes_after_the_answer_is_not_looked_at():
    machine = TypedOutput(Recipe, max_hold=len(TEXT))
    assert machine.feed(TEXT)[-1].output == SOUP
    assert list(machine.feed('{"title": "' + "x" * 1000)) == []
    assert list(machine.flush()) == []


def test_the_answer_may_be_the_arguments_of_a_tool_call():
    chunks = [
        ReasoningChunk(text='{"title": "thought"}'),
        TextChunk("I answer with a tool."),
        ToolCallChunk(slot=0, name="weather", arguments='{"city": "Oslo"}'),
        *(ToolCallChunk(slot=1, name="answer", arguments=char) for char in TEXT),
        TextChunk("Another answer.", index=1),
        FinishChunk(verdict=Verdict.TOOL_USE),
    ]
    partials = run(TypedOutput(Recipe), chunks)
    assert partials[-1].output == SOUP


def test_other_alternatives_are_left_out():
    chunks = [TextChunk(TEXT, index=1), TextChunk('{"title": "Tea"}'), FinishChunk()]
    assert run(TypedOutput(Recipe), chunks)[-1].output == Recipe("Tea")


# Providers are asked for an object, whatever the type is.


@pytest.mark.parametrize(
    "text", ["[1, 2]", '{"output": [1, 2]}', '{"output": [1, 2], "note": "a"}']
)
def test_a_list_is_read_with_and_without_its_wrapper(text):
    for pieces in ([text], text):
        partials = read(pieces, list[int])
        assert (partials[-1].value, partials[-1].output) == ([1, 2], [1, 2])
        assert list(partials[-1].complete) == ["[0]", "[1]"]


def test_a_wrapper_is_told_from_an_answer_by_its_first_key():
    @attrs.frozen
    class Wrapped:
        output: int

    text = '{"output": 1}'
    assert read(text, Wrapped | int)[-1].output == Wrapped(1)
    assert read('{"output_": 1}', Wrapped | int)[-1].output == 1
    assert read(text, int)[-1].output == 1


@pytest.mark.parametrize(
    ("text", "output"),
    [
        ('{"output": "yes"}', "yes"),
        ('"yes"', "yes"),
        ("yes", "yes"),
        (" yes\n", "yes"),
        ('```json\n"no"\n```', "no"),
        ("I say:\nno", "no"),
        ("3", 3),
    ],
)
def test_a_choice_may_stand_alone(text, output):
    for pieces in ([text], text):
        assert read(pieces, Literal["yes", "no", 3])[-1].output == output


def test_a_text_grows_inside_its_wrapper():
    partials = read(['{"output": "He', "llo", '"}'], str)
    assert [partial.value for partial in partials] == ["He", "Hello", "Hello"]
    assert partials[-1].output == "Hello"


def test_a_null_leaves_out_what_need_not_be_there():
    text = '{"title": "a", "steps": [{"text": "b", "minutes": null}]}'
    partial = read(text)[-1]
    assert partial.value["steps"][0]["minutes"] is None
    assert partial.output == Recipe("a", [Step("b")])
    assert fault('{"title": null}').message == "title: expected str, got None"


# What is wrong.


@pytest.mark.parametrize(
    ("text", "path", "message"),
    [
        (
            '{"title": "a", "steps": [{"text": "b"}, {"text": 3}]}',
            "steps[1].text",
            "steps[1].text: expected str, got 3",
        ),
        ('{"steps": []}', "title", "title: is missing"),
        ('{"title": "a", "steps": [{"te', "steps[0]", "steps[0]: the JSON is cut off after 29 characters"),
        ('{"title": "a", "steps": [{"text": "b', "steps[0].text", "steps[0].text: the JSON is cut off after 36"),
        ('{"title": "a", "steps": [1, 2', "steps[1]", "steps[1]: the JSON is cut off after 29"),
        ('{"title": "a",, ', "", "not JSON at character 14: ',' where a key in double quotes"),
        ("I cannot.", "", "there is no JSON in the answer"),
        ("", "", "there is no JSON in the answer"),
        ("[1, 2]", "", "there is no JSON in the answer"),
        ("{", "", "there is no JSON in the answer"),
    ],
)  # fmt: skip
def test_the_place_of_what_is_wrong_is_told(text, path, message):
    for pieces in ([text], text):
        error = fault(pieces)
        assert error.path == path
        assert error.message.startswith(message)
        assert error.text == text
        assert error.partial.text == text


@pytest.mark.parametrize(
    ("verdict", "end"),
    [
        (Verdict.LENGTH, "; the answer was cut by a limit of its length"),
        (Verdict.BLOCKED, "; the answer was cut or withheld by the provider's filter"),
        (Verdict.COMPLETE, "characters"),
    ],
)
def test_an_end_that_explains_what_is_wrong_is_told(verdict, end):
    usage = Usage(output_tokens=3)
    chunks = [TextChunk('{"title": "a'), UsageChunk(usage=usage), FinishChunk(verdict=verdict)]
    with pytest.raises(OutputInvalid) as caught:
        run(TypedOutput(Recipe), chunks)
    assert caught.value.message.endswith(end)
    assert (caught.value.partial.verdict, caught.value.partial.usage) == (verdict, usage)


def test_a_refusal_is_told():
    chunks = [OtherChunk(kind="refusal", value="I will not."), FinishChunk(verdict=Verdict.REFUSED)]
    with pytest.raises(OutputInvalid, match=r"^the model declined: I will not\.$"):
        run(TypedOutput(Recipe), chunks)


def test_arguments_that_are_wrong_are_told():
    call = ToolCallChunk(name="answer", arguments='{"title": 3}')
    with pytest.raises(OutputInvalid) as caught:
        run(TypedOutput(Recipe), [TextChunk("Here:"), call])
    assert (caught.value.path, caught.value.text) == ("title", '{"title": 3}')
    assert caught.value.partial.tool_calls[0].arguments == '{"title": 3}'


def test_half_of_a_surrogate_pair_is_a_fault_where_no_text_may_be():
    assert fault('["\\ud83d"]', list[int]).path == "[0]"


def test_validators_of_attrs_run():
    @attrs.frozen
    class Small:
        size: int = attrs.field(validator=attrs.validators.lt(3))

    assert read('{"size": 2}', Small)[-1].output == Small(2)
    assert fault('{"size": 3}', Small).path == "size"


def test_an_error_can_be_pickled():
    error = pickle.loads(pickle.dumps(fault('{"title": 3}')))
    assert (error.path, error.text, error.partial.text) == ("title", '{"title": 3}', '{"title": 3}')


def test_a_stream_that_broke_off_says_no_more():
    machine = TypedOutput(Recipe)
    machine.feed('{"title": "a')
    assert list(machine.break_off()) == []
    assert list(machine.break_off()) == []
    assert list(machine.flush()) == []


def test_the_error_stays():
    machine = TypedOutput(Recipe)
    for _ in range(2):
        with pytest.raises(OutputInvalid):
            machine.flush()


def test_a_document_is_bounded():
    with pytest.raises(LimitExceeded, match="an answer is longer than max_hold=10 characters"):
        read(TEXT, max_hold=10)
    for pieces in (["[" * 300], "[" * 300):
        with pytest.raises(LimitExceeded, match="nested more than 256"):
            read(pieces, list[Any])


def test_brackets_of_prose_cost_no_more_than_other_text():
    text = "[{" * 50_000
    assert fault([text]).message == "there is no JSON in the answer"


@pytest.mark.parametrize("output", [object(), lambda: None, 3])
def test_what_no_json_can_be_is_refused(output):
    with pytest.raises(ConfigurationError):
        TypedOutput(output)


def test_what_is_neither_text_nor_a_chunk_is_refused():
    with pytest.raises(TypeError, match="TypedOutput takes text or chunks, not int: write"):
        TypedOutput(Recipe).feed(3)
