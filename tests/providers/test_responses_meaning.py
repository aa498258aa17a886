"""Responses whose servers leave out deltas, items, places or ids: all is told, and once."""

import itertools

import pytest

from lionpride_trio import (
    FinishChunk,
    OtherChunk,
    PartChunk,
    ProviderError,
    ReasoningChunk,
    ServerError,
    StreamTruncated,
    Usage,
    Verdict,
)
from lionpride_trio.providers import get
from lionpride_trio.providers._openai_responses._items import MAX_LOOSE
from tests.providers.reading import calls, read as read_stream, read_whole, thoughts

OPEN = {"id": "r", "model": "g", "status": "in_progress", "output": []}
BEGIN = {"type": "response.created", "response": OPEN}


def message(text, item_id="m", **fields):
    part = {"type": "output_text", "text": text, "annotations": fields.pop("annotations", [])}
    return {"id": item_id, "type": "message", "content": [part], **fields}


def call(item_id, call_id, name, arguments):
    return {
        "type": "function_call",
        "id": item_id,
        "call_id": call_id,
        "name": name,
        "arguments": arguments,
    }


def event(of, place=0, item_id=None, **fields):
    named = {} if item_id is None else {"item_id": item_id}
    return {"type": f"response.{of}", "output_index": place, **named, **fields}


def added(item, place=0):
    return event("output_item.added", place, item=item)


def done(item, place=0):
    return event("output_item.done", place, item=item)


def end(*output, status="completed", kind=None, **fields):
    response = {**OPEN, "status": status, "output": list(output), **fields}
    return {"type": f"response.{kind or status}", "response": response}


def read(*events):
    response, failure = read_stream("openai", BEGIN, *events, endpoint="responses")
    assert failure is None
    return response


WAYS = {
    "deltas": [
        event("output_text.delta", item_id="m", delta="Hel"),
        event("output_text.delta", item_id="m", delta="lo"),
    ],
    "part": [event("output_text.done", item_id="m", content_index=0, text="Hello")],
    "content": [
        event("content_part.done", item_id="m", part={"type": "output_text", "text": "Hello"})
    ],
    "item": [done(message("Hello"))],
}


@pytest.mark.parametrize("count", range(5))
def test_a_text_is_told_once_whichever_events_tell_it(count):
    for ways in itertools.combinations(WAYS, count):
        events = [one for way in ways for one in WAYS[way]]
        assert read(*events, end(message("Hello"))).text == "Hello"
        assert read(*events, end()).text == ("Hello" if ways else "")


def test_a_part_whose_last_deltas_are_missing_is_told_to_its_end():
    cut = event("output_text.delta", item_id="m", content_index=0, delta="Hel")
    for way in ("part", "content", "item"):
        assert read(cut, *WAYS[way], end()).text == "Hello"
    assert read(cut, end(message("Hello"))).text == "Hello"
    assert read(event("output_text.delta", delta="Hel"), end(message("Hello"))).text == "Hello"


def test_each_part_and_each_item_is_told_for_itself():
    parts = [{"type": "output_text", "text": text} for text in ("one", "two")]
    first = {"type": "message", "id": "m", "content": parts}
    response = read(
        event("output_text.delta", item_id="m", content_index=0, delta="one"),
        event("output_text.done", item_id="m", content_index=1, text="two"),
        end(first, message("three", "n")),
    )
    assert response.text == "onetwothree"


def test_ids_that_change_with_each_event_do_not_repeat_a_text():
    response = read(
        added({"type": "message", "id": "a", "content": []}),
        event("output_text.delta", item_id="b", content_index=0, delta="Hel"),
        event("output_text.delta", item_id="c", content_index=0, delta="lo"),
        event("output_text.done", item_id="d", content_index=0, text="Hello"),
        done(message("Hello", "e")),
        end(message("Hello", "f")),
    )
    assert response.text == "Hello"


def test_other_texts_than_the_deltas_gave_take_nothing_back():
    response = read(event("output_text.delta", item_id="m", delta="Hallo"), end(message("Hello")))
    assert response.text == "Hallo"


@pytest.mark.parametrize("told", ["delta", "done", "item", "end"])
def test_a_refusal_is_told_once(told):
    item = {"type": "message", "id": "m", "content": [{"type": "refusal", "refusal": "No."}]}
    way = {
        "delta": [event("refusal.delta", item_id="m", delta="No.")],
        "done": [event("refusal.done", item_id="m", refusal="No.")],
        "item": [done(item)],
        "end": [],
    }[told]
    response = read(*way, end(item))
    assert response.refusal == "No."
    assert response.verdict is Verdict.REFUSED


@pytest.mark.parametrize("told", ["delta", "raw", "done", "part", "item", "end"])
def test_reasoning_is_told_once_and_sealed_once(told):
    summary = {"type": "summary_text", "text": "hm"}
    item = {"type": "reasoning", "id": "t", "summary": [summary], "encrypted_content": "E"}
    way = {
        "delta": [event("reasoning_summary_text.delta", item_id="t", summary_index=0, delta="hm")],
        "raw": [event("reasoning_text.delta", item_id="t", content_index=0, delta="hm")],
        "done": [event("reasoning_summary_text.done", item_id="t", summary_index=0, text="hm")],
        "part": [event("reasoning_summary_part.done", item_id="t", part=summary)],
        "item": [done(item)],
        "end": [],
    }[told]
    response = read(*way, end(item))
    assert thoughts(response) == [("hm", None)]
    assert response.reasoning_blocks[0].redacted == "E"


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


