"""Providers that write what was said with one mistake each."""

from __future__ import annotations

import copy
import itertools

import attrs

from lionpride_trio.providers import get
from lionpride_trio.testing import check_parts_go_back
from tests.testing.mutants.case import Case

RIGHT = get("anthropic")


class Writes(type(RIGHT)):
    """Writes requests whose blocks a function has changed."""

    def __init__(self, change):
        self.change = change

    def request(self, call):
        request = super().request(call)
        body = copy.deepcopy(dict(request.body))
        for message in body["messages"]:
            if isinstance(message["content"], list):
                message["content"] = self.change(message["content"])
        return attrs.evolve(request, body=body)


def without_proofs(blocks):
    return [{k: v for k, v in block.items() if k != "signature"} for block in blocks]


def without_sealed(blocks):
    return [block for block in blocks if block["type"] != "redacted_thinking"]


def calls_backwards(blocks):
    calls = [block for block in blocks if block["type"] == "tool_use"]
    return [calls.pop() if block["type"] == "tool_use" else block for block in blocks]


def without_input(blocks):
    return [{**block, "input": {}} if block["type"] == "tool_use" else block for block in blocks]


def without_texts(blocks):
    return [block for block in blocks if block["type"] != "text"] or blocks


def without_last_result(blocks):
    results = [block for block in blocks if block["type"] == "tool_result"]
    return [block for block in blocks if len(results) < 2 or block is not results[-1]]


_numbers = itertools.count()


def never_the_same(blocks):
    return [{**block, "number": next(_numbers)} for block in blocks]


CASES = [
    Case(change.__name__, check_parts_go_back, RIGHT, Writes(change), law, drawn=True)
    for change, law in (
        (without_proofs, "parts go back"),
        (without_sealed, "parts go back"),
        (calls_backwards, "parts go back"),
        (without_input, "parts go back"),
        (without_texts, "parts go back"),
        (without_last_result, "results are told"),
        (never_the_same, "writing changes nothing"),
    )
]
