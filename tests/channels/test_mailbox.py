"""A mailbox says how full it is, and who waits."""

import trio.testing

from lionpride_trio._channels._mailbox import Mailbox


async def test_a_mailbox_says_how_full_it_is_and_who_waits(nursery):
    mailbox = Mailbox(3)
    assert repr(mailbox) == "<Mailbox open, 0 of 3 items>"
    nursery.start_soon(mailbox.receive)
    await trio.testing.wait_all_tasks_blocked()
    assert repr(mailbox) == "<Mailbox open, 0 of 3 items, its reader waits>"
    await mailbox.send([1])
    await trio.testing.wait_all_tasks_blocked()
    for item in range(3):
        nursery.start_soon(mailbox.send, [item, item])
    await trio.testing.wait_all_tasks_blocked()
    assert repr(mailbox) == "<Mailbox open, 3 of 3 items, 2 writers wait>"
    mailbox.close_nowait()
    assert repr(mailbox) == "<Mailbox closed, 0 of 3 items>"


async def test_a_mailbox_says_how_much_it_dropped():
    mailbox = Mailbox(2, "drop_oldest")
    mailbox.put_nowait([1, 2, 3])
    mailbox.finish()
    assert repr(mailbox) == "<Mailbox ended, 2 of 2 items, 1 dropped>"
