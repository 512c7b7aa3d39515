"""Putting a mutant into a process: into live functions where that is enough, else into the module as it is imported."""

import functools
import gc
import importlib.util
import sys
from importlib.machinery import ModuleSpec, SourceFileLoader
from types import CodeType, FunctionType
from typing import Any

from mutation.mutants import ROOT, source_of

_OURS = ("theory", "verify", "paper_figures", "test_", "conftest")


class NotAFunctionError(ValueError):
    """The change is not inside a function: the module has to be imported anew."""


def changed_codes(path: str, text: str) -> dict[CodeType, CodeType]:
    """What the functions of the file become. Raises `NotAFunctionError` where anything else changes too."""
    filename = str(ROOT / path)
    found: dict[CodeType, CodeType] = {}

    def compare(old: CodeType, new: CodeType, *, function: bool) -> None:
        if old == new:
            return
        inner, inner_new = _inner(old), _inner(new)
        if _own(old) != _own(new) or len(inner) != len(inner_new):
            if not function or old.co_freevars != new.co_freevars:
                raise NotAFunctionError(path)
            found[old] = new
        for one, other in zip(inner, inner_new, strict=False):
            compare(one, other, function=function or bool(one.co_flags & _IS_FUNCTION))
        if function:
            found[old] = new

    _IS_FUNCTION = 0x2  # CO_NEWLOCALS: class bodies do not have it
    compare(compile(source_of(path), filename, "exec"), compile(text, filename, "exec"), function=False)
    return found


def _inner(code: CodeType) -> list[CodeType]:
    return [constant for constant in code.co_consts if isinstance(constant, CodeType)]


def _own(code: CodeType) -> tuple[Any, ...]:
    """What the code does itself."""
    constants = [repr(constant) for constant in code.co_consts if not isinstance(constant, CodeType)]
    return code.co_code, code.co_names, code.co_varnames, constants


def live_functions(paths: set[str]) -> dict[CodeType, list[FunctionType]]:
    """By their code, the functions of these files that exist."""
    files = {str(ROOT / path) for path in paths}
    found: dict[CodeType, list[FunctionType]] = {}
    for thing in gc.get_objects():
        if type(thing) is FunctionType and thing.__code__.co_filename in files:
            found.setdefault(thing.__code__, []).append(thing)
    return found


def patch(changes: dict[CodeType, CodeType], functions: dict[CodeType, list[FunctionType]]) -> None:
    for old, new in changes.items():
        for function in functions.get(old, ()):
            function.__code__ = new


class Memory:
    """What our functions and objects have stored so far, to be forgotten."""

    def __init__(self) -> None:
        self._caches, self._objects = [], []
        for thing in gc.get_objects():
            if type(thing) is functools._lru_cache_wrapper:  # isinstance asks some objects of torch, which warn
                if _is_ours(thing):
                    self._caches.append(thing)
            elif _is_ours(type(thing)) and hasattr(thing, "__dict__"):
                names = [name for name in vars(thing) if isinstance(_attribute(type(thing), name), functools.cached_property)]
                if names:
                    self._objects.append((thing, names))

    def forget(self) -> None:
        for cache in self._caches:
            cache.cache_clear()
        for thing, names in self._objects:
            for name in names:
                vars(thing).pop(name, None)


def _is_ours(thing: Any) -> bool:
    module = getattr(thing, "__module__", None)
    return isinstance(module, str) and module.startswith(_OURS)


def _attribute(kind: type, name: str) -> Any:
    return next((vars(base)[name] for base in kind.__mro__ if name in vars(base)), None)


class _Loader(SourceFileLoader):
    def __init__(self, name: str, path: str, text: str) -> None:
        super().__init__(name, path)
        self._text = text

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._text, self.path, "exec")


class ImportMutant:
    """The first finder of `sys.meta_path`: the mutated text for its module, all else as usual."""

    def __init__(self, path: str, text: str) -> None:
        parts = path.removesuffix(".py").split("/")
        self._name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        self._path, self._text = str(ROOT / path), text

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name != self._name:
            return None
        return importlib.util.spec_from_file_location(name, self._path, loader=_Loader(name, self._path, self._text))

    def install(self) -> None:
        assert self._name not in sys.modules, f"{self._name} was imported before"
        sys.meta_path.insert(0, self)
