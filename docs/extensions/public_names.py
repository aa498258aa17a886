"""Shows the public names of the package as their users know them.

A public name is defined in a private module, and says that it comes from the public one.  autodoc
reads the source of the module that a name says it comes from, so it would find neither the text
below an attribute or a constant nor the order of the source.  This extension gives it both.
"""

import importlib
import inspect
import pkgutil

from sphinx.pycode import ModuleAnalyzer
from sphinx.util.inspect import signature, stringify_signature

import lionpride_trio


def setup(app):
    """Connect the handlers."""
    app.connect("builder-inited", read_private_sources)
    app.connect("autodoc-process-signature", show_what_users_write)
    app.connect("autodoc-process-bases", hide_private_bases)
    return {"parallel_read_safe": True}


def read_private_sources(_app):
    """Hand what the source of a private module says to the public module that shows its names."""
    modules = [lionpride_trio, *map(importlib.import_module, submodules())]
    constants = [
        (module.__name__, name, getattr(module, name))
        for module in modules
        for name in getattr(module, "__all__", ())
        if not inspect.isclass(getattr(module, name))
        and not inspect.isroutine(getattr(module, name))
    ]
    for module in modules:
        source = analysed(module.__name__)
        for name, cls in inspect.getmembers(module, inspect.isclass):
            if name in source.tags and cls.__module__ != module.__name__:
                hand_over_class(name, source, analysed(cls.__module__))
        for home, name, value in constants:
            if ("", name) in source.attr_docs and getattr(module, name) is value:
                analysed(home).attr_docs["", name] = source.attr_docs["", name]


def submodules():
    """The name of every module of the package."""
    for found in pkgutil.walk_packages(lionpride_trio.__path__, "lionpride_trio."):
        if not found.name.endswith("__main__"):
            yield found.name


def analysed(name):
    """Sphinx's analysis of the source of the module *name*."""
    analyzer = ModuleAnalyzer.for_module(name)
    analyzer.analyze()
    return analyzer


def hand_over_class(name, source, public):
    """Copy the texts, types and order of the attributes of the class *name*."""
    for told, known in (
        (source.attr_docs, public.attr_docs),
        (source.annotations, public.annotations),
    ):
        known.update({key: value for key, value in told.items() if key[0] == name})
    order = source.tagorder
    public.tagorder.update({key: order[key] for key in order if key.startswith(f"{name}.")})


def show_what_users_write(_app, what, _name, thing, _options, arguments, returns):
    """Show the arguments of ``__init__`` for a class, and no default that cannot be written."""
    if what in {"class", "exception"} and arguments and arguments.startswith("(*arg"):
        made = signature(thing.__init__, bound_method=True)
        arguments = stringify_signature(
            made, show_return_annotation=False, unqualified_typehints=True
        )
    for shown, written in (
        ("NOTHING", "..."),
        ("<class 'list'>", "list"),
        ("<function <lambda>>", "..."),
    ):
        arguments = arguments and arguments.replace(f"= {shown}", f"= {written}")
    return arguments, returns


def hide_private_bases(_app, _name, _thing, _options, bases):
    """Leave private classes and `object` out of the bases."""
    bases[:] = [base for base in bases if base is not object and not is_private(base)] or bases[:1]


def is_private(base):
    """Whether a base stands in a private module, or is private itself."""
    path = f"{getattr(base, '__module__', '')}.{getattr(base, '__name__', '')}"
    return any(part.startswith("_") for part in path.split("."))
