"""No module outside ``providers`` names a provider, or a header, an option or a path of one.

Such a fact would make "add a provider" a search through all rooms, and what the provider's protocol
promises would hold for the built-in ones alone.  The words are taken from the providers themselves;
docstrings and comments may give examples.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from lionpride_trio._safe_text import Secret
from lionpride_trio.providers._registry import _providers
from tests.guards.test_layers import ROOT, Module, read_modules, seed

# Who may: the providers; the embedded server and the kit's bodies, which play each of them.
PLAYERS = ("providers", "local", "testing.strategies.wires")

# Each provider by its name, but for those whose names are words of other things too.
SERVICES = ["openai", "anthropic", "gemini", "groq", "openrouter", "ollama"]
# Who else makes models or serves them, and what models are called.
MAKERS = [
    "azure",
    "bedrock",
    "claude",
    "cohere",
    "dashscope",
    "deepseek",
    "google",
    "gpt",
    "llama",
    "mistral",
    "moonshot",
    "qwen",
    "vertex",
    "vllm",
    "xai",
]

# (module, word): why it stays.
EXCEPTIONS = {
    ("services._imodel", "gpt"): "shows how a model is named, to who named none",
    ("cli._commands", "openai"): "the help of --provider shows some",
    ("cli._commands", "anthropic"): "the same",
    ("cli._commands", "gemini"): "the same",
    ("cli._commands", "groq"): "the same",
    ("cli._commands", "ollama"): "the same",
    ("cli._model", "openai"): "shows how a model is named, to who named none",
    ("cli._model", "gpt"): "the same",
    ("cli._demo", "openai"): "the demo shows these four beside each other",
    ("cli._demo", "anthropic"): "the same",
    ("cli._demo", "gemini"): "the same",
    ("cli._demo", "groq"): "the same",
    ("cli._demo", "gpt"): "the same: a model of each",
    ("cli._demo", "claude"): "the same",
    ("cli._demo", "llama"): "the same",
    ("tools._tool", "openai"): "the form in which every provider is told of a tool",
    ("testing._faulty_server._server", "openai"): "the default of url()",
    ("web.encoders", "openai"): "a protocol of pages, whose clients are called so",
    ("web.encoders._by_name", "openai"): "the same",
    ("web.encoders._completions", "openai"): "the same",
    ("web._requests._reading", "openai"): "the same",
    ("stages.sentences.tables.es", "llama"): "Spanish for 'calls'",
}


def facts() -> set[str]:
    """Headers, options, paths, variables and hosts, as the providers state them."""
    found: set[str] = set()
    for name in [*SERVICES, "openai_compatible"]:
        for provider in _providers[name].values():
            found |= {*provider.request_id_headers, *provider.max_tokens_options, *provider.paths}
            found |= {*provider.key_variables, *provider.base_url_variables}
            found |= {*provider.token_variables, *provider.header_variables}
            found |= {*provider.header_variables.values()}
            found |= {*provider.authorize(Secret("key"))} - {"authorization"}
            found |= {urlsplit(provider.base_url or "").hostname or ""} - {"", "127.0.0.1"}
    return found


# Makers stand between characters that are no letters; facts between those that no word has.
NAMES = re.compile(rf"(?i){'|'.join(SERVICES)}|(?<![a-z])(?:{'|'.join(MAKERS)})(?![a-z])")
FACTS = re.compile(
    "|".join(
        rf"{'' if fact[0] in '/:' else '(?<![a-zA-Z0-9_-])'}{re.escape(fact)}(?![a-zA-Z0-9_-])"
        for fact in sorted(facts(), key=len, reverse=True)
    )
)


def texts(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """All strings but docstrings, which may give examples, and all identifiers, with their lines."""
    bodies = [getattr(node, "body", ()) for node in ast.walk(tree)]
    statements = [each for body in bodies if isinstance(body, list) for each in body]
    told = {id(each.value) for each in statements if isinstance(each, ast.Expr)}
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if id(node) not in told:
                yield node.lineno, text
            case ast.Constant(value=bytes(data)):
                yield node.lineno, data.decode("latin-1")
            case (
                ast.Name(id=name)
                | ast.Attribute(attr=name)
                | ast.arg(arg=name)
                | ast.alias(name=name)
                | ast.FunctionDef(name=name)
                | ast.AsyncFunctionDef(name=name)
                | ast.ClassDef(name=name)
            ):
                yield node.lineno, name
            case _:
                pass


def found_in(module: Module) -> dict[str, int]:
    """The words of providers that *module* has, each with its first line."""
    found: dict[str, int] = {}
    for line, text in texts(module.tree):
        for word in [*NAMES.findall(text), *FACTS.findall(text)]:
            found.setdefault(word.lower() if NAMES.fullmatch(word) else word, line)
    return found


def strangers(root: Path) -> dict[tuple[str, str], int]:
    """Where a module that is no player has a word of a provider, and the line."""
    return {
        (module.inner, word): line
        for module in read_modules(root).values()
        if not module.inner.startswith(PLAYERS)
        for word, line in found_in(module).items()
    }


def test_each_fact_of_a_provider_is_at_home():
    there = strangers(ROOT)
    away = {f"{module}:{line} has {word}" for (module, word), line in there.items()
            if (module, word) not in EXCEPTIONS}  # fmt: skip
    assert away == set()
    assert [each for each in EXCEPTIONS if each not in there] == []


def test_the_words_are_there():
    """They were read: some of each kind that stood elsewhere once."""
    assert {"x-groq-id", "num_predict", ":generateContent", "/responses", "x-api-key"} <= facts()


@pytest.mark.parametrize(
    ("source", "word"),
    [
        ("_MOST = ('max_tokens', 'num_predict')", "num_predict"),
        ("def f(headers): return headers.get('x-groq-id')", "x-groq-id"),
        ("def f(call): return call.provider == 'gemini'", "gemini"),
        ("def f(url): return url.endswith('/v1/messages')", "/messages"),
        ("class OpenAIError(Exception): pass", "openai"),
        ("def f(x): return x.ask_anthropic()", "anthropic"),
        ("def f(x): return f'{x} of claude-haiku'", "claude"),
        ("KEY = b'x-goog-api-key: '", "x-goog-api-key"),
        ("import os\nKEY = os.environ['GROQ_API_KEY']", "GROQ_API_KEY"),
    ],
)
def test_a_fact_that_is_away_from_home_is_found(tmp_path, source, word):
    root = seed(tmp_path, {"services/_x.py": f'"""Not OpenAI\'s."""\n{source}'})
    assert ("services._x", word) in strangers(root)


def test_at_home_and_in_docstrings_it_may_be(tmp_path):
    source = '"""As ``max_tokens`` of OpenAI."""\nNAME = "openai"'
    docstring = '"""As ``max_tokens`` of OpenAI."""\nmax_tokens_options = ()\n# groq'
    root = seed(
        tmp_path, {"providers/_x.py": source, "local/_x.py": source, "flow/_x.py": docstring}
    )
    assert strangers(root) == {}
