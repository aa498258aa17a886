"""Messages of gateways that forget stops and indexes, and of what happened against what was said."""

import pytest

from lionpride_trio import (
    FinishChunk,
    Overloaded,
    ServerError,
    StreamTruncated,
    TextPart,
    ToolCall,
    ToolCallChunk,
    Usage,
    Verdict,
)
from lionpride_trio.providers import get
from tests.providers.reading import calls, read, read_whole, thoughts

BEGIN = {
    "type": "message_start",
    "message": {"id": "m", "model": "c", "usage": {"input_tokens": 9, "output_tokens": 1}},
}
STOP = {"type": "message_stop"}


def start(index, **block):
    return {"type": "content_block_start", "index": index, "content_block": block}


def delta(index, kind, **fields):
    return {"type": "content_block_delta", "index": index, "delta": {"type": kind, **fields}}


def use(index, call, name, given=None, kind="tool_use"):
    return start(index, type=kind, id=call, name=name, input={} if given is None else given)


def piece(index, text):
    return delta(index, "input_json_delta", partial_json=text)


def think(index, text, signature):
    return [
        start(index, type="thinking", thinking=""),
        delta(index, "thinking_delta", thinking=text),
        delta(index, "signature_delta", signature=signature),
    ]


def end(reason):
    return {"type": "message_delta", "delta": {"stop_reason": reason}}


def stop(index):
    return {"type": "content_block_stop", "index": index}


def said(text, *citations):
    return ("text", text, citations)


def order(response):
    """The parts of the answer: texts with their citations, calls, and the types of raw blocks."""
    return [
        said(part.text, *part.citations)
        if isinstance(part, TextPart)
        else ("call", part.name)
        if isinstance(part, ToolCall)
        else ("raw", part.block)
        for part in response.parts
    ]


def message(*events, reason="end_turn"):
    response, failure = read("anthropic", BEGIN, *events, end(reason), STOP)
    assert failure is None
    return response


def numbered(event, index):
    """*event* with another index, or with none."""
    rest = {name: value for name, value in event.items() if name != "index"}
    return rest if index is None else {**rest, "index": index}


@pytest.mark.parametrize(
    ("starts", "deltas"),
    [((5, 7), (None, None)), ((0, 0), (None, None)), ((None, None), (0, 1)), ((0, 1), (0, 1))],
)
def test_indexes_that_starts_or_deltas_alone_have(starts, deltas):
    events = []
    for number, (begin, more) in enumerate(zip(starts, deltas, strict=True)):
        events += [
            numbered(use(0, f"c{number}", "f"), begin),
            numbered(piece(0, f'{{"n":{number}}}'), more),
        ]
    assert calls(message(*events)) == [(f"c{n}", "f", f'{{"n":{n}}}') for n in range(2)]


def test_a_delta_without_an_index_after_a_servers_tool_is_the_servers():
    response = message(
        use(0, "c", "f"),
        piece(0, '{"a":1}'),
        use(1, "s", "search", kind="server_tool_use"),
        numbered(piece(1, '{"q":1}'), None),
    )
    assert calls(response) == [("c", "f", '{"a":1}')]


def test_input_that_comes_again_as_a_whole_is_told_once():
    told = [piece(0, '{"a"'), piece(0, ":1}"), piece(0, ""), piece(0, '{"a":1}')]
    response = message(use(0, "c", "f"), *told)
    assert calls(response) == [("c", "f", '{"a":1}')]


def test_an_empty_input_before_the_real_one_is_no_part_of_it():
    response = message(use(0, "c", "f"), piece(0, "{}"), piece(0, '{"a":1}'))
    assert calls(response) == [("c", "f", '{"a":1}')]


def test_a_call_that_begins_twice_is_one_and_another_under_its_id_is_not():
    begun = use(0, "c", "f")
    assert calls(message(begun, begun, piece(0, '{"a":1}'))) == [("c", "f", '{"a":1}')]
    assert calls(message(begun, piece(0, '{"a":1}'), use(1, "c", "g"), piece(1, "{ }"))) == [
        ("c", "f", '{"a":1}'),
        (None, "g", "{ }"),
    ]


