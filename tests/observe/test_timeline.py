"""What ran when, as a picture, as lines, as sentences and as a trace."""

import json
import re
import xml.etree.ElementTree as ET

import pytest
import trio
from hypothesis import given, settings, strategies as st

from lionpride_trio import ConfigurationError, ConnectionLost, LionprideError, Retry, Session
from lionpride_trio.durable import open_streams
from lionpride_trio.observe import Timeline
from lionpride_trio.observe._bars import MAX_ARRIVALS, Attempt, Bar
from lionpride_trio.observe._chrome import chrome_trace
from lionpride_trio.observe._rows import Span, rows_of, span_of
from lionpride_trio.observe._scale import marks
from lionpride_trio.observe._svg import draw_svg
from lionpride_trio.observe._terminal import ASCII_SIGNS, draw_text, in_ascii
from lionpride_trio.observe._text_width import padded, shortened, width_of
from lionpride_trio.observe._words import describe, seconds
from lionpride_trio.operations import Builder, flow, flow_stream
from lionpride_trio.testing import Script, ScriptedProvider, tool_call
from lionpride_trio.tools import tool
from tests.observe.recorder import model_of, saying

SVG = "{http://www.w3.org/2000/svg}"
REFUSED = Script([b'{"error": {"message": "no"}}'], status=429)


async def read(model):
    try:
        async with model.stream("?") as reply:
            async for _ in reply:
                pass
    except LionprideError:
        pass


async def eventful():
    """Three calls at two slots: one is repeated and stalls, one ends well, one waits and breaks off."""
    timeline = Timeline()
    model = model_of(
        REFUSED,
        saying(1.0, "a", 1.0, "b"),
        saying(1.0, "a", 17.0, "b"),
        [*saying(0.5, "a", 0.5, end=False), OSError("reset")],
        observers=[timeline],
        max_concurrent=2,
        retry=Retry(wait_jitter=0),
    )
    async with trio.open_nursery() as nursery:
        for _ in range(3):
            nursery.start_soon(read, model)
    return timeline


async def test_all_that_happened_to_calls_is_told(autojump_clock):
    timeline = await eventful()
    told = timeline.describe()
    assert told == (
        "3 rows over 18.50 s."
        " Call m: began at 0.00 s, first content after 1.00 s, 4 chunks, ended (complete) after 2.00 s."
        " Call m: began at 0.00 s, waited 2.00 s, first content after 2.50 s, 1 chunks,"
        " failed (ConnectionLost) after 3.00 s."
        " Call m: began at 0.00 s, 1 retry, first content after 1.50 s, 4 chunks,"
        " stalled by its server at 16.50 s, ended (complete) after 18.50 s."
    )
    assert repr(timeline) == "<Timeline of 3 stories, 0 going on>"


async def test_the_terminal_shows_it(autojump_clock):
    timeline = await eventful()
    lines = timeline.to_text(width=60).splitlines()
    assert lines == [
        "   0 s                 10 s",
        "m  ──●░█                                  2.00 s complete",
        "m  ·····●✗                                3.00 s Connection…",
        "m  ↻──●░░░░░░░░░░░░░░░░░░░░░░░░░░░░░!░░█  18.50 s complete",
    ]
    assert max(map(width_of, lines)) <= 60


async def test_a_terminal_without_the_signs_shows_others_in_the_same_places(autojump_clock):
    timeline = await eventful()
    shown = timeline.to_text(width=60, ascii=True)
    assert shown.splitlines() == [
        "   0 s                 10 s",
        "m  --*:#                                  2.00 s complete",
        "m  .....*x                                3.00 s Connection~",
        "m  @--*:::::::::::::::::::::::::::::!::#  18.50 s complete",
    ]


async def test_the_picture_shows_it_and_says_it(autojump_clock):
    timeline = await eventful()
    root = ET.fromstring(timeline.to_svg(width=600, title="Three calls"))
    assert root.get("width") == "600"
    assert root.get("role") == "img"
    named = {
        part.get("id"): part.text for part in root if part.tag in {SVG + "title", SVG + "desc"}
    }
    title, told = (named[key] for key in root.get("aria-labelledby").split())
    assert (title, told) == ("Three calls", timeline.describe())
    assert len(root.findall(f"{SVG}g/{SVG}title")) == 3
    style = root.find(f"{SVG}style").text
    assert "prefers-color-scheme: dark" in style
    classes = {part.get("class") for part in root.iter()}
    assert {"waits", "asks", "answers", "ticks", "first", "cross", "slow"} <= classes
    assert not {"tool", "works", "edge"} & classes  # nor does the legend speak of them


