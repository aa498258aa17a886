"""Wrong graphs are refused before anything runs, and checking is linear and not recursive."""

import pytest
import trio

from lionpride_trio import ConfigurationError
from lionpride_trio.flow import Graph, Operation, fork


async def work(context):
    await trio.lowlevel.checkpoint()
    return context


def op(name, *after, **options):
    return Operation(work=work, name=name, after=after, **options)


def test_the_order_puts_each_after_all_that_lead_to_it():
    a = op("a")
    b = op("b", a)
    c = op("c", b, stream_from=a)
    # c and a are one line, and b stands between: see below. Without the stream it is fine.
    c.stream_from = None
    assert Graph([c, b, a]).order == [a, b, c]


def test_a_circle_is_named():
    a = op("a")
    b = op("b", a)
    c = op("c", b)
    d = op("d", c)
    b.after = (a, c)
    with pytest.raises(ConfigurationError, match=r"in a circle: '(b' → 'c' → 'b|c' → 'b' → 'c)'$"):
        Graph([a, b, c, d])


def test_an_operation_that_waits_for_itself_is_a_circle():
    a = op("a")
    a.after = (a,)
    with pytest.raises(ConfigurationError, match="'a' → 'a'"):
        Graph([a])


def test_a_circle_through_a_stream_is_named():
    a = op("a")
    b = op("b", stream_from=a)
    a.after = (b,)
    with pytest.raises(ConfigurationError, match="circle"):
        Graph([a, b])


def test_a_circle_of_thousands_is_told_in_short():
    made = [op("0")]
    for number in range(1, 10_000):
        made.append(op(str(number), made[-1]))
    made[0].after = (made[-1],)
    with pytest.raises(ConfigurationError) as caught:
        Graph(made)
    assert len(str(caught.value)) < 400


def test_reading_along_and_waiting_for_what_needs_the_whole_is_refused():
    """``first`` cannot end before ``last`` reads, nor ``last`` begin before ``first`` has ended."""
    first = op("first")
    middle = op("middle", first)
    last = op("last", middle, stream_from=first)
    with pytest.raises(ConfigurationError) as caught:
        Graph([first, middle, last])
    text = str(caught.value)
    assert "'last' waits for all of 'middle'" in text
    assert "'middle' waits for all of 'first'" in text
    assert "'first' and 'last' are joined by stream_from" in text


def test_waiting_for_the_whole_of_what_is_read_is_refused():
    first = op("first")
    with pytest.raises(ConfigurationError, match="waits for all of 'first'; 'first' and 'last'"):
        Graph([first, op("last", first, stream_from=first)])


def test_two_lines_that_wait_for_each_other_are_refused():
    a, c = op("a"), op("c")
    b, d = op("b", stream_from=a), op("d", stream_from=c)
    b.after, d.after = (c,), (a,)
    with pytest.raises(ConfigurationError, match="joined by stream_from"):
        Graph([a, b, c, d])


def test_an_operation_that_is_not_there_is_refused():
    stranger = op("stranger")
    with pytest.raises(ConfigurationError, match="'a' needs 'stranger', which is not among"):
        Graph([op("a", stranger)])
    with pytest.raises(ConfigurationError, match="'a' needs 'stranger'"):
        Graph([op("a", stream_from=stranger)])
    with pytest.raises(ConfigurationError, match="not 'text'"):
        Graph([op("a", "text")])
    with pytest.raises(ConfigurationError, match="made of operations"):
        Graph([work])


def test_an_id_is_there_once_in_the_flow_and_the_flows_in_it():
    with pytest.raises(ConfigurationError, match="'same'"):
        Graph([op("a", id="same"), op("b", id="same")])
    a = op("a")
    with pytest.raises(ConfigurationError, match="twice"):
        Graph([a, a])
    with pytest.raises(ConfigurationError, match="twice"):
        Graph([a, op("outer", inner=Graph([a]))])


def test_two_readers_of_one_stream_need_a_fork():
    a = op("a")
    with pytest.raises(ConfigurationError, match="'b' and 'c' read the one stream of 'a'"):
        Graph([a, op("b", stream_from=a), op("c", stream_from=a)])
    one, other = fork(a, 2)
    Graph([a, op("b", stream_from=one), op("c", stream_from=other)])
    with pytest.raises(ConfigurationError, match="fork"):
        Graph([a, op("b", stream_from=one), op("c", stream_from=one)])
    with pytest.raises(ConfigurationError, match="fork"):
        Graph([a, op("b", stream_from=one), op("c", stream_from=a)])


def test_the_stream_of_a_flow_is_refused():
    inner = op("inner flow", inner=Graph([op("a")]))
    with pytest.raises(ConfigurationError, match="'inner flow' is a flow"):
        Graph([inner, op("reader", stream_from=inner)])


@pytest.mark.parametrize(
    "options",
    [{"timeout": 0}, {"timeout": -1}, {"retry": -1}, {"retry": 0.5}, {"stream_size": 0}],
)
def test_wrong_options_are_refused(options):
    with pytest.raises(ConfigurationError, match="'a'"):
        op("a", **options)
    with pytest.raises(ConfigurationError, match="'b'"):
        Operation(work=None, name="b")


def test_ten_thousand_operations_in_each_shape_are_checked_without_recursion():
    chain, streams = [op("first")], [op("first")]
    for number in range(9_999):
        chain.append(op(str(number), chain[-1]))
        streams.append(op(str(number), stream_from=streams[-1]))
    assert Graph(chain).order == chain
    assert Graph(streams).order == streams
    assert set(Graph(streams).group_of.values()) == {streams[0]}


def test_what_is_done_is_not_pending_but_for_streams_that_cannot_be_replayed():
    a = op("a")
    b = op("b", stream_from=a)
    c = op("c", b)
    graph = Graph([a, b, c])
    assert graph.pending({}) == {a, b, c}
    assert graph.pending({a.id: 1, b.id: 2}) == {c}
    assert graph.pending({a.id: 1}) == {a, b, c}
    a.replay = list
    assert graph.pending({a.id: 1}) == {b, c}
