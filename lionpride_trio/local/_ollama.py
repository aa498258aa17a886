"""Ollama's native ``/api/chat``, whose calls have no ids."""

from __future__ import annotations

from ..providers.encoders import Encoder, Head, OllamaEncoder, ollama_error
from ._ask import (
    Ask,
    BadAsk,
    Tool,
    ask_list,
    ask_model,
    ask_seed,
    ask_stop,
    ask_switch,
    count_media,
    joined,
    plain_text,
)
from ._json import JsonObject, as_count, as_list, as_object, as_text
from ._reply import Part, Reply
from ._rules._ollama import ROLES, check_ollama
from ._wire import Asked, Wire


class Ollama(Wire):
    """``POST {base}/api/chat``, which streams unless told not to."""

    stream_type = "application/x-ndjson"

    def authorized(self, _asked: Asked, /) -> bool:
        """It has no keys."""
        return True

    def check(self, asked: Asked, /) -> None:
        """Refuse what Ollama refuses."""
        check_ollama(asked.body)

    def read(self, asked: Asked, /) -> Ask:
        """Read the request."""
        body = asked.body
        model = ask_model(body)
        messages = ask_list(body, "messages")
        for message in messages:
            if message.get("role") not in ROLES:
                raise BadAsk(f"invalid role: {as_text(message.get('role'))!r}")
        users = [message for message in messages if message["role"] == "user"]
        options = as_object(body.get("options"))
        functions = [
            as_object(as_object(tool).get("function")) for tool in as_list(body.get("tools"))
        ]
        form = body.get("format")
        return Ask(
            model=model,
            prompt=plain_text(users[-1].get("content")) if users else "",
            context=joined(plain_text(message.get("content")) for message in messages),
            stream=ask_switch(body, "stream", otherwise=True),
            after_tool=messages[-1]["role"] == "tool",
            reasoning=body.get("think") not in {None, False},
            tools=tuple(
                Tool(as_text(f.get("name")), as_object(f.get("parameters"))) for f in functions if f
            ),
            form=as_object(form) if form else None,
            media=count_media(messages),
            # -1 and -2 mean no limit.
            limit=as_count(options.get("num_predict")) or None,
            stop=ask_stop(options.get("stop")),
            seed=ask_seed(options.get("seed")),
        )

    def encoder(self, _asked: Asked, reply: Reply, /) -> Encoder:
        """An answer."""
        return OllamaEncoder(Head(model=reply.ask.model))

    def call_id(self, _part: Part, /) -> None:
        """Its calls have no ids."""
        return

    def error(
        self, _status: int, message: str, _request_id: str, /, **_more: str | None
    ) -> JsonObject:
        """The error document."""
        return ollama_error(message)