async def test_perfetto_opens_it(autojump_clock):
    timeline = await eventful()
    document = json.loads(timeline.to_json())
    events = document["traceEvents"]
    assert {event["ph"] for event in events} == {"M", "X", "i"}
    assert all(event["dur"] >= 0 and event["ts"] >= 0 for event in events if event["ph"] == "X")
    calls = [event for event in events if event["ph"] == "X" and event["cat"] == "call"]
    assert [(call["ts"], call["dur"]) for call in calls] == [(0, 2e6), (0, 3e6), (0, 18.5e6)]
    assert [call["args"]["how"] for call in calls] == ["complete", "ConnectionLost", "complete"]
    names = {event["name"] for event in events if event["ph"] == "i"}
    assert names == {"chunks", "first content", "retried", "stalled by its server"}


@tool
async def weather(city: str) -> str:
    "The weather now."
    await trio.sleep(1)
    return "rain"


async def work(context):
    await trio.sleep(1)


async def of_a_flow():
    timeline = Timeline()
    async with Session() as session:
        session.services.register(model_of(saying(1.0, "a", 1.0), stream=True, name="m"))
        provider = ScriptedProvider([tool_call("weather", city="Oslo")], "Yes.")
        session.services.register(provider.model(stream=True, name="t"))
        builder = Builder(session=session)
        one = builder.communicate(instruction="?", imodel="m", branch="one")
        two = builder.converse(instruction="?", imodel="t", branch="two", tools=[weather])
        builder.add(work, name="last", depends_on=[one, two])
        await flow(builder, observers=[timeline])
    return timeline, one


async def test_a_flow_is_its_operations_with_their_edges(autojump_clock):
    timeline, one = await of_a_flow()
    rows = rows_of(list(timeline._bars.values()))
    assert [(row.depth, row.bar.kind, row.label) for row in rows] == [
        (0, "flow", "flow of 3"),
        (1, "operation", "one · m"),
        (1, "operation", "two"),
        (2, "call", "scripted"),
        (2, "tool", "weather"),
        (2, "call", "scripted"),
        (1, "operation", "last"),
    ]
    root = ET.fromstring(timeline.to_svg())
    assert len([part for part in root.iter() if part.get("class") == "edge"]) == 2
    events = json.loads(timeline.to_json())["traceEvents"]
    assert [event["ts"] for event in events if event["ph"] == "s"] == [2e6, 1e6]
    assert [event["ts"] for event in events if event["ph"] == "f"] == [2e6, 2e6]
    assert timeline.times_of(one.id) == (0.0, 2.0)
    assert timeline.times_of("none") is None


async def test_an_operation_that_reads_a_stream_is_joined_to_it(autojump_clock):
    timeline = Timeline()

    async def gives(context):
        for number in range(3):
            await trio.sleep(1)
            yield number

    async def takes(context):
        return [item async for item in context.channel]

    builder = Builder()
    given = builder.add(gives, name="gives")
    builder.add(takes, name="takes", stream_from=given)
    await flow(builder, observers=[timeline])
    assert len(re.findall(r'class="edge"', timeline.to_svg())) == 1


def arrows(timeline):
    """The arrows of the trace: the names of the two rows that each joins, and the flow that each row is below."""
    events = json.loads(timeline.to_json())["traceEvents"]
    named = {one["tid"]: one["args"]["name"] for one in events if one["name"] == "thread_name"}
    flows = {}
    for track, name in named.items():
        flows[track] = track if name.startswith("flow of") else flows.get(track - 1)
    ends = [(one["id"], one["tid"]) for one in events if one["ph"] in "sf"]
    joined = {}
    for arrow, track in ends:
        joined.setdefault(arrow, []).append((named[track], flows[track]))
    return list(joined.values())


@pytest.mark.parametrize("starts", [(0, 0.5), (0, 5), (0, 0.5, 5)])
async def test_a_builder_that_runs_several_times_has_its_edges_in_each_run(starts, autojump_clock):
    timeline = Timeline()
    builder = Builder()
    builder.add(work, name="a")
    last = builder.add(work, name="c", depends_on=[builder.operations[0]])

    async def run(after):
        await trio.sleep(after)
        await flow(builder, observers=[timeline])

    async with trio.open_nursery() as nursery:
        for after in starts:
            nursery.start_soon(run, after)
    assert timeline.to_svg().count('class="edge"') == len(starts)
    joined = arrows(timeline)
    assert len(joined) == len(starts)
    for (earlier, above), (later, below) in joined:
        assert (earlier, later) == ("a", "c")
        assert above == below != None  # ruff: ignore[none-comparison]
    assert timeline.times_of(last.id) == (starts[-1] + 1.0, starts[-1] + 2.0)


