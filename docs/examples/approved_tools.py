"""A conversation in which a person is asked before a tool that changes something runs."""

import trio

from lionpride_trio import Session, ToolCall, iModel
from lionpride_trio.tools import tool

HARMLESS = {"find_mails"}


@tool
async def find_mails(sender: str) -> list[str]:
    """The subjects of the mails of a sender."""
    return [f"{sender}: invoice 12", f"{sender}: invoice 13"]


@tool
async def delete_mail(subject: str) -> str:
    """Delete a mail."""
    return f"{subject!r} is deleted"


async def approve(call: ToolCall) -> bool | str:
    if call.name in HARMLESS:
        return True
    print(f"\nThe model wants {call.name}({call.arguments}).")
    said = await trio.to_thread.run_sync(input, "Run it? [y/N] ", abandon_on_cancel=True)
    return said.strip().lower() == "y" or "the user does not want it"


async def main(model_name="gpt-4o-mini"):
    async with Session() as session:
        turn = session.ask(
            "mails",
            "Delete the mail about invoice 12.",
            imodel=iModel("openai", model_name, stream=True),
            tools=[delete_mail, find_mails],
            approve=approve,
        )
        async with turn as reply:
            async for chunk in reply:
                print(chunk.data, end="", flush=True)
        print()
    return session


if __name__ == "__main__":
    trio.run(main)
