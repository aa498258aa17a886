"""Rules that every page of the documentation keeps, whatever it is about."""

from __future__ import annotations

import ast
import inspect
import itertools
import re
from pathlib import Path

import attrs
import pytest

import lionpride_trio
from tests.docs.markdown import DOCS, EXAMPLES, PAGES, blocks, contents, included, prose
from tests.docs.test_readme import run_python
from tests.guards.test_public_surface import CLASSES, MODULES, THINGS

SUBMODULES = {
    name: {other.rpartition(".")[2] for other in MODULES if other.rpartition(".")[0] == name}
    for name in MODULES
}
PROGRAM = re.compile(r"^(trio|asyncio)\.run\(", re.MULTILINE)
PYTHON = [block for page in PAGES for block in blocks(page, "python", "py")]
PROGRAMS = [block for block in PYTHON if PROGRAM.search(block.text)]
TO_LINT = re.compile(r"#\s*(ruff|noqa|type: ignore|pyright|mypy|pragma|fmt):?", re.IGNORECASE)
REFERENCE = sorted(page for page in PAGES if page.parent.name == "reference")


def name(page: Path) -> str:
    return str(page.relative_to(DOCS))


@pytest.mark.parametrize("block", PROGRAMS, ids=str)
async def test_a_program_runs(block, tmp_path):
    out, _ = await run_python("-c", block.text, cwd=tmp_path)
    assert out.strip() or "print(" not in block.text


@pytest.mark.parametrize("block", PYTHON, ids=str)
def test_a_piece_of_a_program_is_python(block):
    compile(block.text, str(block), "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


@pytest.mark.parametrize("block", PYTHON, ids=str)
def test_a_piece_of_a_program_imports_what_there_is(block):
    tree = compile(block.text, str(block), "exec", flags=ast.PyCF_ONLY_AST)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("lionpride_trio"):
            there = {*MODULES[node.module].__all__, *SUBMODULES[node.module]}
            assert {each.name for each in node.names} - there == set()


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_its_links_and_pictures_lead_somewhere(page):
    targets = re.findall(r"\]\(([^)\s]+)\)", prose(page))
    targets += [
        block.language.split()[1]
        for block in blocks(page)
        if re.match(r"\{(figure|image|literalinclude)\} ", block.language)
    ]
    local = [target for target in targets if not re.match(r"[a-z]+:", target)]
    assert [target for target in local if not (page.parent / target).is_file()] == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_its_pictures_have_a_text_for_those_who_do_not_see_them(page):
    told = re.findall(r"!\[(.*?)\]\(", prose(page))
    for block in blocks(page):
        if re.match(r"\{(figure|image)\} ", block.language):
            # An option of several lines has to stand in a header: elsewhere its second line is text.
            told += re.findall(
                r"\A---\nalt: >-\n(.*?)^---$", block.text, re.DOTALL | re.MULTILINE
            ) or [""]
    assert [text for text in told if len(text.split()) < 4] == []


def test_every_page_is_reached_from_the_index():
    reached, left = set(), [DOCS / "index.md"]
    while left:
        page = left.pop().resolve()
        assert page.is_file(), f"a table of contents names {page}, which is not there"
        if page not in reached:
            reached.add(page)
            left += contents(page)
    assert [name(page) for page in PAGES if page not in reached] == []


def test_every_example_stands_on_a_page():
    shown = {path.resolve() for page in PAGES for path in included(page)}
    assert [path.name for path in EXAMPLES.glob("*.py") if path not in shown] == []


@pytest.mark.parametrize("page", [*PAGES, *sorted(EXAMPLES.glob("*.py"))], ids=name)
def test_no_remark_to_a_linter_is_shown(page):
    assert TO_LINT.findall(page.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_it_begins_with_one_title(page):
    heads = re.findall(r"^# .+", prose(page), re.MULTILINE)
    assert len(heads) == 1
    assert prose(page).startswith(heads[0])


def documented():
    """The paths that the reference documents."""
    for page in REFERENCE:
        module = ""
        source = page.read_text(encoding="utf-8")
        for kind, what in re.findall(r"^\.\. ([\w:]+):: ([\w.]+)", source, re.MULTILINE):
            if kind == "currentmodule":
                module = what
            elif kind.startswith("auto") and kind != "automodule":
                yield what if what.startswith("lionpride_trio.") else f"{module}.{what}"


def public_name(path):
    """The object that *path* names: a class or a function itself, anything else by its name."""
    module, _, each = path.rpartition(".")
    thing = getattr(MODULES[module], each)
    assert each in MODULES[module].__all__, f"{path} is not public"
    return thing if thing in THINGS.values() else each


def test_the_reference_has_every_public_name_once():
    there = [public_name(path) for path in documented()]
    assert [one for one in there if there.count(one) > 1] == []
    names = {
        f"{module}.{each}"
        for module in MODULES
        for each in MODULES[module].__all__
        if not inspect.ismodule(getattr(MODULES[module], each))
    }
    assert sorted(path for path in names if public_name(path) not in there) == []


# The source of each class, which is not in the module that the class says it comes from.
SOURCES = {
    (node.name, ast.get_docstring(node, clean=False)): node
    for path in Path(lionpride_trio.__file__).parent.rglob("*.py")
    for node in ast.parse(path.read_text(encoding="utf-8")).body
    if isinstance(node, ast.ClassDef)
}


def numbers():
    """The fields of public classes that hold a number, as they stand in the source."""
    for path, cls in CLASSES.items():
        source = SOURCES[cls.__name__, cls.__doc__]
        for field, text in itertools.zip_longest(source.body, source.body[1:]):
            if (
                attrs.has(cls)
                and isinstance(field, ast.AnnAssign)
                and re.search(r"\b(int|float)\b", ast.unparse(field.annotation))
            ):
                name = ast.unparse(field.target)
                yield pytest.param(cls.__doc__, name, text, id=f"{path}.{name}")


@pytest.mark.parametrize(("said", "name", "below"), list(numbers()))
def test_a_number_says_what_it_counts(said, name, below):
    assert isinstance(below, ast.Expr) or re.search(rf"[*`]{name}\b", said)
