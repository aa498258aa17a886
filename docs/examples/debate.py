"""Two models debate, round by round, and a third judges."""

import trio

from lionpride_trio import Session
from lionpride_trio.operations import Builder, Operation, flow_stream
from lionpride_trio.services import iModel


async def debate(question: str, rounds: int = 2):
    async with Session() as session:
        for name, provider, model in (
            ("for", "openai", "gpt-4o-mini"),
            ("against", "anthropic", "claude-haiku-4-5"),
            ("judge", "openai", "gpt-4o"),
        ):
            session.services.register(iModel(provider, model, stream=True, name=name))

        builder = Builder(session=session)
        said: list[Operation] = []
        for number in range(rounds):
            for side in ("for", "against"):
                task = "Answer what was said last." if number else f"Argue {side}: {question}"
                # Each side has a branch, so it remembers what it said itself.
                said.append(
                    builder.communicate(
                        instruction=task, imodel=side, branch=side, context_from=said[-1:]
                    )
                )
        verdict = builder.communicate(
            instruction=f"Who argued better? {question}",
            imodel="judge",
            branch="judge",
            context_from=said,
        )

        async with flow_stream(builder.operations) as run:
            speaker = None
            async for operation_id, chunk in run:
                if operation_id != speaker:
                    speaker = operation_id
                    print(f"\n\n[{run.operation(speaker).name}] ", end="")
                print(chunk, end="", flush=True)
            print()
            return run.results[verdict].text


if __name__ == "__main__":
    trio.run(debate, "Should a robot paint?")