def test_a_call_after_the_reason_still_waits():
    events = (BEGIN, end("end_turn"), use(0, "c", "f"), piece(0, '{"a":1}'), STOP)
    response, failure = read("anthropic", *events)
    assert failure is None
    assert (response.verdict, response.finish_reason) == (Verdict.TOOL_USE, "end_turn")


@pytest.mark.parametrize(
    ("reason", "verdict"),
    [
        ("stop", Verdict.COMPLETE),
        ("END_TURN", Verdict.COMPLETE),
        ("eos_token", Verdict.COMPLETE),
        ("length", Verdict.LENGTH),
        ("tool_calls", Verdict.TOOL_USE),
        ("content_filter", Verdict.BLOCKED),
        ("a_new_reason", Verdict.UNKNOWN),
    ],
)
def test_words_of_other_apis(reason, verdict):
    text = {"type": "text", "text": "Hi"}
    streamed = message(start(0, **text), reason=reason)
    assert (streamed.verdict, streamed.finish_reason) == (verdict, reason)
    whole, _ = read_whole(
        "anthropic", {**BEGIN["message"], "content": [text], "stop_reason": reason}
    )
    assert whole == streamed


@pytest.mark.parametrize(
    "event",
    [
        {"type": "content_block_delta", "index": 0},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta"}},
        {"type": "content_block_start", "index": 5},
        {"type": "message_start"},
        {"type": "message_delta"},
        {"type": "content_block_stop"},
    ],
    ids=lambda event: event["type"],
)
def test_what_an_event_lacks_is_nothing(event):
    assert (
        message(start(0, type="text", text="H"), event, delta(0, "text_delta", text="i")).text
        == "Hi"
    )


@pytest.mark.parametrize("indexes", [(0, 0, 0), (0, 1, 0), (None, None, None)])
def test_a_new_block_closes_the_one_before_on_its_index(indexes):
    events = []
    for number, index in enumerate(indexes):
        events += [use(index, f"c{number}", "f"), piece(index, f'{{"n":{number}}}')]
    expected = [(f"c{number}", "f", f'{{"n":{number}}}') for number in range(3)]
    assert calls(message(*events)) == expected


def test_a_servers_tool_never_runs_into_the_clients_call():
    for kind in ("server_tool_use", "mcp_tool_use", "a_new_tool_use"):
        response = message(
            use(0, "c", "f"),
            piece(0, '{"a":1}'),
            use(0, "s", "search", kind=kind),
            piece(0, '{"query":"x"}'),
        )
        assert calls(response) == [("c", "f", '{"a":1}')]


def test_input_of_a_servers_tool_alone_makes_no_call():
    response = message(use(0, "s", "search", kind="server_tool_use"), piece(0, "{}"))
    assert calls(response) == []
    assert response.verdict is Verdict.COMPLETE


@pytest.mark.parametrize(
    ("given", "pieces", "expected"),
    [
        ({"a": 1}, ['{"a"', ":1}"], '{"a":1}'),
        ({"a": 1}, [""], '{"a": 1}'),
        ({"a": 1}, [], '{"a": 1}'),
        ('{"a":1}', [], '{"a":1}'),
        ('{"a":1}', ['{"a":1}'], '{"a":1}'),
        ({}, [{"a": 1}], '{"a": 1}'),
        ({}, [], "{}"),
    ],
)
@pytest.mark.parametrize("stops", [True, False])
def test_input_in_a_start_and_again_in_deltas_is_one_input(given, pieces, expected, stops):
    closing = [{"type": "content_block_stop", "index": 0}] if stops else []
    response = message(use(0, "c", "f", given), *(piece(0, one) for one in pieces), *closing)
    assert calls(response) == [("c", "f", expected)]


def test_input_in_the_start_is_known_of_a_message_that_was_cut():
    response, failure = read("anthropic", BEGIN, use(0, "c", "f", {"a": 1}))
    assert isinstance(failure, StreamTruncated)
    assert calls(response) == [("c", "f", '{"a": 1}')]


def test_thoughts_on_one_index_keep_their_signatures():
    response = message(*think(0, "one", "S1"), *think(0, "two", "S2"))
    assert thoughts(response) == [("one", "S1"), ("two", "S2")]


