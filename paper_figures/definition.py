"""What a figure's data is defined by: the code of its own module that `data` reaches, and the records that it draws.

`theory` and `verify` are left out on purpose: whether *they* still give the same numbers is what the comparison is to find out.
Within `paper_figures` the definition follows names, from `data` and the columns on: functions, constants (grids, depths,
seeds) and what is imported from another module of the package. Docstrings, comments and functions that only draw do not belong
to it; a constant that `data` reads counts with all that it holds.
"""

import ast
import hashlib
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

_PACKAGE = "paper_figures"
_APART = {f"{_PACKAGE}.style", f"{_PACKAGE}.accuracy"}  # how figures look, and how their data are judged

Name = tuple[str, str]  # a module, and a name at its top level


class _Module(NamedTuple):
    """statements: by the names that they define. imported: local name -> module, or module and name, of the package."""

    statements: dict[str, ast.stmt]
    modules: dict[str, str]
    names: dict[str, Name]


def digest(data: Callable[..., Sequence[Any]], records: Sequence[Path] = ()) -> str:
    """SHA-256 of the definition of these data. records: the files that they are drawn from."""
    hashed = hashlib.sha256()
    for (module, name), text in sorted(definition(data).items()):
        hashed.update(f"{module}.{name}\n{text}\n".encode())
    for path in records:
        hashed.update(path.name.encode() + path.read_bytes())
    return hashed.hexdigest()


def definition(data: Callable[..., Sequence[Any]]) -> dict[Name, str]:
    """What `data` reaches: as text, without docstrings, comments and layout."""
    found: dict[Name, str] = {}
    waiting = [(data.__module__, "Row"), (data.__module__, data.__name__)]
    while waiting:
        module, name = waiting.pop()
        home = _read(module)
        if name in home.names:
            waiting.append(home.names[name])
        elif name in home.statements and (module, name) not in found:
            found[module, name] = ast.unparse(home.statements[name])
            waiting += _mentioned(module, home.statements[name])
    return found


def _mentioned(module: str, statement: ast.stmt) -> Iterator[Name]:
    """The names that it uses, and `MODULE.name` of another module of the package."""
    modules = _read(module).modules
    for node in ast.walk(statement):
        if isinstance(node, ast.Name):
            yield module, node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
            yield modules[node.value.id], node.attr


@cache
def _read(module: str) -> _Module:
    tree = ast.parse(Path(str(import_module(module).__file__)).read_text(encoding="utf-8"))
    found = _Module({}, {}, {})
    for statement in tree.body:
        for name in _defined(statement):
            found.statements[name] = _without_docstring(statement)
        if isinstance(statement, ast.ImportFrom):
            for alias in statement.names:
                _import(found, str(statement.module), alias.name)
    return found


def _import(found: _Module, module: str, name: str) -> None:
    if module == _PACKAGE and f"{_PACKAGE}.{name}" not in _APART:
        found.modules[name] = f"{_PACKAGE}.{name}"
    elif module.startswith(f"{_PACKAGE}.") and module not in _APART:
        found.names[name] = module, name


def _defined(statement: ast.stmt) -> list[str]:
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return [statement.name]
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    return [node.id for target in targets if target for node in ast.walk(target) if isinstance(node, ast.Name)]


def _without_docstring(statement: ast.stmt) -> ast.stmt:
    if isinstance(statement, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(statement) is not None:
        statement.body = statement.body[1:]
    return statement
