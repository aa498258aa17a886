"""Chat completions as many servers write them, and what each of their answers means."""

import itertools
import json

import pytest

from lionpride_trio import (
    FinishChunk,
    ProviderError,
    ServerError,
    StreamTruncated,
    Verdict,
    chunks_of,
    reassemble,
)
from lionpride_trio.providers import StreamDecoder, get
from tests.providers.reading import calls as calls_of


def choice(delta=None, reason=None, **more):
    return {"choices": [{"index": 0, "delta": delta or {}, "finish_reason": reason, **more}]}


def call(*calls):
    return choice({"tool_calls": list(calls)})


def function(name=None, arguments=None, **more):
    told = {"name": name, "arguments": arguments}
    return {**more, "function": {key: value for key, value in told.items() if value is not None}}


def read(*events, done=True):
    """The response, the failure, and the chunks."""
    decoder = StreamDecoder(get("openai_compatible"))
    raw = [b"data: %s\n\n" % json.dumps(event).encode() for event in events]
    chunks = decoder.feed(b"".join(raw) + (b"data: [DONE]\n\n" if done else b""))
    chunks += decoder.flush()
    return reassemble(chunks), decoder.failure, chunks


def text(*events, **how):
    response, failure, _ = read(*events, **how)
    assert failure is None
    return response.text


def calls(*events, reason="tool_calls"):
    response, failure, _ = read(*events, choice(reason=reason))
    assert failure is None
    assert response.verdict is Verdict.TOOL_USE
    return calls_of(response)


def whole(message, **more):
    answer = {"choices": [{"index": 0, "message": message, "finish_reason": "stop", **more}]}
    chunks, failure = get("openai_compatible").parse_body(answer)
    assert failure is None
    return reassemble(chunks)


# A message beside deltas

GOOD_DAY = [choice({"content": "Good "}), choice({"content": "day."})]


def message(said, **more):
    return {"role": "assistant", "content": said, **more}


@pytest.mark.parametrize("delta", [{}, {"content": ""}, None, {"role": "assistant"}])
@pytest.mark.parametrize("kind", ["chat.completion", "chat.completion.chunk"])
def test_a_last_chunk_with_the_whole_message_adds_nothing(delta, kind):
    last = choice(delta, "stop", message=message("Good day."))
    assert text(*GOOD_DAY, {**last, "object": kind}) == "Good day."
    assert text(*GOOD_DAY, choice(reason="stop"), {**last, "object": kind}) == "Good day."


def test_a_message_tells_what_no_delta_told():
    assert text(*GOOD_DAY, choice(message=message("Good day. Bye"))) == "Good day. Bye"
    assert text(*GOOD_DAY, choice(message=message("Another answer of them"))) == "Good day."
    assert text(choice(message=message("Good day."))) == "Good day."


def test_messages_that_grow_beside_deltas_or_without_them():
    said = ["Good ", "Good day", "Good day."]
    pieces = ["Good ", "day", "."]
    beside = [
        choice({"content": piece}, message=message(whole))
        for piece, whole in zip(pieces, said, strict=True)
    ]
    assert text(*beside) == "Good day."
    assert text(*[choice(message=message(each)) for each in said]) == "Good day."
    assert text(*[choice(message=message(each)) for each in pieces]) == "Good day."


def test_a_message_repeats_no_tool_call_and_tells_of_those_that_no_delta_told():
    one = function("f", '{"a":1}', id="x")
    assert calls(call({**one, "index": 0}), choice(message=message(None, tool_calls=[one]))) == [
        ("x", "f", '{"a":1}')
    ]
    assert calls(choice({"content": "a"}), choice(message=message("a", tool_calls=[one]))) == [
        ("x", "f", '{"a":1}')
    ]


def last(**told):
    return choice({}, "stop", message=message(**{"said": None, **told}))


