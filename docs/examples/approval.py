"""A text that is published when somebody has approved of it, in minutes or after a restart."""

import trio

from lionpride_trio import Session, iModel
from lionpride_trio.durable import open_streams
from lionpride_trio.operations import Builder, flow


async def publish(url="sqlite:///app.db", run="letter-7"):
    async with Session() as session, open_streams(url) as streams:
        session.services.register(iModel("openai", "gpt-4o-mini", name="writer"))
        builder = Builder(session=session)
        draft = builder.communicate(
            instruction="Write a letter to our customers", imodel="writer", branch="letter"
        )
        approval = builder.wait_for("approval", depends_on=[draft])

        async def send_letter(context):
            if not context.results[approval]:
                return "thrown away"
            print(context.results[draft].text)
            return "sent"

        sent = builder.add(send_letter, context_from=[draft, approval])
        results = await flow(builder, journal=streams.journal(run))
        return results[sent]


async def approve(url="sqlite:///app.db", run="letter-7", *, answer=True):
    async with open_streams(url) as streams:
        await streams.send(run, "approval", answer)


if __name__ == "__main__":
    trio.run(publish)
