"""Shows the public names of the package as their users know them.

A public name is defined in a private module, and says that it comes from the public one.  autodoc
reads the source of the module that a name says it comes from, so it would find neither the text
below an attribute nor the order of the source.  This extension gives it both.
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


def modules():
    """Every module of the package."""
    for found in pkgutil.walk_packages(lionpride_trio.__path__, "lionpride_trio."):
        if not found.name.endswith("__main__"):
            yield importlib.import_module(found.name)


def read_private_sources(_app):
    """Hand what a private module says about its classes' attributes to the public module."""
    for module in modules():
        source = analysed(module.__name__)
        for name, cls in inspect.getmembers(module, inspect.isclass):
            if name not in source.tags or cls.__module__ == module.__name__:
                continue
            public = analysed(cls.__module__)
            inside = f"{name}."
            for (scope, attribute), text in source.attr_docs.items():
                if scope == name:
                    public.attr_docs[scope, attribute] = text
            for scope, attribute in source.annotations:
                if scope == name:
                    public.annotations[scope, attribute] = source.annotations[scope, attribute]
            for qualified, place in source.tagorder.items():
                if qualified.startswith(inside):
                    public.tagorder[qualified] = place


def analysed(name):
    """What sphinx knows of the source of the module *name*."""
    analyzer = ModuleAnalyzer.for_module(name)
    analyzer.analyze()
    return analyzer


def show_what_users_write(app, what, _name, thing, _options, arguments, returns):
    """The arguments of a class are those of its ``__init__``, and a default is shown by its value."""
    if what in {"class", "exception"} and arguments and arguments.startswith("(*arg"):
        made = signature(thing.__init__, bound_method=True)
        arguments = stringify_signature(made, show_return_annotation=False, unqualified_typehints=True)
    if arguments:
        arguments = arguments.replace("= NOTHING", "= …")
    return arguments, returns


def hide_private_bases(_app, _name, _thing, _options, bases):
    """Leave private classes and `object` out of the bases."""
    public = [base for base in bases if base is not object and not is_private(base)]
    bases[:] = public or bases[:1]


def is_private(base):
    path = f"{getattr(base, '__module__', '')}.{getattr(base, '__name__', '')}"
    return any(part.startswith("_") for part in path.split("."))
