"""How the documentation is built: ``make docs``."""

import builtins
import sys
from pathlib import Path

from sphinx.util.nodes import make_refnode

sys.path.insert(0, str(Path(__file__).parent / "extensions"))

project = "lionpride_trio"
author = "The lionpride_trio contributors"
copyright = "The lionpride_trio contributors"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinxcontrib_trio", "public_names"]
myst_enable_extensions = ["colon_fence"]
html_theme = "furo"
exclude_patterns = ["_build"]

default_role = "py:obj"
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True, "undoc-members": True}
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
toc_object_entries = False

# Links into other projects would need the network to build.
nitpick_ignore_regex = [
    (
        "py:.*",
        r"(trio|asyncio|starlette|collections|typing|contextlib|os|re|ssl|types|pathlib|attrs|abc|functools|httpx|hypothesis|logging|opentelemetry)\..*",
    ),
    ("py:.*", r"(datetime|enum|json|stages)\..*|TextIO|None|JsonObject|deque"),
    ("py:.*", "|".join(dir(builtins))),
    # Names that exist for the type checkers only.
    ("py:.*", r"(.*\.)?(T|U|P|R|In|Out|T_co|In_contra|Out_co|Piece_co|Self)"),
    ("py:.*", r".*\._[^.]*(\..*)?"),
]


def find_by_short_name(app, env, node, contnode):
    """`TextChunk` links to `lionpride_trio.TextChunk` wherever it is written."""
    domain = env.get_domain("py")
    target = node.get("reftarget", "")
    for candidate in (target, f"lionpride_trio.{target}"):
        matches = domain.find_obj(env, None, None, candidate, None, 1)
        if matches:
            name, found = min(matches, key=lambda match: len(match[0]))
            return make_refnode(
                app.builder, node["refdoc"], found.docname, found.node_id, contnode, name
            )
    return None


def setup(app):
    app.connect("missing-reference", find_by_short_name)
