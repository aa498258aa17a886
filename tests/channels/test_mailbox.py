"""A mailbox says how full it is, and who waits."""