@pytest.mark.parametrize(
    ("before", "told", "expected"),
    [
        ([function("f", '{"x":1}', id="a")], '{"x":1}', [("a", "f", '{"x":1}')]),
        ([function("f", '{"x"', id="a")], '{"x":1}', [("a", "f", '{"x":1}')]),
        ([function("f", "", id="a")], '{"x":1}', [("a", "f", '{"x":1}')]),
        ([function("f", '{"x":1}')], '{"x":1}', [("a", "f", '{"x":1}')]),
        ([function(None, '{"x":1}', id="a")], '{"x":1}', [("a", "f", '{"x":1}')]),
        ([function("f", '{"x":1}', id="a")], {"x": 1}, [("a", "f", '{"x":1}')]),
        ([function("f", '{"x":2}', id="z")], "{}", [("z", "f", '{"x":2}'), ("a", "f", "{}")]),
    ],
)
def test_a_message_tells_the_rest_of_calls(before, told, expected):
    pieces = [call({**piece, "index": 0}) for piece in before]
    assert calls(*pieces, last(tool_calls=[function("f", told, id="a")])) == expected


def test_a_message_tells_of_calls_after_those_of_the_deltas():
    one, two = function(*F, id="a"), function(*G, id="b")
    assert calls(call({**one, "index": 0}), last(tool_calls=[one, two])) == [("a", *F), ("b", *G)]
    bare = [function(*F), function(*G)]
    first = [call({**each, "index": at}) for at, each in enumerate(bare)]
    assert calls(*first, last(tool_calls=bare)) == [(None, *F), (None, *G)]


@pytest.mark.parametrize("deltas", [[], ["h"], ["h", "m"]])
@pytest.mark.parametrize("field", ["reasoning", "reasoning_content", "refusal"])
def test_a_message_tells_the_rest_of_each_text(field, deltas):
    first = [choice({"content": "Hi"})] if field != "refusal" else [choice({"reasoning": "a"})]
    said = message("Hi") if field != "refusal" else message(None)
    events = [*first, *(choice({field: piece}) for piece in deltas)]
    response, failure, _ = read(*events, choice({}, "stop", message={**said, field: "hm"}))
    assert failure is None
    assert response.refusal + response.reasoning.removeprefix("a") == "hm"
    assert response.verdict is (Verdict.REFUSED if field == "refusal" else Verdict.COMPLETE)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_message_tells_the_rest_of_the_citations(count):
    cited = [{"url": "x"}, {"url": "y"}]
    deltas = [choice({"annotations": [each]}) for each in cited[:count]]
    response, _, _ = read(choice({"content": "Hi"}), *deltas, last(said="Hi", annotations=cited))
    assert list(response.citations) == cited


@pytest.mark.parametrize("parts", [[{"type": "text", "text": "Good day."}], ["Good ", "day."]])
def test_a_message_in_parts_repeats_no_text(parts):
    assert text(*GOOD_DAY, choice(message=message(parts))) == "Good day."


# Which call a piece belongs to

F, G = ("f", '{"a":1}'), ("g", '{"b":2}')


def test_an_id_that_changes_while_a_call_goes_on():
    assert calls(
        call(function("f", "", index=0, id="a")),
        call(function(None, '{"x"', index=0, id="b")),
        call(function(None, ":", index=0, id="c")),
        call(function(None, "1}", index=0)),
    ) == [("a", "f", '{"x":1}')]


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("numbered", [{"index": 0}, {}])
@pytest.mark.parametrize("named", [(F, G), (F, F), (F, G, F)])
def test_whole_calls_without_ids_on_one_index(together, numbered, named):
    pieces = [function(*each, **numbered) for each in named]
    events = [call(*pieces)] if together else [call(piece) for piece in pieces]
    assert calls(*events) == [(None, *each) for each in named]


@pytest.mark.parametrize("index", [{"index": 0}, {"index": None}, {}])
def test_whole_calls_with_ids_on_one_index(index):
    events = [call(function(*each, id=i, **index)) for i, each in (("a", F), ("b", G))]
    assert calls(*events) == [("a", *F), ("b", *G)]


def test_calls_without_arguments():
    both = [function("f", "", index=0, id="a"), function("g", "", index=0, id="b")]
    expected = [("a", "f", "{}"), ("b", "g", "{}")]
    assert calls(call(*both)) == calls(*map(call, both)) == expected
    assert calls(call(function("f", ""), function("g", ""))) == [
        (None, "f", "{}"),
        (None, "g", "{}"),
    ]


@pytest.mark.parametrize("numbers", [(None, None), (0, 0), (0, 1), (1, 0), (3, 7)])
def test_pieces_with_ids_that_alternate(numbers):
    names, halves = "ab", ('{"x"', ":1}")
    pieces = [
        call(function(name if half == halves[0] else None, half, id=name, index=index))
        for half, (name, index) in itertools.product(halves, zip(names, numbers, strict=True))
    ]
    assert calls(*pieces) == [("a", "a", '{"x":1}'), ("b", "b", '{"x":1}')]


