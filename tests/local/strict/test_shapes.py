"""The fields that the strict server takes are those that the official clients can send."""

import inspect
import re
import types
import typing

import anthropic.types
import anthropic.types.beta
import openai.types.chat
import openai.types.responses
import pydantic
import typing_extensions
from google.genai import models as gemini, types as gemini_types

from lionpride_trio.local._rules import (
    _anthropic_shapes,
    _gemini_shapes,
    _openai_chat,
    _openai_chat_shapes,
    _responses,
    _responses_shapes,
)
from lionpride_trio.local._rules._shapes import Kinds, Shape, leave_out, merge


def bare(kind):
    """*kind* without the marks that say whether it must be there."""
    marks = (typing_extensions.Required, typing_extensions.NotRequired, typing.Annotated)
    while typing.get_origin(kind) in marks:
        kind = typing.get_args(kind)[0]
    return kind


def dicts(kind):
    """The typed dicts that *kind* is made of."""
    kind = bare(kind)
    if typing_extensions.is_typeddict(kind):
        return [kind]
    return [found for part in typing.get_args(kind) for found in dicts(part)]


def hints(kind):
    return typing.get_type_hints(kind, include_extras=True)


def words(kind):
    """The strings of a literal, wherever it stands in *kind*."""
    kind = bare(kind)
    if typing.get_origin(kind) in {typing.Literal, typing_extensions.Literal}:
        return [word for word in typing.get_args(kind) if isinstance(word, str)]
    return [word for part in typing.get_args(kind) for word in words(part)]


def required(kind):
    """The fields that must be there; one that may be null may be left out as well."""
    return {
        name
        for name, hint in hints(kind).items()
        if typing.get_origin(hint) is typing_extensions.Required
        and type(None) not in typing.get_args(bare(hint))
    }


def is_text(hint):
    """Whether a text, or null, is all that a field may hold."""
    kind = bare(hint)
    if typing.get_origin(kind) in {typing.Literal, typing_extensions.Literal}:
        return all(isinstance(word, str) for word in typing.get_args(kind))
    parts = [part for part in typing.get_args(kind) if part is not type(None)]
    return kind is str or (bool(parts) and all(map(is_text, parts)))


def is_list(hint):
    """Whether a list, or null, is all that a field may hold."""
    kind = bare(hint)
    if typing.get_origin(kind) in {typing.Union, types.UnionType}:
        return all(is_list(part) for part in typing.get_args(kind) if part is not type(None))
    origin = typing.get_origin(kind) or kind
    return isinstance(origin, type) and issubclass(list, origin) and origin is not object


TYPES = {"string": is_text, "array": is_list}


def compare(within, found, path):
    """All that *within* says and the typed dicts *found* do not, or the other way round."""
    if isinstance(within, Kinds):
        by_kind = {}
        for each in found:
            for word in words(hints(each)[within.tag]):
                by_kind.setdefault(word, []).append(each)
        assert set(within.shapes) == set(by_kind), path
        for word, shape in within.shapes.items():
            compare(shape, by_kind[word], f"{path}<{word}>")
        return
    assert found, f"{path}: the client has nothing like it"
    assert set(within.fields) == {name for each in found for name in hints(each)}, path
    assert set(within.required) == set.intersection(*map(required, found)), path
    for name, kind in within.types.items():
        held = [hints(each)[name] for each in found if name in hints(each)]
        assert all(map(TYPES[kind], held)), (path, name)
    for name, below in within.inside.items():
        deeper = [one for each in found if name in hints(each) for one in dicts(hints(each)[name])]
        compare(below, deeper, f"{path}.{name}")


CHAT = openai.types.chat.completion_create_params
RESPONSES = openai.types.responses.response_create_params
MESSAGE = anthropic.types.message_create_params
BETA = anthropic.types.beta.message_create_params
# Older models still take these; the client no longer names them.
SAMPLING = "temperature top_k top_p"


def test_openai_chat():
    kinds = [CHAT.CompletionCreateParamsBase, CHAT.CompletionCreateParamsStreaming]
    compare(_openai_chat_shapes.OPENAI, kinds, "chat")