def test_citations_are_told_once():
    cited = [{"url": "https://a.b/1"}, {"url": "https://a.b/2"}]
    item = message("Hi", annotations=cited)
    one = event("output_text.annotation.added", item_id="m", annotation=cited[0])
    assert list(read(*WAYS["deltas"], one, end(item)).citations) == cited
    assert list(read(done(item), end(item)).citations) == cited


CLIENT = [
    {"type": "computer_call", "call_id": "c", "action": {"type": "screenshot"}},
    {"type": "local_shell_call", "call_id": "c"},
    {"type": "shell_call", "call_id": "c"},
    {"type": "apply_patch_call", "call_id": "c"},
    {"type": "mcp_approval_request", "id": "c"},
    {"type": "tool_search_call", "call_id": "c", "execution": "client"},
]


@pytest.mark.parametrize("item", CLIENT, ids=lambda item: item["type"])
def test_what_waits_for_the_client_is_a_use_of_tools(item):
    assert read(done(item), end()).verdict is Verdict.TOOL_USE
    assert read(end(item)).verdict is Verdict.TOOL_USE
    whole, _ = read_whole("openai", end(item)["response"], "responses")
    assert whole.verdict is Verdict.TOOL_USE


def test_what_the_server_has_answered_itself_waits_for_nobody():
    output = {"type": "shell_call_output", "call_id": "c", "output": []}
    assert read(end({"type": "shell_call", "call_id": "c"}, output)).verdict is Verdict.COMPLETE
    answered = {"type": "function_call_output", "call_id": "c", "output": "1"}
    assert read(end(call("x", "c", "f", "{}"), answered)).verdict is Verdict.COMPLETE
    search = {"type": "web_search_call", "id": "w", "status": "completed"}
    assert read(end(search, message("Hi"))).verdict is Verdict.COMPLETE


@pytest.mark.parametrize(
    ("reason", "verdict"),
    [
        ("max_output_tokens", Verdict.LENGTH),
        ("content_filter", Verdict.BLOCKED),
        ("a_new_reason", Verdict.UNKNOWN),
    ],
)
@pytest.mark.parametrize("status", ["incomplete", "completed", None])
def test_the_response_says_how_it_ended_whatever_its_event_is_called(reason, verdict, status):
    details = {"reason": reason}
    last = end(message("Hi"), status=status, kind="completed", incomplete_details=details)
    response = read(last)
    assert response.verdict is verdict
    assert response.finish_reason == "incomplete"


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_a_failure_under_the_name_of_an_end_is_one(status):
    error = {"code": "server_error", "message": "boom"} if status == "failed" else None
    last = end(status=status, kind="completed", error=error)
    _, failure = read_stream("openai", BEGIN, last, endpoint="responses")
    assert isinstance(failure, ServerError if error else ProviderError)


@pytest.mark.parametrize("kind", [{}, {"type": "upstream"}, {"type": "response.error"}])
def test_an_error_needs_no_type_of_its_own(kind):
    document = {**kind, "error": {"message": "boom", "type": "server_error"}}
    _, failure = read_stream("openai", BEGIN, document, endpoint="responses")
    assert isinstance(failure, ServerError)


@pytest.mark.parametrize("status", ["queued", "in_progress"])
def test_an_answer_in_the_background_is_paused(status):
    value = {**OPEN, "status": status, "background": True, "error": None}
    response, failure = read_whole("openai", value, "responses")
    assert failure is None
    assert response.verdict is Verdict.PAUSED
    assert response.finish_reason == status


def test_usage_tells_of_the_cache():
    details = {"cached_tokens": 3, "cache_write_tokens": 2}
    usage = {"input_tokens": 9, "output_tokens": 1, "input_tokens_details": details}
    assert read(end(usage=usage)).usage == Usage(
        input_tokens=9, output_tokens=1, cached_tokens=3, cache_write_tokens=2
    )


def test_a_whole_response_means_what_its_stream_does():
    output = [
        {"type": "reasoning", "id": "t", "summary": [{"type": "summary_text", "text": "hm"}]},
        {"type": "message", "id": "m", "content": [{"type": "a_new_part"}, {"text": "Hi"}]},
        call("x", "c", "f", "{}"),
        {"type": "a_new_item"},
        "what is this",
    ]
    streamed = read(*(done(item, place) for place, item in enumerate(output[:-1])), end(*output))
    whole, failure = read_whole("openai", end(*output)["response"], "responses")
    assert failure is None
    assert whole == streamed
    assert (whole.text, whole.reasoning, calls(whole)) == ("Hi", "hm", [("c", "f", "{}")])


