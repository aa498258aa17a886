"""Server-sent events and their bytes, by the HTML standard (section 9.2.6).

The meaning of a body is known by construction: it is put together line by line, and the standard's rule
for each line is applied as it is written.  No decoder is asked, ours or another.
"""

from collections.abc import Iterable
from typing import Final, TypeAlias

import attrs
from hypothesis import strategies as st

from ...wire import ServerSentEvent

Line: TypeAlias = tuple[str, str | None, str]
"""A field's name, its value (None for a line without a colon), and what stands after the colon."""

_TEXTS: Final = st.one_of(
    st.sampled_from(["a", "", " a", "a b", "a:b", ":", "é", "🙂", "a\u2028b", "a\x85b", "{}", "\ufeff", "\x0b"]),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), max_size=8),
)  # fmt: skip
_VALUES: Final = {
    "data": _TEXTS,
    "event": st.sampled_from(["a", "error", "é", "message", ""]),
    "id": st.sampled_from(["1", "", "a b", "1\x00"]),
    "retry": st.sampled_from(["10", "0", "1.5", "-1", "", "1s"]),
    "": st.sampled_from([" ping", "", "data: no"]),  # a comment
    "unknown": st.just("a"),
    "Data": st.just("a"),
    "data ": st.just("a"),
}


@attrs.define
class _Reader:
    """The standard's rules, one line at a time, on lines whose parts are known."""

    events: list[ServerSentEvent]
    data: list[str] = attrs.Factory(list)
    event: str = ""
    last_id: str = ""
    retry: int | None = None

    def take(self, name: str, value: str) -> None:
        if name == "data":
            self.data.append(value)
        elif name == "event":
            self.event = value
        elif name == "id" and "\x00" not in value:
            self.last_id = value
        elif name == "retry" and value.isdigit():
            self.retry = int(value)

    def dispatch(self) -> None:
        if self.data:
            made = "\n".join(self.data)
            self.events.append(
                ServerSentEvent(self.event or "message", made, self.last_id, self.retry)
            )
        self.data = []
        self.event = ""


@st.composite
def _lines(draw: st.DrawFn) -> Line:
    name = draw(st.sampled_from(["data", "data", "data", "id", "id", "event", *_VALUES]))
    value = draw(_VALUES[name])
    if name == "data" and not value and draw(st.booleans()):
        return name, None, ""
    # One blank after the colon is no part of the value.
    blank = " " if value.startswith(" ") or draw(st.booleans()) else ""
    return name, value, blank


@st.composite
def server_sent_events(draw: st.DrawFn) -> tuple[list[ServerSentEvent], bytes]:
    r"""The events that a body means, and the body.

    With all that the standard allows and parsers forget: a byte order mark, line ends of every
    kind and mixed, comments, unknown fields, blocks without data, ``id`` and ``retry`` by
    themselves, values without a blank after the colon, several data lines, a last block that no
    blank line ends (which is no event).  Shrinks to one short event.
    """
    blocks = draw(st.lists(st.lists(_lines(), min_size=1, max_size=3), max_size=4))
    ends = draw(st.sampled_from([["\n"], ["\r\n"], ["\r"], ["\n", "\r\n", "\r"]]))
    finished = not draw(st.booleans())
    bom = draw(st.booleans())
    reader = _Reader([])
    body = "\ufeff" if bom else ""
    for number, block in enumerate(blocks):
        for name, value, blank in block:
            body += name if value is None else f"{name}:{blank}{value}"
            body += draw(st.sampled_from(ends))
            reader.take(name, value or "")
        if finished or number + 1 < len(blocks):  # the last block may miss its blank line
            # After a lone CR, a line that is only LF would be the second half of a CR LF.
            end = draw(st.sampled_from(ends))
            body += "\r" if body.endswith("\r") and end == "\n" else end
            reader.dispatch()
    return reader.events, body.encode()


def told(events: Iterable[ServerSentEvent]) -> list[tuple[str, str, str]]:
    """The parts of events that the standard defines, for comparing: type, data and last id."""
    return [(one.event, one.data, one.id) for one in events]