def test_one_id_for_calls_of_two_indexes():
    pieces = [call(function(*each, id="same", index=i)) for i, each in enumerate((F, G))]
    assert calls(*pieces) == [("same", *F), ("same", *G)]
    bare = [call(function(name, "", id="same", index=i)) for i, name in enumerate("fg")]
    assert calls(*bare) == [("same", "f", "{}"), ("same", "g", "{}")]


@pytest.mark.parametrize("ids", [("z", None), (None, None), ("z", "z")])
def test_a_name_in_pieces(ids):
    one, two = ids
    assert calls(
        call(function("get_", "", index=0, id=one)),
        call(function("weather", "", index=0, id=two)),
        call(function(None, "{}", index=0, id=two)),
    ) == [(one, "get_weather", "{}")]


@pytest.mark.parametrize("ids", [("z", "z", "z"), (None, None, None), ("z", None, None), "abc"])
def test_a_name_that_comes_again_with_each_piece(ids):
    pieces = ['{"x"', ":", "1}"]
    events = [call(function("f", p, index=0, id=i)) for p, i in zip(pieces, ids, strict=True)]
    assert calls(*events) == [(ids[0], "f", '{"x":1}')]


@pytest.mark.parametrize("given", [{"a": [1, "é"]}, {}, [1]])
def test_arguments_that_are_no_text(given):
    ((_, _, arguments),) = calls(call(function("f", given, index=0, id="z")))
    assert json.loads(arguments) == given
    said = whole({"tool_calls": [function("f", given, id="z")]})
    assert said.tool_calls[0].parsed() == given


@pytest.mark.parametrize("cut", [0, 3, 7])
@pytest.mark.parametrize("bears", [{}, {"id": "a"}, {"id": "a", "name": "f"}])
def test_arguments_that_come_again_as_a_whole_are_told_once(cut, bears):
    named = {"id": bears["id"]} if "id" in bears else {}
    pieces = [function("f", F[1][:cut], id="a", index=0), function(None, F[1][cut:], index=0)]
    again = function(bears.get("name"), F[1], **named, index=0)
    assert calls(*map(call, [*pieces, again])) == [("a", *F)]


@pytest.mark.parametrize("empty", ["{}", {}, " {} "])
def test_an_empty_input_at_the_start_is_not_a_part_of_the_arguments(empty):
    first = function("f", empty, index=0, id="a")
    assert calls(call(first), call(function(None, F[1], index=0))) == [("a", *F)]
    assert calls(call(first)) == [("a", "f", "{}")]


@pytest.mark.parametrize("named", [0, 1, 2])
def test_a_name_that_comes_late(named):
    pieces = [function("f" if at == named else None, p, index=0) for at, p in enumerate("{ }")]
    assert calls(*(call({**piece, "id": "a"}) for piece in pieces)) == [("a", "f", "{ }")]


def test_an_index_that_the_opening_lacks_or_alone_has():
    one, two = function("f", '{"x"', id="a"), function(None, ":1}")
    assert calls(call(one), call({**two, "index": 0})) == [("a", "f", '{"x":1}')]
    assert calls(call({**one, "index": 0}), call(two)) == [("a", "f", '{"x":1}')]


def test_calls_that_are_no_list():
    piece = function(*F, id="a", index=0)
    assert calls(choice({"tool_calls": piece})) == [("a", *F)]
    assert whole({"tool_calls": piece}).tool_calls[0].parsed() == {"a": 1}


def test_inner_objects_are_told_piece_by_piece():
    told = '{"a":{"b":{}},"c":[{},{}]}'
    events = [call(function("f" if not at else None, p, index=0)) for at, p in enumerate(told)]
    assert calls(*events) == [(None, "f", told)]


def test_the_input_of_a_custom_tool_may_repeat_itself():
    pieces = [{"name": "sh", "input": '{"a":1}'}, {"input": '{"a":1}'}]
    assert calls(*(call({"index": 0, "custom": piece}) for piece in pieces)) == [
        (None, "sh", '{"a":1}{"a":1}')
    ]


