"""OpenAI chat completions, and the dialects of Groq, OpenRouter and compatible servers."""

from __future__ import annotations

from typing import Final

import attrs

from ..providers.encoders import ChatEncoder, ChatStyle, Dialect, Encoder, Head, chat_error
from ._ask import (
    Ask,
    BadAsk,
    ask_limit,
    ask_list,
    ask_model,
    ask_seed,
    ask_stop,
    ask_switch,
    count_media,
    joined,
    plain_text,
)
from ._json import JsonObject, as_object
from ._openai_choices import read_form, read_tools
from ._reply import Reply
from ._rules._openai_chat import check_openai_chat
from ._wire import FAULT_MESSAGE, Asked, Wire, bearer

ROLES: Final = frozenset(["system", "developer", "user", "assistant", "tool", "function"])


@attrs.frozen
class OpenAIChat(Wire):
    """``POST {base}/chat/completions``."""

    dialect: Dialect
    key_needed: bool = True

    def authorized(self, asked: Asked, /) -> bool:
        """A bearer token."""
        return not self.key_needed or bearer(asked)

    def check(self, asked: Asked, /) -> None:
        """Refuse what the service refuses."""
        check_openai_chat(asked.body, self.dialect)

    def read(self, asked: Asked, /) -> Ask:
        """Read the request."""
        body = asked.body
        messages = ask_list(body, "messages")
        for place, message in enumerate(messages):
            if message.get("role") not in ROLES:
                raise BadAsk(f"messages[{place}].role: one of {', '.join(sorted(ROLES))}")
        if body.get("n") not in {None, 1}:
            raise BadAsk("n: this server gives one answer only")
        users = [message for message in messages if message["role"] == "user"]
        tools, choice = read_tools(body)
        shown, tagged = self._reasoning(body)
        return Ask(
            model=ask_model(body),
            prompt=plain_text(users[-1].get("content")) if users else "",
            context=joined(plain_text(message.get("content")) for message in messages),
            stream=ask_switch(body, "stream"),
            after_tool=messages[-1]["role"] in {"tool", "function"},
            reasoning=shown,
            think_tags=tagged,
            tools=tools,
            choice=choice,
            one_call=body.get("parallel_tool_calls") is False,
            form=read_form(body.get("response_format")),
            media=count_media(messages),
            limit=ask_limit(body, "max_completion_tokens", "max_tokens"),
            stop=ask_stop(body.get("stop")),
            seed=ask_seed(body.get("seed")),
        )

    def _reasoning(self, body: JsonObject) -> tuple[bool, bool]:
        """Whether reasoning is shown, and whether inside the answer instead."""
        wanted = body.get("reasoning_effort") not in {None, "none"}
        if self.dialect == "openrouter":
            told = as_object(body.get("reasoning"))
            wanted = wanted or bool(told and not told.get("exclude"))
        if self.dialect == "groq" and body.get("reasoning_format") is not None:
            return body["reasoning_format"] == "parsed", body["reasoning_format"] == "raw"
        # OpenAI's own models never show their reasoning here; its compatible servers do.
        return wanted and self.dialect != "openai", False

    @property
    def fault(self) -> tuple[int, str]:
        """OpenRouter is a gateway, and says so."""
        return (502 if self.dialect == "openrouter" else 500), FAULT_MESSAGE

    def encoder(self, asked: Asked, reply: Reply, /) -> Encoder:
        """A chat completion; what it tells beside the answer is asked for by ``stream_options``."""
        options = as_object(asked.body.get("stream_options"))
        ours = self.dialect in {"groq", "openrouter"}
        wanted = options.get("include_usage") is True
        style = ChatStyle(
            tells_usage=wanted or ours,
            null_usage=wanted and not ours,
            padding=self.dialect == "openai" and bool(options.get("include_obfuscation", True)),
        )
        prefix = "gen-" if self.dialect == "openrouter" else "chatcmpl-"
        head = Head(id=f"{prefix}{asked.id}", model=reply.ask.model, request_id=f"req_{asked.id}")
        return ChatEncoder(head, style, dialect=self.dialect)

    def error(
        self,
        status: int,
        message: str,
        _request_id: str,
        /,
        *,
        param: str | None = None,
        code: str | None = None,
    ) -> JsonObject:
        """The error document."""
        return chat_error(status, message, self.dialect, param=param, code=code)

    def headers(self, request_id: str, /) -> dict[str, str]:
        """Ids."""
        if self.dialect == "openrouter":
            return {"x-generation-id": f"gen-{request_id}"}
        return {"x-request-id": f"req_{request_id}"}
