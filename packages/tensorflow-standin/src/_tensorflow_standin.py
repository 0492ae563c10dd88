"""Modules that look like TensorFlow while Rasa imports, and say so clearly as soon as somebody uses them.

Rasa 3.6 imports TensorFlow at start whatever the pipeline needs, and pays some 430 MB and seconds for it. Here every
attribute of `tensorflow`, `keras`, ... is an inert class: it can be imported, subclassed, subscripted and used in
annotations or as a decorator, but making an instance or calling a function raises `TensorFlowMissingError`, which names the
component that asked.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import inspect
import sys
from types import ModuleType
from typing import Any

VERSION = "2.12.0+standin"
ROOTS = ("tensorflow", "tensorflow_hub", "tensorflow_text", "tensorflow_addons", "keras")
# Rasa decorates with these while its modules are imported; a decorated function is left as it is.
DECORATORS = {"tensorflow.function", "tensorflow.custom_gradient"}


class TensorFlowMissingError(ImportError):
    """Raised when a component really needs TensorFlow, which this environment does not have."""

    def __init__(self, wanted: str) -> None:
        super().__init__(
            f"{_component()} needs TensorFlow ({wanted}), which is not installed: this project runs Rasa with a "
            f"stand-in for it. Take the component out of config.yml, or use an environment with real TensorFlow on "
            f"Python 3.10 (docs/runtime.md says how)."
        )


def _component() -> str:
    """The class or function in Rasa that asked, from the innermost frame outside this module."""
    for frame in inspect.stack()[2:]:
        module = frame.frame.f_globals.get("__name__", "")
        if module == __name__ or module.startswith("importlib"):
            continue
        owner = frame.frame.f_locals.get("self", frame.frame.f_locals.get("cls"))
        name = owner if inspect.isclass(owner) else type(owner) if owner is not None else None
        return f"{name.__module__}.{name.__name__}" if name else f"{module}.{frame.function}"
    return "Somebody"


class _Inert(type):
    """Metaclass of the inert classes: attributes are inert classes again."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return _inert(f"{cls.__dict__.get('_path', cls.__name__)}.{name}")

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        path = cls.__dict__.get("_path")
        if path in DECORATORS:
            return args[0] if args and callable(args[0]) else lambda function: function
        raise TensorFlowMissingError(path or f"{cls.__module__}.{cls.__name__}")

    def __getitem__(cls, item: Any) -> Any:
        return cls

    def __or__(cls, other: Any) -> Any:
        return cls

    __ror__ = __or__


def _inert(path: str) -> type:
    return _Inert(path.rpartition(".")[2], (), {"_path": path, "__module__": path.rpartition(".")[0]})


class _StandIn(ModuleType):
    """A module whose attributes are inert classes."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        value = _inert(f"{self.__name__}.{name}")
        setattr(self, name, value)
        return value


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds `tensorflow.anything.at.all`."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        root, dot, _ = name.partition(".")
        if dot and root in ROOTS:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return _StandIn(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to run."""


def install(name: str) -> None:
    """Turns the module `name` (one of `ROOTS`) into a stand-in.

    Args:
        name: the module that is being imported.
    """
    module = sys.modules[name]
    module.__class__ = _StandIn
    module.__path__ = []
    module.__version__ = VERSION
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.append(_Finder())
