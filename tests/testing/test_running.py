"""How the laws watch a program: what it leaves behind, what it raises, whether it ends."""

from __future__ import annotations

import socket

import pytest
import trio

from lionpride_trio.testing.laws._broken import LawBroken
from lionpride_trio.testing.laws._running import (
    cancelled_everywhere,
    check_plain,
    no_task_left,
    nothing_left_to_the_collector,
)

MINE = ValueError("mine")


def test_a_program_that_ends_quietly_passes():
    async def program():
        await trio.sleep(5)

    cancelled_everywhere(program, "it")


def test_a_program_that_raises_when_it_is_cancelled_is_told_with_its_step():
    async def program():
        try:
            await trio.sleep(5)
        finally:
            raise MINE

    with pytest.raises(LawBroken, match=r"cancelled at step 1, it raised ValueError.*mine"):
        cancelled_everywhere(program, "it")


@pytest.mark.parametrize("depth", [0, 1, 2])
def test_a_law_that_was_broken_within_groups_is_told_plainly(depth):
    broken = LawBroken("inner", "said so")

    async def program():
        error = broken
        for _ in range(depth):
            error = ExceptionGroup("", [MINE, error])
        raise error

    with pytest.raises(LawBroken) as caught:
        cancelled_everywhere(program, "it")
    assert caught.value is broken


@pytest.mark.parametrize(
    ("error", "how"),
    [
        (ExceptionGroup("", [MINE]), "in a group"),
        (KeyError("other"), "as another exception"),
        (ValueError("mine"), "as another exception"),
    ],
)
def test_what_does_not_come_plain_is_told(error, how):
    check_plain(MINE, MINE, "the failure")
    with pytest.raises(LawBroken, match=f"the failure came out {how}") as caught:
        check_plain(error, MINE, "the failure")
    assert caught.value.__cause__ is error
    broken = LawBroken("another", "said so")
    with pytest.raises(LawBroken) as caught:
        check_plain(broken, MINE, "the failure")
    assert caught.value is broken


def test_what_is_left_to_the_collector_is_told():
    with nothing_left_to_the_collector(), socket.socket():
        pass
    with (
        pytest.raises(LawBroken, match=r"left open: unclosed <socket"),
        nothing_left_to_the_collector(),
    ):
        socket.socket()


async def test_a_task_that_is_left_is_told():
    async with trio.open_nursery() as nursery:
        with pytest.raises(LawBroken, match="at the end it left 1 tasks"):
            async with no_task_left("structured", "at the end"):
                nursery.start_soon(trio.sleep_forever)
        nursery.cancel_scope.cancel()
