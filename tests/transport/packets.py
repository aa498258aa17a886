"""Pieces of an answer, and the packets in which they come."""


def joined(pieces, way):
    """The pieces in packets: apart, the last two together, or all at once."""
    match way:
        case "apart":
            return pieces
        case "last two together":
            return [*pieces[:-2], b"".join(pieces[-2:])]
        case _:
            return [b"".join(pieces)]
