"""The shape of a request for chat completions: OpenAI's fields, and Groq's.

OpenAI's are those of its client (``openai.types.chat``), which a test compares; Groq's those of its
reference (console.groq.com/docs/api-reference), which leaves out what it answers with 400.
"""

from __future__ import annotations

from typing import Final

from ._shapes import Kinds, Shape, leave_out, merge, shape

_CACHE: Final = shape("mode! ttl")
_TEXT: Final = shape("text$! type! prompt_cache_breakpoint", prompt_cache_breakpoint=_CACHE)
_TEXTS: Final = Kinds({"text": _TEXT})
_USERS: Final = Kinds({
    "text": _TEXT,
    "image_url": shape(
        "image_url! type! prompt_cache_breakpoint",
        image_url=shape("url$! detail"),
        prompt_cache_breakpoint=_CACHE,
    ),
    "input_audio": shape(
        "input_audio! type! prompt_cache_breakpoint",
        input_audio=shape("data! format!"),
        prompt_cache_breakpoint=_CACHE,
    ),
    "file": shape(
        "file! type! prompt_cache_breakpoint",
        file=shape("file_data file_id filename"),
        prompt_cache_breakpoint=_CACHE,
    ),
})
_ASSISTANTS: Final = Kinds({"text": _TEXT, "refusal": shape("refusal! type!")})
CALLS: Final = Kinds({
    "function": shape("function! id$! type!", function=shape("arguments$! name$!")),
    "custom": shape("custom! id$! type!", custom=shape("input$! name$!")),
})
_ASSISTANT: Final = shape(
    "role! audio content function_call name refusal tool_calls*",
    audio=shape("id!"),
    content=_ASSISTANTS,
    function_call=shape("arguments! name!"),
    tool_calls=CALLS,
)
_TOLD: Final = shape("content! role! name", content=_TEXTS)
MESSAGES: Final = Kinds(
    {
        "system": _TOLD,
        "assistant": _ASSISTANT,
        "user": shape("content! role! name", content=_USERS),
        "function": shape("content name! role!"),
        "tool": shape("content! role! tool_call_id$!", content=_TEXTS),
        "developer": _TOLD,
    },
    tag="role",
)
FUNCTION: Final = shape("name$! description parameters strict")
TOOLS: Final = Kinds({
    "function": shape("function! type!", function=FUNCTION),
    "custom": shape(
        "custom! type!",
        custom=shape(
            "name$! description format",
            format=Kinds({
                "text": shape("type!"),
                "grammar": shape("grammar! type!", grammar=shape("definition! syntax!")),
            }),
        ),
    ),
})
TOOL_CHOICE: Final = Kinds({
    "allowed_tools": shape("allowed_tools! type!", allowed_tools=shape("mode! tools!*")),
    "function": shape("function! type!", function=shape("name$!")),
    "custom": shape("custom! type!", custom=shape("name$!")),
})
RESPONSE_FORMAT: Final = Kinds({
    "text": shape("type!"),
    "json_schema": shape(
        "json_schema! type!", json_schema=shape("name$! description schema strict")
    ),
    "json_object": shape("type!"),
})
_MODERATED: Final = shape("mode!")

OPENAI: Final[Shape] = shape(
    "messages!* model$! audio frequency_penalty function_call functions logit_bias logprobs"
    " max_completion_tokens max_tokens metadata modalities moderation n parallel_tool_calls"
    " prediction presence_penalty prompt_cache_key prompt_cache_options prompt_cache_retention"
    " reasoning_effort response_format safety_identifier seed service_tier stop store stream"
    " stream_options temperature tool_choice tools* top_logprobs top_p user verbosity"
    " web_search_options",
    messages=MESSAGES,
    audio=shape("format! voice!", voice=shape("id!")),
    function_call=shape("name!"),
    functions=shape("name! description parameters"),
    moderation=shape(
        "model! policy", policy=shape("input output", input=_MODERATED, output=_MODERATED)
    ),
    prediction=Kinds({"content": shape("content! type!", content=_TEXTS)}),
    prompt_cache_options=shape("mode ttl"),
    response_format=RESPONSE_FORMAT,
    stream_options=shape("include_obfuscation include_usage"),
    tool_choice=TOOL_CHOICE,
    tools=TOOLS,
    web_search_options=shape(
        "search_context_size user_location",
        user_location=shape(
            "approximate! type!", approximate=shape("city country region timezone")
        ),
    ),
)

_GROQ_MESSAGES: Final = Kinds(
    {**MESSAGES.shapes, "assistant": merge(_ASSISTANT, "reasoning")}, tag="role"
)
GROQ: Final[Shape] = merge(
    leave_out(
        OPENAI,
        "audio logit_bias logprobs modalities moderation prediction prompt_cache_key"
        " prompt_cache_options prompt_cache_retention safety_identifier top_logprobs verbosity"
        " web_search_options",
    ),
    "citation_options compound_custom disable_tool_validation documents exclude_domains"
    " include_domains include_reasoning reasoning_format search_settings",
    messages=_GROQ_MESSAGES,
)
