"""The official SDKs as judges of a request: what their types allow, and what they write themselves.

Both are asked.  The types know every key and value; the SDK's own request shows where a field
belongs, which may be a header, and which its type does not tell.
"""

import base64
import json
import re

import anthropic
import attrs
import httpx
import httpx2
import openai
from anthropic.types.beta.message_create_params import MessageCreateParams
from google import genai
from google.genai import types
from openai.types.chat.completion_create_params import CompletionCreateParams
from openai.types.responses.response_create_params import ResponseCreateParams

from tests.judges.strict import strict

# Anthropic's API of 2023-06-01, which this library asks for, samples; that of 2026-10-21, which is
# the SDK's, does not.
SAMPLING = {"temperature": float, "top_k": int, "top_p": float}

# Names that the Gemini API's own reference has, and Vertex has not; and the other way round.
VERTEX_ONLY = frozenset([
    "audioTimestamp",
    "labels",
    "modelArmorConfig",
    "modelConfig",
    "outputConfig",
    "routingConfig",
])


@attrs.frozen
class Judge:
    """One official SDK, as a judge of requests."""

    check: object
    """Refuses a body that is not of the SDK's type."""
    write: object
    """Gives the body and the headers that the SDK writes of the same facts."""
    same: object = dict
    """A body in the form in which two are compared."""


TYPES = {
    ("openai", "chat"): CompletionCreateParams,
    ("openai", "responses"): ResponseCreateParams,
    ("anthropic", "messages"): MessageCreateParams,
}
_CHECKS = {wire: strict(kind) for wire, kind in TYPES.items()}


def _check_messages(body):
    sampled = {name: body[name] for name in SAMPLING if name in body}
    assert all(isinstance(value, SAMPLING[name]) for name, value in sampled.items())
    _CHECKS["anthropic", "messages"]({
        name: value for name, value in body.items() if name not in sampled
    })


def _sent(module, send):
    """The body that *send* sends, called with a client of *module*."""
    requests = []

    def answer(request):
        requests.append(request)
        return module.Response(200, text="", headers={"content-type": "text/event-stream"})

    with module.Client(transport=module.MockTransport(answer)) as transport:
        send(transport)
    [request] = requests
    return json.loads(request.content), request.headers


def _write_chat(body):
    def send(transport):
        client = openai.OpenAI(api_key="k", http_client=transport)
        client.chat.completions.create(**body).close()

    return _sent(httpx2, send)


def _write_responses(body):
    def send(transport):
        openai.OpenAI(api_key="k", http_client=transport).responses.create(**body).close()

    return _sent(httpx2, send)


def _write_messages(body, headers):
    given = {name: value for name, value in body.items() if name not in SAMPLING}
    named = {
        option: headers[header]
        for option, header in (
            ("user_profile_id", "anthropic-user-profile-id"),
            ("workspace_id", "anthropic-workspace-id"),
        )
        if header in headers
    }
    if "anthropic-beta" in headers:
        named["betas"] = headers["anthropic-beta"].split(",")

    def send(transport):
        client = anthropic.Anthropic(api_key="k", http_client=transport)
        sampled = {name: body[name] for name in SAMPLING if name in body}
        client.beta.messages.create(**given, **named, extra_body=sampled).close()

    return _sent(httpx2, send)


# -- Gemini: the body has `generationConfig` and more beside it, the SDK one `config` for all

_RENAMED = {"modelConfig": "modelSelectionConfig", "outputConfig": "generationOutputConfig"}

# Fields of the SDK's `GenerationConfig` that its `config` lacks, and the other way round.
_NOT_WRITTEN = frozenset(["enableAffectiveDialog", "responseFormat", "translationConfig"])
_NOT_TYPED = frozenset(["imageConfig"])


def _parameters(body):
    """The SDK's own object for *body*."""
    rest = {name: value for name, value in body.items() if name != "contents"}
    config = {**rest.pop("generationConfig", {}), **rest}
    for wire, name in _RENAMED.items():
        if wire in config:
            config[name] = config.pop(wire)
    return types._GenerateContentParameters(model="m", contents=body["contents"], config=config)


def _check_gemini(body):
    inner = body.get("generationConfig", {})
    types.GenerationConfig.model_validate({
        _RENAMED.get(name, name): value for name, value in inner.items() if name not in _NOT_TYPED
    })
    _parameters(_written_by_the_sdk(body))


def _written_by_the_sdk(body):
    inner = body.get("generationConfig", {})
    kept = {name: value for name, value in inner.items() if name not in _NOT_WRITTEN}
    return {**body, "generationConfig": kept}


def _write_gemini(body):
    inner = body.get("generationConfig", {})
    vertex = not VERTEX_ONLY.isdisjoint(body.keys() | inner.keys())

    def send(transport):
        options = types.HttpOptions(httpx_client=transport)
        parameters = _parameters(_written_by_the_sdk(body))
        with genai.Client(api_key="k", vertexai=vertex, http_options=options) as client:
            list(
                client.models.generate_content_stream(
                    model="m", contents=parameters.contents, config=parameters.config
                )
            )

    return _sent(httpx, send)


def _comparable(body):
    told = _same_gemini(_written_by_the_sdk(body))
    told["tools"] = sorted(told.get("tools", ()), key=json.dumps)
    return told


# A caller names the members of these: they are no words of Gemini's.
_FREE = frozenset(["args", "response", "labels", "responseJsonSchema", "parametersJsonSchema"])


def _same_gemini(value, inside=""):
    """*value* as the reference writes it: JSON of protocol buffers may be written in several ways."""
    if isinstance(value, list):
        return [_same_gemini(each, inside) for each in value]
    if isinstance(value, dict):
        if inside in _FREE:
            return value
        told = {}
        for name, each in value.items():
            named = name if inside == "properties" else _camel(name)
            told[named] = _same_gemini(each, named)
        return told
    if inside == "type" and isinstance(value, str):
        return value.upper()
    if inside == "data":
        return base64.b64encode(
            base64.urlsafe_b64decode(value.replace("+", "-").replace("/", "_"))
        ).decode()
    return value


def _camel(name):
    return re.sub(r"_(.)", lambda found: found[1].upper(), name)


JUDGES = {
    ("openai", "chat"): Judge(_CHECKS["openai", "chat"], lambda body, headers: _write_chat(body)),
    ("openai", "responses"): Judge(
        _CHECKS["openai", "responses"], lambda body, headers: _write_responses(body)
    ),
    ("anthropic", "messages"): Judge(_check_messages, _write_messages),
    ("gemini", "generate"): Judge(
        _check_gemini, lambda body, headers: _write_gemini(body), _comparable
    ),
}
