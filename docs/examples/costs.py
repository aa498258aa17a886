import trio

from lionpride_trio import Session, iModel
from lionpride_trio.observe import Observer

# Dollars for a million tokens of the question, and of the answer: yours, as your contract says.
PRICES = {"gpt-4o-mini": (0.15, 0.60), "trigram-1": (0.01, 0.04)}


class Costs(Observer):
    """Adds up what calls cost, by model."""

    def __init__(self):
        self.dollars: dict[str, float] = {}

    def finished(self, event):
        if event.usage is None or event.model not in PRICES:
            return
        asked, answered = PRICES[event.model]
        cost = (event.usage.input_tokens or 0) * asked + (event.usage.output_tokens or 0) * answered
        self.dollars[event.model] = self.dollars.get(event.model, 0.0) + cost / 1e6


async def main():
    costs = Costs()
    async with Session(observers=[costs]) as session:
        model = iModel("local", "trigram-1")
        session.services.register(model)
        for question in ("Why is the sky blue?", "And the sea?"):
            await model.complete(question)
    for name, dollars in costs.dollars.items():
        print(f"{name}: {dollars:.7f} $")


if __name__ == "__main__":
    trio.run(main)
