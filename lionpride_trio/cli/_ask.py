"""``ask``: one question, one answer."""

from __future__ import annotations

import json
import sys
from typing import Any, Final

import attrs

from .. import ConfigurationError, Response, iModel
from .._safe_text import replace_lone_surrogates
from ._conversation import Conversation, how_it_ended, question
from ._interrupt import until_ctrl_c
from ._kept import Opened, open_conversation, save_conversation
from ._model import open_model
from ._screen import AnswerText, note
from ._stdin import has_piped_input, read_piped_input

CUT: Final = 3
"""The exit status when the answer is not whole."""


class _Unshown:
    """Shows nothing of an answer until it is whole."""

    async def write(self, text: str) -> None:
        """Leave *text* to the response."""


async def ask(
    words: str,
    *,
    provider: str | None,
    model: str,
    base_url: str | None = None,
    system: str | None = None,
    as_json: bool = False,
    save: str | None = None,
    resume: str | None = None,
) -> int:
    """Ask *words*, with what is piped in as context, or what is piped in alone.

    The exit status is `CUT` when the answer is not whole.
    """
    asked = open_model(provider, model, base_url)
    opened = open_conversation(save=save, resume=resume, system=system)
    text = replace_lone_surrogates(words)
    context = ""
    if has_piped_input():
        context = await read_piped_input()
        if not text.strip():
            text, context = context, ""
    if not text.strip():
        raise ConfigurationError('ask needs a question: write ask "…", or pipe one in')
    return await _answer(opened, asked, text, context=context, as_json=as_json, save=save)


async def ask_piped(opened: Opened, model: iModel, save: str | None) -> int:
    """Ask what is piped in, as one question."""
    text = await read_piped_input()
    if not text.strip():
        raise ConfigurationError("there is no question: standard input is empty")
    return await _answer(opened, model, text, save=save)


async def _answer(
    opened: Opened,
    model: iModel,
    text: str,
    *,
    context: str = "",
    as_json: bool = False,
    save: str | None,
) -> int:
    async with until_ctrl_c(), opened.session as session:
        conversation = Conversation.begin(session, opened.branch, model)
        asked = question(text, context)
        if as_json:
            response = await conversation.ask(asked, _Unshown())
        else:
            answer = AnswerText(sys.stdout)
            try:
                response = await conversation.ask(asked, answer)
            finally:
                await answer.end()
    assert response is not None  # nobody stops it
    if as_json:
        print(_document(response, conversation))
    if save is not None:
        await save_conversation(session, save)
    ending = how_it_ended(response)
    if ending is not None:
        note(f"({ending})")
    return 0 if ending is None else CUT


def _document(response: Response, conversation: Conversation) -> str:
    """The answer as a JSON object on one line, in ASCII."""
    usage: dict[str, Any] | None = None
    if response.usage is not None:
        usage = attrs.asdict(response.usage)
    return json.dumps({
        "text": response.text,
        "verdict": response.verdict.value,
        "finish_reason": response.finish_reason,
        "provider": conversation.model.provider.name,
        "model": conversation.model.model,
        "usage": usage,
        "reasoning": response.reasoning,
        "refusal": response.refusal,
    })