def test_a_redacted_thought_on_the_same_index_is_a_block_of_its_own():
    response = message(*think(0, "one", "S1"), start(0, type="redacted_thinking", data="R"))
    assert [block.redacted for block in response.reasoning_blocks] == [None, "R"]


@pytest.mark.parametrize("reason", ["end_turn", "pause_turn", "a_new_reason", None])
def test_calls_wait_for_the_client_whatever_the_reason(reason):
    response = message(use(0, "c", "f"), piece(0, "{}"), reason=reason)
    assert response.verdict is Verdict.TOOL_USE
    assert response.finish_reason == reason
    content = [{"type": "tool_use", "id": "c", "name": "f", "input": {}}]
    whole, _ = read_whole("anthropic", {"content": content, "stop_reason": reason})
    assert whole.verdict is Verdict.TOOL_USE


@pytest.mark.parametrize(
    ("reason", "verdict"), [("max_tokens", Verdict.LENGTH), ("refusal", Verdict.REFUSED)]
)
def test_a_call_may_be_cut_with_its_message(reason, verdict):
    assert message(use(0, "c", "f"), piece(0, '{"a'), reason=reason).verdict is verdict


def test_usage_alone_is_a_delta_of_the_message():
    usage = {"output_tokens": 3, "cache_creation_input_tokens": 5, "cache_read_input_tokens": 4}
    response = message(start(0, type="text", text="Hi"), {"type": "message_delta", "usage": usage})
    assert response.text == "Hi"
    assert response.usage == Usage(
        input_tokens=9, output_tokens=3, cached_tokens=4, cache_write_tokens=5
    )


@pytest.mark.parametrize("where", [BEGIN["message"], {}])
def test_totals_under_openais_names_and_zeros_that_say_nothing(where):
    report = {"prompt_tokens": 12, "completion_tokens": 7, "prompt_tokens_details": None}
    told = {"type": "message_delta", "usage": report}
    zeros = {"type": "message_delta", "usage": {"input_tokens": 0, "output_tokens": 0}}
    begin = {"type": "message_start", "message": where}
    response, _ = read("anthropic", begin, told, zeros, end("end_turn"), STOP)
    assert response.usage == Usage(input_tokens=12, output_tokens=7)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"error": {"message": "up", "type": "server_error"}}, ServerError),
        ({"type": "upstream", "error": {"type": "overloaded_error"}}, Overloaded),
    ],
)
def test_an_error_needs_no_type_of_its_own(document, expected):
    _, failure = read("anthropic", BEGIN, document)
    assert isinstance(failure, expected)
    _, failure = read_whole("anthropic", document)
    assert isinstance(failure, expected)


def test_an_end_mark_of_another_api_means_nothing():
    assert message(start(0, type="text", text="Hi"), "[DONE]").text == "Hi"


def test_a_whole_message_means_what_its_stream_does():
    blocks = [
        {"type": "thinking", "thinking": "hm", "signature": "S"},
        {"type": "text", "text": "Hi"},
        {"type": "tool_use", "id": "c", "name": "f", "input": {"a": 1}},
        {"type": "server_tool_use", "id": "s", "name": "g", "input": {"b": 1}},
        "what is this",
    ]
    streamed = message(*(start(0, **block) for block in blocks[:-1]), reason="tool_use")
    value = {**BEGIN["message"], "content": blocks, "stop_reason": "tool_use"}
    whole, failure = read_whole("anthropic", value)
    assert failure is None
    assert whole == streamed


def test_the_whole_input_is_told_before_the_end():
    parser = get("anthropic").parser()
    events = (BEGIN, use(0, "c", "f", {"a": 1}), end("tool_use"), STOP)
    chunks = [chunk for event in events for chunk in parser.feed("", event)]
    assert [type(chunk) for chunk in chunks[-2:]] == [ToolCallChunk, FinishChunk]


