"""The rules of each provider's API, one file for each wire.  No I/O, and no state but what is given.

The shapes (`*_shapes.py`) are data: which fields an object may hold.  The tests hold them to the
types of the official clients, so that this server is no judge in its own cause.  The rules beside them say
in which order messages may come, and raise `BadAsk` with the provider's own sentence.
"""
