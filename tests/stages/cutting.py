"""Texts cut in every way, and machines run over the pieces."""

from hypothesis import strategies as st

from lionpride_trio import LionprideError


def run(machine, pieces):
    """All that *machine* gives for *pieces*, its flush included."""
    return [out for piece in pieces for out in machine.feed(piece)] + list(machine.flush())


def outcome(machine, pieces):
    """The items of *machine*, and the error it ends with, if any."""
    given = []
    try:
        for piece in pieces:
            given += machine.feed(piece)
        given += machine.flush()
    except LionprideError as error:
        return given, (type(error), str(error))
    return given, None


@st.composite
def cut(draw, texts):
    """A text, and some way of cutting it: empty pieces too."""
    text = draw(texts)
    places = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    pieces = [text[a:b] for a, b in zip([0, *places], [*places, len(text)], strict=True)]
    assert "".join(pieces) == text
    return text, pieces


def made_of(*parts, max_size=20):
    """Texts that are nasty in one respect: *parts* in any order."""
    return st.lists(st.sampled_from(parts), max_size=max_size).map("".join)