async def test_the_last_run_is_known_when_an_earlier_one_is_forgotten(autojump_clock):
    timeline = Timeline(size=2)
    builder = Builder()
    step = builder.add(work, name="a")
    for _ in range(2):
        await flow(builder, observers=[timeline])
    assert timeline.forgotten == 2
    began, ended = timeline.times_of(step.id)
    assert ended - began == pytest.approx(1.0)


async def test_of_operations_that_were_skipped_nothing_is_kept(autojump_clock):
    timeline = Timeline(size=2)

    async def fails(context):
        raise ValueError("nothing")

    for _ in range(5):
        builder = Builder()
        builder.add(work, name="c", depends_on=[builder.add(fails, name="a")])
        with pytest.raises(ValueError, match="nothing"):
            await flow(builder, observers=[timeline])
    assert timeline._operations == {}
    assert len(timeline._of_operation) <= 2


async def test_it_is_shown_while_it_goes_on(autojump_clock):
    timeline = Timeline()
    builder = Builder()
    step = builder.add(work, name="work")
    async with flow_stream(builder, observers=[timeline]):
        await trio.sleep(0.5)
        assert timeline.times_of(step.id) == (0.0, None)
        assert "going on for 0.50 s" in timeline.describe()
        assert "0.50 s …" in timeline.to_text()
        assert "0.50 s …" in timeline.to_svg()
        assert json.loads(timeline.to_json())["traceEvents"][-1]["dur"] == pytest.approx(5e5)
        assert "2 going on" in repr(timeline)


def test_and_after_a_run_that_left_it_open(autojump_clock):
    timeline = Timeline()
    timeline._bars["a"] = Bar("call", "a", None, "m", 1.0)
    assert "going on" in timeline.describe()


async def test_a_durable_stream_is_shown_with_its_call(autojump_clock):
    timeline = Timeline()
    async with open_streams("memory:", observers=[timeline]) as streams:
        await streams.start("chat-42", model_of(saying("a", 1.0)).stream("?"))
        async with streams.follow("chat-42") as channel:
            async for _ in channel:
                pass
    assert timeline.describe().startswith("One row over ")
    assert "Durable stream chat-42 · m" in timeline.describe()


async def test_an_empty_one_says_that_nothing_ran():
    timeline = Timeline()
    assert timeline.describe() == "Nothing ran."
    assert timeline.to_text() == "nothing ran"
    assert ET.fromstring(timeline.to_svg()) is not None
    assert json.loads(timeline.to_json())["traceEvents"]


async def test_it_keeps_so_many_and_forgets_the_oldest_that_ended(autojump_clock):
    timeline = Timeline(size=3)
    model = model_of(saying("a", 1.0), observers=[timeline])
    async with model.stream("?") as first:
        for _ in range(5):
            await read(model)
        assert len(timeline) == 3
        assert timeline.forgotten == 3
        assert sum(bar.ended is None for bar in timeline._bars.values()) == 1
        async for _ in first:
            pass
    opened = [model.stream("?") for _ in range(4)]
    async with opened[0], opened[1], opened[2], opened[3]:
        assert len(timeline) == 3


def test_of_many_arrivals_neighbours_are_joined():
    bar = Bar("call", "a", None, "m", 0.0)
    for number in range(MAX_ARRIVALS * 3):
        bar.add_arrivals(((float(number), 2),))
    assert len(bar.arrivals) <= MAX_ARRIVALS
    assert sum(count for _, count in bar.arrivals) == bar.chunks == MAX_ARRIVALS * 6
    assert bar.arrivals == sorted(bar.arrivals)


def test_it_is_written_to_a_file(tmp_path):
    timeline = Timeline()
    timeline.save_svg(tmp_path / "a.svg", width=600)
    assert (tmp_path / "a.svg").read_text() == timeline.to_svg(width=600)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda timeline: timeline.to_svg(width=100), "width"),
        (lambda timeline: timeline.to_text(width=10), "width"),
        (lambda timeline: Timeline(size=0), "size"),
    ],
)
def test_a_width_that_nothing_fits_into_is_refused(call, words):
    with pytest.raises(ConfigurationError, match=words):
        call(Timeline())


# Whatever is in it, it can be drawn.

TIME = st.floats(0, 1e4)
ANY = st.text(max_size=60)