def test_a_custom_tool():
    pieces = [{"name": "sh", "input": ""}, {"input": "echo "}, {"input": "hi"}]
    events = [call({"index": 0, "custom": piece}) for piece in pieces]
    assert calls(*events) == [(None, "sh", "echo hi")]
    said = whole({"tool_calls": [{"id": "z", "custom": {"name": "sh", "input": "ls"}}]})
    assert [(c.id, c.name, c.arguments) for c in said.tool_calls] == [("z", "sh", "ls")]


# How it ended


@pytest.mark.parametrize("reason", ["stop", "STOP", "eos", "end_turn", "tool-calls"])
def test_calls_outweigh_the_reason(reason):
    piece = function(*F, id="a", index=0)
    assert calls(call(piece), reason=reason) == [("a", *F)]
    assert read(call(piece))[0].verdict is Verdict.TOOL_USE
    assert read(choice(reason=reason), call(piece))[0].verdict is Verdict.TOOL_USE
    assert whole({"content": None, "tool_calls": [piece]}).verdict is Verdict.TOOL_USE


@pytest.mark.parametrize(
    ("reason", "verdict"),
    [
        ("eos_token", Verdict.COMPLETE),
        ("end_turn", Verdict.COMPLETE),
        ("max_tokens", Verdict.LENGTH),
        ("MAX_TOKENS", Verdict.LENGTH),
        ("model_length", Verdict.LENGTH),
        ("content-filter", Verdict.BLOCKED),
        ("sensitive", Verdict.BLOCKED),
        ("refusal", Verdict.REFUSED),
        ("abort", Verdict.UNKNOWN),
    ],
)
def test_words_for_ends(reason, verdict):
    said = read(choice({"content": "a"}), choice(reason=reason))[0]
    assert (said.verdict, said.finish_reason) == (verdict, reason)


def test_alternatives_beyond_the_first_keep_their_calls():
    events = [call({**function(*F, index=0, id="a")}), call(function(*G, index=0, id="b"))]
    events[1]["choices"][0]["index"] = 2
    said = read(*events)[0]
    assert [c.name for c in said.tool_calls] == ["f"]
    assert [[c.name for c in calls] for calls in said.other_tool_calls] == [[], ["g"]]
    assert said.verdicts == (Verdict.TOOL_USE, Verdict.UNKNOWN, Verdict.TOOL_USE)
    assert reassemble(chunks_of(said)) == said


def test_a_call_that_was_cut_is_no_use_of_a_tool():
    assert read(call(function("f", "{", index=0)), choice(reason="length"))[0].verdict is (
        Verdict.LENGTH
    )


@pytest.mark.parametrize("reason", ["error", "network_error", "insufficient_system_resource"])
def test_a_reason_that_is_a_failure(reason):
    _, failure, _ = read(choice({"content": "a"}), choice(reason=reason))
    assert isinstance(failure, ProviderError)


@pytest.mark.parametrize("reason", ["null", "None", ""])
def test_a_word_for_no_reason_is_none(reason):
    _, failure, _ = read(choice({"content": "a"}, reason), done=False)
    assert isinstance(failure, StreamTruncated)
    assert text(choice({"content": "a"}, reason), choice({"content": "b"}, "stop")) == "ab"


@pytest.mark.parametrize("reason", [None, "error", "stop"])
def test_an_error_in_a_choice(reason):
    error = {"code": 502, "message": "upstream"}
    _, failure, _ = read(choice({"content": "a"}), choice({}, reason, error=error))
    assert isinstance(failure, ServerError)


GOES_ON = [
    {"content": "upon a"},
    {"reasoning": "hm"},
    {"tool_calls": [function("f", "{", index=0)]},
    {"refusal": "No"},
    {"images": [{"image_url": {"url": "data:,x"}}]},
]


@pytest.mark.parametrize("more", GOES_ON, ids=lambda more: next(iter(more)))
def test_an_answer_that_goes_on_takes_its_end_back(more):
    events = choice({"content": "Once "}, "stop"), choice(more)
    response, failure, _ = read(*events, done=False)
    assert isinstance(failure, StreamTruncated)
    assert (response.verdict, response.finish_reason) == (Verdict.UNKNOWN, None)
    for how in ({}, {"done": False}):
        response, failure, _ = read(*events, choice(reason="length"), **how)
        assert (response.verdict, failure) == (Verdict.LENGTH, None)
    assert read(*events)[1] is None