def test_openais_words():
    efforts = words(hints(CHAT.CompletionCreateParamsBase)["reasoning_effort"])
    assert efforts == _openai_chat.EFFORTS["openai"].split()
    includable = typing.get_args(openai.types.responses.ResponseIncludable)
    assert includable == _responses.INCLUDABLE


def test_openai_responses():
    kinds = [RESPONSES.ResponseCreateParamsBase, RESPONSES.ResponseCreateParamsStreaming]
    compare(_responses_shapes.RESPONSES, kinds, "responses")


def test_anthropic():
    kinds = [MESSAGE.MessageCreateParamsBase, MESSAGE.MessageCreateParamsStreaming]
    compare(leave_out(_anthropic_shapes.MESSAGE, SAMPLING), kinds, "messages")


def test_anthropics_betas():
    kinds = [BETA.MessageCreateParamsBase, BETA.MessageCreateParamsStreaming]
    # The client sends its `betas` as a header.
    compare(merge(leave_out(_anthropic_shapes.BETA, SAMPLING), "betas"), kinds, "beta")


def models(kind):
    """The models that *kind* is made of."""
    if isinstance(kind, type) and issubclass(kind, pydantic.BaseModel):
        return [kind]
    return [found for part in typing.get_args(kind) for found in models(part)]


def only_vertex(model):
    """The fields that the client refuses to send to the Gemini API, by their Python names."""
    writer = getattr(gemini, f"_{model.__name__}_to_mldev", None)
    source = inspect.getsource(writer) if writer else ""
    refused = re.findall(r"'(\w+) parameter is only supported", source)
    described = [
        name
        for name, field in model.model_fields.items()
        if "not supported in Gemini API" in (field.description or "")
    ]
    # Its schemas are those of Vertex; for the Gemini API it writes them without these.
    schema = {"additional_properties", "defs", "ref"} if model is gemini_types.Schema else set()
    return {*refused, *described, *schema}


def compare_model(within, model, path):
    """As `compare`, for a model of Google's client."""
    vertex = only_vertex(model)
    fields = {name: field for name, field in model.model_fields.items() if name not in vertex}
    assert set(within.fields) == {field.alias or name for name, field in fields.items()}, path
    for name, field in fields.items():
        kind = within.types.get(field.alias or name)
        assert kind is None or TYPES[kind](field.annotation), (path, name)
        below = within.inside.get(field.alias or name)
        if below is within or not isinstance(below, Shape):
            continue
        found = [each for each in models(field.annotation) if each is not model]
        assert found, f"{path}.{name}: the client has nothing like it"
        for each in found:
            compare_model(below, each, f"{path}.{name}")


def test_gemini():
    shape = _gemini_shapes.GENERATE
    for name, model in {
        "contents": gemini_types.Content,
        "systemInstruction": gemini_types.Content,
        "tools": gemini_types.Tool,
        "toolConfig": gemini_types.ToolConfig,
        "safetySettings": gemini_types.SafetySetting,
    }.items():
        compare_model(shape.inside[name], model, name)


def test_geminis_configuration_is_what_the_client_writes():
    source = inspect.getsource(gemini._GenerateContentConfig_to_mldev)

    def written(place):
        return set(re.findall(rf"setv\(\s*{place},\s*\['(\w+)'\]", source))

    config = gemini_types.GenerationConfig
    vertex = only_vertex(config) | only_vertex(gemini_types.GenerateContentConfig)
    fields = {f.alias for name, f in config.model_fields.items() if name not in vertex}
    wanted = (written("to_object") | fields) - {"enableEnhancedCivicAnswers"}
    assert set(_gemini_shapes.CONFIG.fields) == wanted
    top = _gemini_shapes.GENERATE
    assert set(top.fields) == written("parent_object") | {"contents", "generationConfig", "model"}
    compare_model(
        top.inside["generationConfig"].inside["thinkingConfig"], gemini_types.ThinkingConfig, ""
    )