@st.composite
def bars(draw):
    made = []
    for number in range(draw(st.integers(0, 6))):
        began = draw(TIME)
        made.append(
            Bar(
                draw(st.sampled_from(["call", "turn", "tool", "operation", "flow", "stream"])),
                str(number),
                draw(st.none() | st.sampled_from([str(one) for one in range(number)] or [None])),
                draw(ANY),
                began,
                ended=draw(st.none() | TIME.map(lambda more, began=began: began + more)),
                outcome=draw(st.sampled_from([None, "ended", "failed", "cancelled", "left"])),
                how=draw(st.sampled_from(["", "complete", ConnectionLost.__name__])),
                operation=str(number) if draw(st.booleans()) else None,
                needs=("0",) if draw(st.booleans()) else (),
                waits=draw(st.lists(st.tuples(TIME, st.none() | TIME), max_size=2)),
                attempts=draw(st.lists(st.builds(Attempt, *[st.none() | TIME] * 4), max_size=3)),
                first_content=draw(st.none() | TIME),
                arrivals=draw(st.lists(st.tuples(TIME, st.integers(1, 9)), max_size=9)),
                stalls=draw(st.lists(st.tuples(TIME, st.sampled_from(["server", "reader"])), max_size=2)),
            )
        )  # fmt: skip
    return made


@given(bars=bars(), width=st.integers(320, 2000), title=ANY, now=st.none() | TIME)
@settings(max_examples=60)
def test_whatever_ran_it_can_be_drawn(bars, width, title, now):
    rows, span = rows_of(bars), span_of(bars, now)
    assert sorted(row.bar.id for row in rows) == sorted({row.bar.id for row in rows})
    told = describe(rows, span)
    drawn = draw_svg(rows, span, width=width, title=title, told=told)
    root = ET.fromstring(drawn.encode())
    for part in root.iter():
        for name in ("x", "cx"):
            assert -12 <= float(part.get(name, 0)) <= width
    text = draw_text(rows, span, width=max(40, width // 10))
    assert all(width_of(line) <= max(40, width // 10) for line in text.splitlines())
    assert len(text.splitlines()) == (len(rows) + 1 if rows else 1)
    plain = in_ascii(text)
    assert plain.isascii()
    assert list(map(width_of, plain.splitlines())) == list(map(width_of, text.splitlines()))
    for shown in (text, told, drawn):
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", shown)
        assert shown.encode()
    json.loads(chrome_trace(rows, span))


@pytest.mark.parametrize(
    "sign",
    [
        "\ufffe",
        "\uffff",
        "\ufdd0",
        "\U0001ffff",
        "\x00",
        "\x0b",
        "\x85",
        "\u2028",
        "\ud800",
        "]]>",
        "&",
    ],
)
def test_a_picture_is_xml_whatever_is_in_its_names(sign):
    rows, span = rows_of([Bar("tool", "a", None, f"a{sign}b", 1.0)]), Span(1.0, 2.0)
    drawn = draw_svg(rows, span, width=600, title=f"x{sign}", told=describe(rows, span) + sign)
    assert ET.fromstring(drawn.encode())[0].text.startswith("x")


def test_each_sign_has_one_of_its_own_in_ascii():
    assert len({*ASCII_SIGNS.values(), "!"}) == len(ASCII_SIGNS) + 1
    assert all(len(sign) == 1 for sign in ASCII_SIGNS.values())
    assert in_ascii("深 é\u0301") == "?? ?"


@given(ANY, st.integers(1, 40))
def test_a_text_fits_its_room(text, room):
    assert width_of(shortened(text, room)) <= room
    if width_of(text) <= room:
        assert shortened(text, room) == text


def test_wide_characters_take_two_columns():
    assert width_of("深い海") == 6
    assert shortened("深い海", 5) == "深い…"
    assert padded("海", 4) == "海  "
    assert width_of("e\u0301") == 1


@given(st.floats(1e-6, 1e6), st.integers(1, 20))
def test_the_axis_has_round_marks_and_not_too_many(length, most):
    found = marks(Span(5.0, 5.0 + length), most)
    assert 1 <= len(found) <= most + 1
    assert found[0][0] == 0
    assert all(at <= length * 1.001 for at, _ in found)
    assert len({words for _, words in found}) == len(found)


@pytest.mark.parametrize(
    ("value", "words"), [(0, "0.00 s"), (0.0123, "12.3 ms"), (1.234, "1.23 s"), (250.4, "250 s")]
)
def test_times_have_the_digits_that_fit_them(value, words):
    assert seconds(value) == words
