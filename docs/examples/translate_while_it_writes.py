"""A story is translated sentence by sentence, while it is being written."""

import trio

from lionpride_trio import Session
from lionpride_trio.operations import Builder, flow_stream
from lionpride_trio.services import iModel
from lionpride_trio.transformers import sentences


async def write_and_translate(subject: str):
    async with Session() as session:
        model = iModel(provider="openai", model="gpt-4o-mini", stream=True)
        session.services.register(model)

        builder = Builder(session=session)
        story = builder.communicate(
            instruction=f"Write a short story about {subject}", imodel=model.name, branch="story"
        )
        translation = builder.communicate_each(
            stream_from=builder.transform(story, sentences()),
            template="Translate into German: {item}",
            imodel=model.name,
            limit=3,
        )

        async with flow_stream(builder.operations) as run:
            async for operation_id, chunk in run:
                if operation_id == translation.id:
                    print(chunk, end="", flush=True)
            print()
            return run.results[story].text, [each.text for each in run.results[translation]]


if __name__ == "__main__":
    trio.run(write_and_translate, "a robot learning to paint")