CITATION = {"type": "web_search_result_location", "url": "u", "cited_text": "c"}
SEARCH = {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {"q": 1}}
FOUND = {"type": "web_search_tool_result", "tool_use_id": "s", "content": []}
SEARCHED = [
    {"type": "text", "text": "I'll search."},
    SEARCH,
    FOUND,
    {"type": "text", "text": "Paris", "citations": [CITATION]},
    {"type": "tool_use", "id": "t", "name": "f", "input": {"a": 1}},
]
SEARCHED_ORDER = [
    said("I'll search."),
    ("raw", SEARCH),
    ("raw", FOUND),
    said("Paris", CITATION),
    ("call", "f"),
]


def test_the_blocks_of_a_whole_message_keep_their_order():
    whole, failure = read_whole("anthropic", {"content": SEARCHED, "stop_reason": "tool_use"})
    assert failure is None
    assert order(whole) == SEARCHED_ORDER


def test_the_blocks_of_a_stream_without_stops_keep_their_order():
    events = [start(index, **block) for index, block in enumerate(SEARCHED)]
    assert order(message(*events, reason="tool_use")) == SEARCHED_ORDER


def test_a_block_of_the_providers_waits_for_the_rest_of_its_input():
    empty = {**SEARCH, "input": {}}
    response = message(
        start(0, **empty),
        piece(0, '{"q"'),
        start(1, type="text", text="meanwhile"),
        piece(0, ":1}"),
        stop(0),
        stop(1),
    )
    assert order(response) == [said("meanwhile"), ("raw", SEARCH)]


@pytest.mark.parametrize("more", [{}, {"citations": []}])
def test_a_citation_before_its_text_is_of_that_text(more):
    cites = delta(3, "citations_delta", citation=CITATION)
    response = message(
        start(0, type="text", text=""),
        delta(0, "text_delta", text="I'll search."),
        stop(0),
        start(1, **SEARCH),
        stop(1),
        start(2, **FOUND),
        stop(2),
        start(3, type="text", text="", **more),
        cites,
        delta(3, "text_delta", text="Paris"),
        delta(3, "text_delta", text=" is big"),
        stop(3),
        start(4, type="text", text=""),
        delta(4, "text_delta", text="."),
        stop(4),
    )
    assert order(response) == [
        said("I'll search."),
        ("raw", SEARCH),
        ("raw", FOUND),
        said("Paris is big", CITATION),
        said("."),
    ]
    assert response.citations == (CITATION,)


def test_a_citation_that_opens_the_answer_is_of_its_first_text():
    cites = delta(0, "citations_delta", citation=CITATION)
    text = delta(0, "text_delta", text="Paris")
    assert order(message(start(0, type="text", text=""), cites, text)) == [said("Paris", CITATION)]


def test_texts_that_come_in_turns_are_told_apart_by_their_indexes():
    other = {**CITATION, "url": "v"}
    response = message(
        start(0, type="text", text=""),
        start(1, type="text", text=""),
        delta(0, "text_delta", text="A1 "),
        delta(1, "text_delta", text="B1 "),
        delta(0, "text_delta", text="A2"),
        delta(0, "citations_delta", citation=CITATION),
        delta(1, "citations_delta", citation=other),
        delta(1, "text_delta", text="B2"),
        stop(0),
        stop(1),
    )
    assert order(response) == [said("A1 A2", CITATION), said("B1 B2", other)]
    assert response.text == "A1 A2B1 B2"


def test_a_text_goes_on_behind_what_came_between_its_pieces():
    response = message(
        start(0, type="text", text="A1 "),
        start(1, **SEARCH),
        delta(0, "text_delta", text="A2"),
        stop(0),
        stop(1),
        start(0, type="text", text="B"),
    )
    assert order(response) == [said("A1 A2"), ("raw", SEARCH), said("B")]


@pytest.mark.parametrize("constant", [True, False])
def test_a_delta_of_a_block_that_has_stopped_is_of_the_last_one(constant):
    events = []
    for number in range(2):
        events += [start(number, type="text", text=""), delta(0, "text_delta", text=str(number))]
        events.append(stop(0 if constant else number))
    events += [use(2, "c", "f"), piece(0, '{"a":1}'), stop(0)]
    response = message(*events)
    assert order(response) == [said("0"), said("1"), ("call", "f")]
    assert calls(response) == [("c", "f", '{"a":1}')]
