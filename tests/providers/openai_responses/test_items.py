"""The items of a Responses answer: each is told once, whichever events tell of it and whatever they lack."""

import pytest

from lionpride_trio import (
    FinishChunk,
    OtherChunk,
    PartChunk,
    ReasoningChunk,
    StreamTruncated,
    Verdict,
)
from lionpride_trio.providers import get
from lionpride_trio.providers._openai_responses._items import MAX_LOOSE
from tests.providers.openai_responses.events import (
    BEGIN,
    added,
    call,
    done,
    end,
    event,
    message,
    read,
)
from tests.providers.reading import calls, read as read_stream


@pytest.mark.parametrize("told", ["delta", "done", "item", "opening", "end"])
@pytest.mark.parametrize("last", ["all", "nothing"])
def test_a_call_is_told_once(told, last):
    item = call("x", "c", "f", '{"a":1}')
    way = {
        "delta": [event("function_call_arguments.delta", item_id="x", delta='{"a":1}')],
        "done": [event("function_call_arguments.done", item_id="x", name="f", arguments='{"a":1}')],
        "item": [done(item)],
        "opening": [added(item)],
        "end": [],
    }[told]
    if told not in {"opening", "end"}:
        way.insert(0, added({**item, "arguments": ""}))
    if told == "end" and last == "nothing":
        return
    response = read(*way, end(*([item] if last == "all" else [])))
    assert calls(response) == [("c", "f", '{"a":1}')]
    assert response.verdict is Verdict.TOOL_USE


def test_arguments_in_the_opening_and_again_in_deltas_are_one():
    response = read(
        added(call("x", "c", "f", '{"a": 1}')),
        event("function_call_arguments.delta", item_id="x", delta='{"a":1}'),
        end(),
    )
    # The opening has no later word: what the deltas tell is what the model wrote.
    assert calls(response) == [("c", "f", '{"a":1}')]


def test_arguments_in_the_opening_are_known_of_an_answer_that_was_cut():
    opening = added(call("x", "c", "f", '{"a":1}'))
    response, failure = read_stream("openai", BEGIN, opening, endpoint="responses")
    assert isinstance(failure, StreamTruncated)
    assert calls(response) == [("c", "f", '{"a":1}')]


def test_a_call_that_is_named_when_it_is_done_has_its_name():
    response = read(
        event("function_call_arguments.delta", item_id="x", delta='{"a":1}'),
        done(call("x", "c", "f", '{"a":1}')),
        end(),
    )
    assert calls(response) == [("c", "f", '{"a":1}')]


def test_a_call_without_an_id_of_its_own_has_its_items():
    item = {"type": "function_call", "id": "x", "name": "f", "arguments": "{}"}
    assert calls(read(added(item), end())) == [("x", "f", "{}")]
    assert calls(read(end(item))) == [("x", "f", "{}")]


@pytest.mark.parametrize("places", [(0, 0), (0, 1), (1, 0)])
@pytest.mark.parametrize("opened", [True, False])
def test_calls_are_told_apart_by_id_before_place(places, opened):
    events = []
    for number, place in enumerate(places):
        item = call(f"x{number}", f"c{number}", "f", f'{{"n":{number}}}')
        if opened:
            events.append(added({**item, "arguments": ""}, place))
        events += [
            event("function_call_arguments.delta", place, item["id"], delta=item["arguments"]),
            done(item, place),
        ]
    assert calls(read(*events, end())) == [("c0", "f", '{"n":0}'), ("c1", "f", '{"n":1}')]


def test_calls_under_one_item_id_are_told_apart_by_their_own():
    items = [call("x", f"c{number}", "f", f'{{"n":{number}}}') for number in range(2)]
    response = read(*(one for item in items for one in (added(item), done(item))), end(*items))
    assert calls(response) == [("c0", "f", '{"n":0}'), ("c1", "f", '{"n":1}')]


def test_a_custom_tools_input_is_its_arguments():
    item = {"type": "custom_tool_call", "id": "x", "call_id": "c", "name": "sh", "input": "ls"}
    piece = event("custom_tool_call_input.delta", item_id="x", delta="l")
    whole = event("custom_tool_call_input.done", item_id="x", input="ls")
    assert calls(read(added({**item, "input": ""}), piece, whole, end(item))) == [("c", "sh", "ls")]


def test_a_long_text_in_many_pieces_is_compared_and_not_kept():
    pieces = [f"{number} " for number in range(2000)] + ["x" * 5000]
    told = [event("output_text.delta", item_id="m", content_index=0, delta=one) for one in pieces]
    whole = "".join(pieces)
    assert read(*told, end(message(whole + "end"))).text == whole + "end"
    parser = get("openai", "responses").parser()
    for one in told:
        parser.feed("", one)
    assert len(parser._part.loose) <= MAX_LOOSE


def test_items_under_one_place_without_openings_are_told_apart_by_their_text():
    first, second = message("one", "a"), message("two", "b")
    assert read(done(first), done(second), end(first, second)).text == "onetwo"


def test_the_name_may_come_when_the_arguments_are_done():
    opening = {"type": "function_call", "id": "x", "call_id": "c"}
    last = event("function_call_arguments.done", item_id="x", name="f", arguments="{}")
    assert calls(read(added(opening), last, end())) == [("c", "f", "{}")]


def test_the_terminal_event_repeats_no_item():
    sealed = {"type": "reasoning", "id": "t", "summary": [], "encrypted_content": "E"}
    search = {"type": "web_search_call", "id": "w"}
    parser = get("openai", "responses").parser()
    for place, item in enumerate((sealed, search)):
        parser.feed("", done(item, place))
    assert [type(one) for one in parser.feed("", end(sealed, search))] == [FinishChunk]
    alone = get("openai", "responses").parser().feed("", end(sealed, search))
    assert [type(one) for one in alone] == [ReasoningChunk, OtherChunk, PartChunk, FinishChunk]


@pytest.mark.parametrize("texts", [("one", "two"), ("one", "one"), ("one", "one and two")])
@pytest.mark.parametrize("place", [0, None])
def test_messages_without_ids_at_one_place_are_told_once_each(texts, place):
    events = []
    for text in texts:
        events += [added({"type": "message", "content": []}, place)]
        events += [event("output_text.delta", place, delta=text)]
    assert read(*events, end(*(message(text, None) for text in texts))).text == "".join(texts)


def test_a_message_without_a_type():
    untyped = message("Hello")
    del untyped["type"]
    assert read(end({**untyped, "role": "assistant"})).text == "Hello"


def test_a_name_that_only_the_done_event_has():
    opening = added(call("i", "c", None, ""))
    delta = event("function_call_arguments.delta", item_id="i", delta='{"a":1}')
    done_event = event("function_call_arguments.done", item_id="i", arguments='{"a":1}', name="f")
    assert calls(read(opening, delta, done_event, end())) == [("c", "f", '{"a":1}')]


def test_arguments_that_are_no_text_in_a_delta():
    delta = event("function_call_arguments.delta", item_id="i", delta={"a": 1})
    assert calls(read(added(call("i", "c", "f", "")), delta, end())) == [("c", "f", '{"a": 1}')]
