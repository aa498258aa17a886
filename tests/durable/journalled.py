"""Models and flows that the tests of journals share."""

from __future__ import annotations

from lionpride_trio import (
    Session,
)
from lionpride_trio.operations import Builder, flow_stream
from lionpride_trio.testing import ScriptedProvider
from lionpride_trio.transformers import lines, text


class Model:
    """A scripted model that counts what it was asked."""

    def __init__(self, failing=()):
        self.failing = list(failing)
        self.asked = []
        self.provider = ScriptedProvider(self.answer)

    def answer(self, asked):
        question = str(asked["messages"][-1]["content"]).splitlines()[-1]
        self.asked.append(question)
        if question in self.failing:
            self.failing.remove(question)
            return ValueError(question)
        return f"{question}: {len(asked['messages'])}\nsecond line\n"

    def session(self):
        session = Session()
        session.services.register(self.provider.model("m", stream=True))
        return session


def said(session, branch):
    return [str(message.chat_msg["content"]) for message in session.history(branch)]


async def run_again(streams, make, *, session=None, **options):
    """Run the flow that *make* makes, in a session as of a new process; its run, and the session."""
    session = session or make.model.session()
    async with session:
        builder = make(session)
        async with flow_stream(builder, journal=streams.journal("run-7"), **options) as run:
            got = [one async for one in run]
        return run, session, builder, got


class Maker:
    """Makes a flow: two turns on one branch, one for each line of the first, and a sum of them."""

    def __init__(self, model):
        self.model = model
        self.first = "first"

    def __call__(self, session):
        builder = Builder(session=session)
        story = builder.communicate(instruction=self.first, imodel="m", branch="talk")
        cut = builder.transform(story, text() | lines())
        builder.communicate_each(
            stream_from=cut, template="each {item}", imodel="m", branch="each", limit=1
        )
        builder.communicate(instruction="then", imodel="m", branch="talk")
        builder.communicate(instruction="alone", imodel="m")
        return builder


async def one(context):
    return 1


async def two(context):
    return 2
