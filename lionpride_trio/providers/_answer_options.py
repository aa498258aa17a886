"""How a provider is asked for an answer of a schema: the options of the request that say it.

OpenAI's form of them is understood by all; see `read_form`.  What differs is the schema that may stand
in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from .._errors import ConfigurationError
from ._answer_schema import AnswerRules, rewritten
from ._messages import mapping_or_empty

Options = Mapping[str, Any]

_NUMBERS: Final = {"exclusiveMaximum", "exclusiveMinimum", "maximum", "minimum", "multipleOf"}
_FORMATS: Final = {
    "date",
    "date-time",
    "duration",
    "email",
    "hostname",
    "ipv4",
    "ipv6",
    "time",
    "uuid",
}


def _openai_takes(word: str, value: Any) -> bool:
    if word == "format":
        return value in _FORMATS
    return word in {*_NUMBERS, "maxItems", "minItems", "pattern"}


def _anthropic_takes(word: str, value: Any) -> bool:
    if word == "format":
        return value in {*_FORMATS, "uri"}
    return word == "default" or (word == "minItems" and value in {0, 1})


def _gemini_takes(word: str, _value: Any) -> bool:
    return word in {"format", "maxItems", "maximum", "minItems", "minimum"}


def _ollama_takes(word: str, value: Any) -> bool:
    # llama.cpp refuses a pattern that does not speak of the whole text.
    return word != "pattern" or (value[:1] == "^" and value[-1:] == "$")


_STRICT: Final = AnswerRules(
    takes=_openai_takes, all_required=True, closed=True, tuples=False, bare_references=True
)
_ANTHROPIC: Final = AnswerRules(
    takes=_anthropic_takes, closed=True, tuples=False, bare_references=True, recursion="none"
)
_GEMINI: Final = AnswerRules(
    takes=_gemini_takes, bare_references=True, mixed_choices=False, recursion="optional"
)
_OLLAMA: Final = AnswerRules(takes=_ollama_takes)


def plain_answer(name: str, schema: Options, options: Options) -> Options:
    """*schema* as it is, to be kept to as well as the server can."""
    del options
    return _format(name, schema)


def strict_answer(name: str, schema: Options, options: Options) -> Options:
    """*schema* as OpenAI's strict mode takes it; as it is where that has no form for it."""
    del options
    strict = rewritten(schema, _STRICT)
    return _format(name, schema) if strict.faults else _format(name, strict.schema, strict=True)


def _format(name: str, schema: Options, *, strict: bool = False) -> Options:
    named = {"name": name, "schema": schema, **({"strict": True} if strict else {})}
    return {"response_format": {"type": "json_schema", "json_schema": named}}


def gemini_answer(name: str, schema: Options, options: Options) -> Options:
    """*schema* as Gemini takes it."""
    del options
    return _format(name, rewritten(schema, _GEMINI).schema)


def ollama_answer(name: str, schema: Options, options: Options) -> Options:
    """*schema* as the grammar of llama.cpp takes it."""
    del options
    return _format(name, rewritten(schema, _OLLAMA).schema)


def anthropic_answer(name: str, schema: Options, options: Options) -> Options:
    """*schema* as Anthropic's output format; a tool that must be called where that cannot say it.

    Beside other tools the model may call one of those instead.

    :raises ConfigurationError: a tool cannot be demanded, since the model is to think.
    """
    written = rewritten(schema, _ANTHROPIC)
    if not written.faults:
        return _format(name, written.schema)
    if mapping_or_empty(options.get("thinking")).get("type") in {"enabled", "adaptive"}:
        raise ConfigurationError(
            f"anthropic's schemas of answers cannot say {' and '.join(written.faults)}, so that a tool"
            f" is demanded for {name}, which cannot be while the model thinks: leave thinking= out,"
            " or ask for another type"
        )
    function = {
        "name": name,
        "description": "Give the answer by calling this.",
        "parameters": schema,
    }
    tool = {"type": "function", "function": function}
    others = list(options.get("tools") or ())
    choice = "required" if others else {"type": "function", "function": {"name": name}}
    return {"tools": [*others, tool], "tool_choice": choice}
