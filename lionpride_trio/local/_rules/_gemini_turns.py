"""Turns of a conversation with Gemini: calls, the responses to them, and the signatures of thoughts.

Where a model thinks, the first call of each step since the user's last word brings the signature that it
came with.  The signature is this server's hash of the call, so that it fits no other.
"""

from __future__ import annotations

import base64
from collections import Counter
from typing import Any, Final

from .._ask import BadAsk
from .._json import JsonObject, as_list, as_object, as_text
from .._signing import call_text, is_signed, unseal

SIGNED: Final = "gemini call"
SEALED: Final = "gemini text"
_DUMMIES: Final = ("skip_thought_signature_validator", "context_engineering_is_the_way_to_go")
"""The signatures that Google's documents advise for a call that no model of its own made."""
_ACCEPTED: Final = frozenset([
    *_DUMMIES,
    *(base64.b64encode(word.encode()).decode() for word in _DUMMIES),
    *(base64.urlsafe_b64encode(word.encode()).decode() for word in _DUMMIES),
])
_GUIDE: Final = "https://ai.google.dev/gemini-api/docs/thought-signatures"


def check_turns(contents: list[JsonObject], *, signed: bool, draws: bool) -> None:
    """Refuse turns that cannot follow each other; with *signed* calls need their signatures, with *draws* images."""
    turns = _turns(contents)
    waiting: list[JsonObject] = []
    last = ""
    for role, parts in turns:
        calls = _of(parts, "functionCall")
        responses = _of(parts, "functionResponse")
        if calls and last not in {"user", "responses"}:
            raise BadAsk(
                "Please ensure that function call turn comes immediately after a user turn or after"
                " a function response turn."
            )
        if responses and not waiting:
            raise BadAsk(
                "Please ensure that function response turn comes immediately after a function call"
                " turn."
            )
        _check_answers(waiting, responses)
        waiting = calls if role == "model" else []
        last = "responses" if responses else role
    _check_answers(waiting, [])
    now = max((place for place, turn in enumerate(turns) if _is_question(*turn)), default=-1)
    for place, (role, parts) in enumerate(turns):
        if role == "model":
            _check_signatures(parts, place + 1, needed=signed and place > now)
            if draws:
                _check_images(parts, place + 1)


def _turns(contents: list[JsonObject]) -> list[tuple[str, list[JsonObject]]]:
    turns: list[tuple[str, list[JsonObject]]] = []
    for content in contents:
        role = as_text(content.get("role")) or "user"
        parts = [as_object(part) for part in as_list(content["parts"])]
        if role == "model" and turns and turns[-1][0] == "model":
            turns[-1][1].extend(parts)
        else:
            turns.append((role, parts))
    return turns


def _of(parts: list[JsonObject], name: str) -> list[JsonObject]:
    return [as_object(part[name]) for part in parts if part.get(name) is not None]


def _is_question(role: str, parts: list[JsonObject]) -> bool:
    return role == "user" and any(part.get("functionResponse") is None for part in parts)


def _check_answers(calls: list[JsonObject], responses: list[JsonObject]) -> None:
    if len(calls) != len(responses):
        raise BadAsk(
            "Please ensure that the number of function response parts is equal to the number of"
            " function call parts of the function call turn."
        )
    if Counter(call.get("name") for call in calls) != Counter(r.get("name") for r in responses):
        raise BadAsk(
            "Please ensure that the names of the function response parts are those of the function"
            " call parts of the function call turn."
        )
    ids = {call.get("id"): call.get("name") for call in calls if call.get("id")}
    for response in responses:
        call_id = response.get("id")
        if call_id and ids and ids.get(call_id) != response.get("name"):
            raise BadAsk(
                f"Please ensure that the id {call_id!r} of a function response part is that of a function"
                " call part of the function call turn."
            )


def _check_signatures(parts: list[JsonObject], position: int, *, needed: bool) -> None:
    first = True
    for part in parts:
        call, signature = part.get("functionCall"), part.get("thoughtSignature")
        if signature is not None and not _is_ours(call, as_text(signature)):
            raise BadAsk("Corrupted thought signature.")
        if call is None:
            continue
        if needed and first and signature is None:
            name = as_object(call).get("name")
            raise BadAsk(
                "Function call is missing a thought_signature in functionCall parts. This is"
                " required for tools to work correctly, and missing thought_signature may lead to"
                f" degraded model performance. Additional data, function call `default_api:{name}` ,"
                f" position {position}. Please refer to {_GUIDE} for more details."
            )
        first = False


def _check_images(parts: list[JsonObject], position: int) -> None:
    for number, part in enumerate(parts, 1):
        if part.get("inlineData") is not None and part.get("thoughtSignature") is None:
            raise BadAsk(
                f"Image part is missing a thought_signature in content position {position}, part position"
                f" {number}. Please refer to {_GUIDE}#model-behavior for more details."
            )


def _is_ours(call: Any, signature: str) -> bool:
    if signature in _ACCEPTED:
        return True
    if call is None:
        return unseal(SEALED, signature) is not None
    return is_signed(SIGNED, call_text(call.get("name"), call.get("args") or {}), signature)