def test_an_emoji_that_deltas_share_is_told_once():
    response = read(
        '{"type":"response.output_text.delta","item_id":"m","delta":"a\\ud83c"}',
        '{"type":"response.output_text.delta","item_id":"m","delta":"\\udf89b"}',
        end(message("a\N{PARTY POPPER}bc")),
    )
    assert response.text == "a\N{PARTY POPPER}bc"


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


def test_the_error_of_a_servers_tool_is_not_the_answers():
    failed = event("code_interpreter_call.failed", item_id="i", error={"message": "boom"})
    assert read(failed, end(message("Hi"))).verdict is Verdict.COMPLETE


def test_the_terminal_event_repeats_no_item():
    sealed = {"type": "reasoning", "id": "t", "summary": [], "encrypted_content": "E"}
    search = {"type": "web_search_call", "id": "w"}
    parser = get("openai", "responses").parser()
    for place, item in enumerate((sealed, search)):
        parser.feed("", done(item, place))
    assert [type(one) for one in parser.feed("", end(sealed, search))] == [FinishChunk]
    alone = get("openai", "responses").parser().feed("", end(sealed, search))
    assert [type(one) for one in alone] == [ReasoningChunk, OtherChunk, PartChunk, FinishChunk]


@pytest.mark.parametrize("how", ["part", "item"])
@pytest.mark.parametrize("deltas", [[], ["Hel", "lo"]])
@pytest.mark.parametrize("last", [[], [message("Hello")]])
def test_a_text_that_its_opening_has_is_told_once(how, deltas, last):
    opening = {
        "part": event("content_part.added", item_id="m", part={"type": "text", "text": "Hello"}),
        "item": added(message("Hello")),
    }[how]
    pieces = [event("output_text.delta", item_id="m", delta=piece) for piece in deltas]
    assert read(opening, *pieces, end(*last)).text == "Hello"


@pytest.mark.parametrize("status", ["completed", "done"])
@pytest.mark.parametrize("output", [[], [message("Hello")]])
def test_a_text_beside_the_output_is_told_where_nothing_else_tells_it(status, output):
    terminal = end(*output, output_text="Hello", kind=status)
    assert read(terminal).text == "Hello"
    said = read(event("output_text.delta", item_id="m", delta="Hello"), terminal)
    assert (said.text, said.verdict) == ("Hello", Verdict.COMPLETE)
    whole, failure = read_whole("openai", terminal["response"], "responses")
    assert (whole.text, failure) == ("Hello", None)


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


@pytest.mark.parametrize(
    ("why", "verdict"),
    [
        ("max_tokens", Verdict.LENGTH),
        ("length", Verdict.LENGTH),
        ("content-filter", Verdict.BLOCKED),
        ("stop", Verdict.UNKNOWN),
        (None, Verdict.UNKNOWN),
    ],
)
def test_words_for_what_is_incomplete(why, verdict):
    details = {"incomplete_details": {"reason": why}}
    assert read(end(message("a"), status="incomplete", **details)).verdict is verdict


@pytest.mark.parametrize(
    "strange",
    [
        {"type": "response.output_item.done", "output_index": 7},
        {"type": "response.output_text.delta", "item_id": "m", "output_index": 0},
        {"type": "response.mcp_list_tools.failed", "error": "x"},
        {"type": "response.mcp_call.failed", "error": {"message": "x"}},
    ],
    ids=lambda event: event["type"],
)
def test_what_an_event_lacks_and_a_tools_failure_are_none_of_the_answers(strange):
    delta = event("output_text.delta", item_id="m", delta="Hello")
    assert read(delta, strange, end(message("Hello"))).text == "Hello"


def test_usage_under_the_names_of_chat_completions():
    report = {
        "prompt_tokens": 9,
        "completion_tokens": 2,
        "prompt_tokens_details": {"cached_tokens": 4},
    }
    usage = read(end(message("a"), usage=report)).usage
    assert usage == Usage(input_tokens=9, output_tokens=2, cached_tokens=4)


@pytest.mark.parametrize("places", [[1], [0, 1], [0, 1, 1], [1, 1], [0, 0, 0]])
def test_citations_are_told_once_for_each_part(places):
    cited = [[{"url": "a"}], [{"url": "b"}, {"url": "c"}]]
    parts = [{"type": "output_text", "text": "x", "annotations": each} for each in cited]
    told = [
        event(
            "output_text.annotation.added",
            item_id="m",
            content_index=place,
            annotation=cited[place][min(places[:at].count(place), len(cited[place]) - 1)],
        )
        for at, place in enumerate(places)
    ]
    whole = {"type": "message", "id": "m", "content": parts}
    response = read(*told, done(whole), end(whole))
    expected = "abc" if places != [0, 0, 0] else "aaa"
    assert sorted(each["url"] for each in response.citations) == sorted(expected)


def test_thoughts_stand_in_the_order_in_which_they_were_opened():
    sealed = {"type": "reasoning", "id": "a", "summary": [], "encrypted_content": "E"}
    told = {"type": "reasoning", "id": "b", "summary": [{"type": "summary_text", "text": "hm"}]}
    response = read(
        added({**sealed, "encrypted_content": None}, 0), done(told, 1), end(sealed, told)
    )
    assert [block.redacted for block in response.reasoning_blocks] == ["E", None]