@pytest.mark.parametrize("more", [{}, {"content": ""}, {"annotations": [{"url": "x"}]}])
def test_what_may_follow_an_end(more):
    response, failure, _ = read(choice({"content": "a"}, "stop"), choice(more), done=False)
    assert (response.text, response.verdict, failure) == ("a", Verdict.COMPLETE, None)


def test_a_reason_on_each_chunk():
    events = [choice({"content": piece}, "stop") for piece in "abc"]
    response, failure, chunks = read(*events, done=False)
    assert (response.text, response.verdict, failure) == ("abc", Verdict.COMPLETE, None)
    assert sum(isinstance(chunk, FinishChunk) for chunk in chunks) == 3


# Parts, and tokens


@pytest.mark.parametrize(
    "content",
    [
        [{"type": "thinking", "thinking": [{"type": "text"}]}, {"type": "text", "text": "x"}],
        [{"type": "thinking", "thinking": None}, None, {}, "x"],
        [{"type": "thinking", "thinking": [None, {"text": None}]}, {"type": "text", "text": "x"}],
        {"type": "text", "text": "x"},
        [{"type": "output_text", "text": "x"}, {"type": "new", "data": 1}],
        [{"text": "x"}, {"image_url": {"url": "data:,x"}}],
    ],
)
def test_content_in_parts(content):
    assert text(choice({"content": content})) == "x"
    assert whole({"content": content}).text == "x"


def test_a_refusal_among_the_parts():
    content = [{"type": "refusal", "refusal": "No."}]
    streamed, failure, _ = read(choice({"content": content}, "stop"))
    assert failure is None
    assert (streamed.refusal, streamed.verdict) == ("No.", Verdict.REFUSED)
    assert whole({"content": content}) == streamed


@pytest.mark.parametrize(
    "thought",
    ["hm", {"text": "hm"}, {"content": "hm"}, [{"type": "text", "text": "h"}, "m"], {"a": 1}, 7],
)
def test_reasoning_of_any_shape(thought):
    response, failure, _ = read(choice({"reasoning": thought}), choice({"content": "x"}, "stop"))
    assert (response.text, failure) == ("x", None)
    assert response.reasoning == ("" if thought in [7, {"a": 1}] else "hm")


def test_an_answer_inside_its_provider():
    """OpenRouter passes some answers on with the whole of them under ``provider``."""
    inside = choice({"content": "Hi"}, "stop")
    assert text({"choices": None, "provider": inside}) == "Hi"
    assert text({**inside, "provider": "Groq"}) == "Hi"


@pytest.mark.parametrize(
    ("where", "report"),
    [
        ("top", {"prompt_tokens": 10, "prompt_cache_hit_tokens": 8}),
        ("top", {"prompt_tokens": 10, "cached_tokens": 8}),
        ("top", {"input_tokens": 10, "prompt_tokens_details": {"cached_tokens": 8}}),
        ("top", {"input_tokens": 10, "input_tokens_details": {"cached_tokens": 8}}),
        ("top", {"prompt_tokens": 10, "cache_read_input_tokens": 8}),
        ("choice", {"prompt_tokens": 10, "cached_tokens": 8}),
    ],
)
def test_cached_tokens(where, report):
    last = choice(reason="stop", **({"usage": report} if where == "choice" else {}))
    if where == "top":
        last["usage"] = report
    usage = read(choice({"content": "a"}), last)[0].usage
    assert (usage.input_tokens, usage.cached_tokens) == (10, 8)


@pytest.mark.parametrize(
    "report",
    [
        {"prompt_tokens_details": {"cache_write_tokens": 7}},
        {"prompt_tokens_details": {"cached_tokens": 0, "cache_creation_tokens": 7}},
        {"prompt_tokens_details": {"cache_creation_input_tokens": 7}},
        {"input_tokens_details": {"cache_write_tokens": 7}},
        {"prompt_tokens_details": {"cached_tokens": 0}, "cache_creation_input_tokens": 7},
    ],
)
def test_tokens_written_to_a_cache(report):
    last = choice(reason="stop")
    last["usage"] = {"prompt_tokens": 10, **report}
    usage = read(choice({"content": "a"}), last)[0].usage
    assert (usage.input_tokens, usage.cache_write_tokens) == (10, 7)
