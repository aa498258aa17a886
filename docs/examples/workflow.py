import trio

from lionpride_trio import Session
from lionpride_trio.operations import Builder, flow_stream
from lionpride_trio.services import iModel


async def streaming_workflow():
    """Stream results from multi-step workflow"""
    async with Session() as session:
        model = iModel(
            provider="openai",
            model="gpt-4o-mini",
            temperature=0.7,
            stream=True,
        )
        session.services.register(model)

        builder = Builder(session=session)

        # Build workflow
        research = builder.communicate(
            instruction="List 3 key benefits of exercise",
            imodel=model.name,
            branch="research",
        )

        article = builder.communicate(
            instruction="Write a short article using these benefits",
            imodel=model.name,
            branch="article",
            context_from=[research],
        )

        # Stream workflow execution
        print("Executing workflow...\n")

        async for operation_id, chunk in flow_stream(builder.operations):
            # Get operation details
            operation = next(
                (op for op in builder.operations if op.id == operation_id),
                None,
            )

            if operation:
                branch_name = operation.parameters.get("branch", "unknown")
                print(f"[{branch_name}] {chunk}", end="", flush=True)

        print("\n\nWorkflow complete!")


if __name__ == "__main__":
    trio.run(streaming_workflow)
