import trio

from lionpride_trio import Session
from lionpride_trio.operations import communicate
from lionpride_trio.services import iModel


async def stream_with_context():
    """Stream responses while maintaining conversation context"""
    async with Session() as session:
        model = iModel(
            provider="anthropic",
            endpoint="messages",
            model="claude-3-5-sonnet-20241022",
            temperature=0.7,
            stream=True,
        )
        session.services.register(model)

        branch = session.create_branch(name="streaming-chat")

        # Turn 1: Regular response (builds context)
        await communicate(
            session=session,
            branch=branch,
            parameters={
                "instruction": "Tell me about async programming in Python",
                "imodel": model.name,
            },
        )

        # Turn 2: Streaming response (uses context)
        print("\nUser: Can you give me a practical example?")
        print("Assistant: ", end="", flush=True)

        # Get conversation history for streaming
        from lionpride_trio.session.messages.utils import prepare_messages_for_chat

        messages = [session.messages[msg_id] for msg_id in branch.order]
        chat_messages = prepare_messages_for_chat(messages)

        # Add new instruction
        from lionpride_trio.session import InstructionContent, Message

        new_message = Message(
            content=InstructionContent(instruction="Can you give me a practical example?")
        )
        chat_messages.append(new_message.chat_msg)

        # Stream
        full_response = []
        async for chunk in model.invoke(messages=chat_messages):
            if hasattr(chunk, "data"):
                text = chunk.data
                full_response.append(text)
                print(text, end="", flush=True)

        print("\n")

        # Save streamed response to branch
        from lionpride_trio.session import AssistantResponseContent

        response_message = Message(
            content=AssistantResponseContent(assistant_response="".join(full_response))
        )
        session.conversations.add_item(response_message, progressions=[branch.name])

        return session, branch


if __name__ == "__main__":
    trio.run(stream_with_context)
