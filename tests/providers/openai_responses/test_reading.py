"""Responses whose servers leave out deltas, items, places or ids: all is told, and once."""

import itertools

import pytest

from lionpride_trio import Verdict
from tests.providers.openai_responses.events import added, call, done, end, event, message, read
from tests.providers.reading import calls, read_whole, thoughts

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


def test_citations_are_told_once():
    cited = [{"url": "https://a.b/1"}, {"url": "https://a.b/2"}]
    item = message("Hi", annotations=cited)
    one = event("output_text.annotation.added", item_id="m", annotation=cited[0])
    assert list(read(*WAYS["deltas"], one, end(item)).citations) == cited
    assert list(read(done(item), end(item)).citations) == cited


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


@pytest.mark.parametrize("told", [[], ["A"], ["A", "B"]], ids="".join)
def test_a_citation_of_a_whole_message_is_of_its_part(told):
    cited = [{"url": "a"}, {"url": "b"}]
    texts = zip("AB", cited, strict=True)
    item = {
        "type": "message",
        "id": "m",
        "content": [
            {"type": "output_text", "text": text, "annotations": [each]} for text, each in texts
        ],
    }
    deltas = [
        event("output_text.delta", item_id="m", content_index=at, delta=text)
        for at, text in enumerate(told)
    ]
    response = read(*deltas, done(item), end(item))
    assert list(response.citations) == cited
    if len(told) < 2:  # else the first text is over
        assert [(part.text, *part.citations) for part in response.parts] == [
            ("A", cited[0]),
            ("B", cited[1]),
        ]
    whole, _ = read_whole("openai", end(item)["response"], "responses")
    assert [part.citations for part in whole.parts] == [(each,) for each in cited]
