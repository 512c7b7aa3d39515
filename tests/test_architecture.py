"""The stairs go one way, and text of users is not executed."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FORBIDDEN = {"theory": {"verify", "paper_figures", "tests"}, "verify": {"paper_figures", "tests"}, "paper_figures": {"tests"}}


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("floor", FORBIDDEN)
def test_no_floor_imports_a_higher_one(floor: str) -> None:
    for path in (ROOT / floor).rglob("*.py"):
        assert not imported(path) & FORBIDDEN[floor], path


def test_user_text_never_reaches_an_evaluator() -> None:
    for floor in FORBIDDEN:
        for path in (ROOT / floor).rglob("*.py"):
            calls = {
                node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                if isinstance(node, ast.Call)
            }
            assert not calls & {"eval", "exec", "parse_expr", "lambdify"}, path
