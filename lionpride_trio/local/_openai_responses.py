"""OpenAI Responses: requests of items, and conversations that the server keeps."""

from __future__ import annotations

import attrs

from ..providers.encoders import Encoder, Head, ResponsesEncoder
from ..providers.encoders._responses import item_id
from ._ask import (
    Ask,
    BadAsk,
    ask_limit,
    ask_list,
    ask_model,
    ask_switch,
    count_media,
    joined,
    plain_text,
)
from ._json import JsonObject, as_list, as_object, as_text
from ._openai_chat import OpenAIChat
from ._openai_choices import read_form, read_tools
from ._reply import Part, Reply
from ._rules._responses import ENCRYPTED, SEALED, check_responses
from ._signing import seal
from ._wire import Asked


@attrs.frozen
class OpenAIResponses(OpenAIChat):
    """``POST {base}/responses``; keys and errors are those of chat completions."""

    def check(self, asked: Asked, /) -> None:
        """Refuse what the service refuses."""
        check_responses(asked.body, asked.stored, ignored=self.dialect != "openai")

    def read(self, asked: Asked, /) -> Ask:
        """Read the request."""
        body = asked.body
        if isinstance(body.get("input"), str):
            items: list[JsonObject] = [{"role": "user", "content": body["input"]}]
        else:
            items = ask_list(body, "input")
        before = asked.stored.conversation(body.get("previous_response_id")) or ()
        for place, item in enumerate(items):
            if not (item.get("role") or item.get("type")):
                raise BadAsk(f"input[{place}]: a role or a type is required")
        last, items = items[-1], [*before, *items]
        users = [item for item in items if item.get("role") == "user"]
        said = [plain_text(item.get("content", item.get("output"))) for item in items]
        tools, choice = read_tools(body)
        shown = as_object(body.get("reasoning")).get("summary") is not None
        return Ask(
            model=ask_model(body),
            prompt=plain_text(users[-1].get("content")) if users else "",
            context=joined([as_text(body.get("instructions")), *said]),
            stream=ask_switch(body, "stream"),
            after_tool=last.get("type") == "function_call_output",
            reasoning=shown or ENCRYPTED in as_list(body.get("include")),
            tools=tools,
            choice=choice,
            one_call=body.get("parallel_tool_calls") is False,
            form=read_form(as_object(body.get("text")).get("format")),
            media=count_media(items),
            limit=ask_limit(body, "max_output_tokens"),
        )

    def encoder(self, asked: Asked, reply: Reply, /) -> Encoder:
        """A response, which repeats its request."""
        return ResponsesEncoder(
            Head(id=f"resp_{asked.id}", model=reply.ask.model),
            request=_repeated(asked.body),
            item_base=reply.digest[:24],
        )

    def seal(self, asked: Asked, reply: Reply, part: Part, /) -> str | None:
        """Reasoning comes in encrypted form, too, where that is asked for."""
        if ENCRYPTED not in as_list(asked.body.get("include")):
            return None
        return seal(SEALED, item_id("reasoning", reply.digest[:24], part.index))

    def sent(self, asked: Asked, encoder: Encoder, /) -> None:
        """Keep the conversation, which a later request may go on with."""
        body = asked.body
        if body.get("store") is False:
            return
        assert isinstance(encoder, ResponsesEncoder)
        said = body.get("input")
        items = [{"role": "user", "content": said}] if isinstance(said, str) else as_list(said)
        before = asked.stored.conversation(body.get("previous_response_id")) or ()
        asked.stored.add(f"resp_{asked.id}", [*before, *items], encoder.output)


def _repeated(body: JsonObject) -> JsonObject:
    """The fields of a request that its response repeats, those of a wrong type without what they hold."""
    return body | {
        "reasoning": as_object(body.get("reasoning")),
        "text": as_object(body.get("text")),
        "tools": as_list(body.get("tools")),
    }
