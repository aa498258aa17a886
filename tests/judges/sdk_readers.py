"""The official SDKs as readers: each takes a base URL, and fills a `Reading`.

For each wire the SDK's helper that assembles a whole answer, and then its plain events.
"""

import base64
import json

import anthropic
import openai
from google import genai
from google.genai import types

HI = [{"role": "user", "content": "hi"}]
SPEAK_OPENAI = frozenset(["openai", "openai_compatible", "groq", "openrouter"])

# -- OpenAI's SDK, which also reads the services that speak its chat completions and Responses


def _client(url):
    return openai.OpenAI(api_key="any", base_url=url, max_retries=0)


def _read_chat(url, whole, reading):
    with _client(url) as client:
        if whole:
            completion = client.chat.completions.create(model="m", messages=HI)
        else:
            with client.chat.completions.stream(model="m", messages=HI) as stream:
                for event in stream:
                    if event.type == "content.delta":
                        reading.text += event.delta
                completion = stream.get_final_completion()
    choice = completion.choices[0]
    reading.text = choice.message.content or ""
    reading.reason = choice.finish_reason
    for call in choice.message.tool_calls or ():
        if call.type == "custom":
            reading.calls.append((call.id, call.custom.name, call.custom.input))
        else:
            reading.calls.append((call.id, call.function.name, call.function.arguments))
    if completion.usage and completion.usage.prompt_tokens_details:
        reading.cached = completion.usage.prompt_tokens_details.cached_tokens


def _read_chunks(url, whole, reading):
    """Chunks, put together as the SDK's documentation shows."""
    calls = {}
    with (
        _client(url) as client,
        client.chat.completions.create(model="m", messages=HI, stream=True) as stream,
    ):
        for chunk in stream:
            for choice in chunk.choices or ():
                if choice.index:
                    continue  # an alternative
                reading.text += choice.delta.content or ""
                reading.reason = choice.finish_reason or reading.reason
                for piece in choice.delta.tool_calls or ():
                    call = calls.setdefault(piece.index, [None, "", ""])
                    call[0] = call[0] or piece.id
                    call[1] += piece.function.name or ""
                    call[2] += piece.function.arguments or ""
    reading.calls = [tuple(call) for call in calls.values()]


def _read_responses(url, whole, reading):
    with _client(url) as client:
        if whole:
            response = client.responses.create(model="m", input="hi")
        else:
            with client.responses.stream(model="m", input="hi") as stream:
                for event in stream:
                    if event.type == "response.output_text.delta":
                        reading.text += event.delta
                response = stream.get_final_response()
    reading.text = response.output_text or reading.text
    reading.reason = response.status
    reading.calls = [
        (item.call_id, item.name, getattr(item, "arguments", None) or getattr(item, "input", ""))
        for item in response.output
        if item.type in {"function_call", "custom_tool_call"}
    ]


def _read_events(url, whole, reading):
    with (
        _client(url) as client,
        client.responses.create(model="m", input="hi", stream=True) as stream,
    ):
        for event in stream:
            match event.type:
                case "response.output_text.delta":
                    reading.text += event.delta
                case "response.output_item.done" if event.item.type == "function_call":
                    item = event.item
                    reading.calls.append((item.call_id, item.name, item.arguments))
                case "response.failed" | "error":
                    reading.failed = event.type
                case "response.completed" | "response.incomplete":
                    reading.reason = event.response.status


# -- the others


def _read_messages(url, whole, reading):
    with (
        anthropic.Anthropic(api_key="any", base_url=url, max_retries=0) as client,
        client.messages.stream(model="m", max_tokens=9, messages=HI) as stream,
    ):
        for event in stream:
            if event.type == "text":
                reading.text += event.text
        message = stream.get_final_message()
    reading.text = "".join(block.text for block in message.content if block.type == "text")
    reading.reason = message.stop_reason
    reading.calls = [
        (block.id, block.name, json.dumps(block.input))
        for block in message.content
        if block.type == "tool_use"
    ]
    reading.thoughts = [
        (block.thinking, block.signature) for block in message.content if block.type == "thinking"
    ]


def _read_message_events(url, whole, reading):
    calls = {}
    with (
        anthropic.Anthropic(api_key="any", base_url=url, max_retries=0) as client,
        client.messages.create(model="m", max_tokens=9, messages=HI, stream=True) as stream,
    ):
        for event in stream:
            match event.type:
                case "content_block_start" if event.content_block.type == "text":
                    reading.text += event.content_block.text
                case "content_block_start" if event.content_block.type == "tool_use":
                    calls[event.index] = [event.content_block.id, event.content_block.name, ""]
                case "content_block_delta" if event.delta.type == "text_delta":
                    reading.text += event.delta.text
                case "content_block_delta" if event.delta.type == "input_json_delta":
                    if event.index in calls:
                        calls[event.index][2] += event.delta.partial_json
                case "message_delta":
                    reading.reason = (event.delta and event.delta.stop_reason) or reading.reason
    reading.calls = [tuple(call) for call in calls.values()]


def _read_gemini(url, whole, reading):
    options = types.HttpOptions(base_url=url)
    with genai.Client(api_key="any", http_options=options) as client:
        for chunk in client.models.generate_content_stream(model="m", contents="hi"):
            for candidate in chunk.candidates or ():
                if candidate.index:
                    continue  # an alternative
                parts = (candidate.content and candidate.content.parts) or ()
                for part in parts:
                    _read_part(part, reading)
                if candidate.finish_reason:
                    reading.reason = candidate.finish_reason.value


def _read_part(part, reading):
    if part.text and not part.thought:
        reading.text += part.text
    if part.thought_signature or part.thought:
        signature = part.thought_signature and base64.b64encode(part.thought_signature).decode()
        reading.thoughts.append((part.text if part.thought else "", signature))
    call = part.function_call
    if call and call.name:  # further pieces of arguments have none
        reading.calls.append((call.id, call.name, json.dumps(call.args)))


SDKS = {
    **{(provider, "chat"): (_read_chat, _read_chunks) for provider in SPEAK_OPENAI},
    ("openai", "responses"): (_read_responses, _read_events),
    ("anthropic", "messages"): (_read_messages, _read_message_events),
    ("gemini", "generate"): (_read_gemini,),
}
VERSIONS = {
    "openai": openai.__version__,
    "anthropic": anthropic.__version__,
    "google-genai": genai.__version__,
}
