"""The mutants of a source file: one small change each, made by operators of cosmic-ray and two of our own.

A mutant is never written to disk. It is named by its place, and its text is made where it is tested.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Example, Operator
from cosmic_ray.plugins import get_operator
from parso.python.tree import Name

ROOT = Path(__file__).parents[2]

_BINARY = (
    "Add_Sub Add_Mul Sub_Add Sub_Mul Mul_Add Mul_Div Mul_FloorDiv Div_Mul Div_FloorDiv FloorDiv_Div FloorDiv_Mul "
    "Mod_FloorDiv Pow_Mul Pow_Add LShift_RShift RShift_LShift BitAnd_BitOr BitOr_BitAnd"
)
_COMPARISON = "Lt_LtE Lt_GtE LtE_Lt LtE_Gt Gt_GtE Gt_LtE GtE_Gt GtE_Lt Eq_NotEq NotEq_Eq Is_IsNot IsNot_Is"
_OTHER = (
    "NumberReplacer AddNot ReplaceAndWithOr ReplaceOrWithAnd ReplaceTrueWithFalse ReplaceFalseWithTrue "
    "ReplaceUnaryOperator_Delete_USub ReplaceUnaryOperator_Delete_Not ReplaceBreakWithContinue ReplaceContinueWithBreak "
    "ZeroIterationForLoop"
)
_TWINS = ("low high", "lower upper", "min max", "floor ceil", "left right", "all any", "sin cos", "sinh cosh")


class SwapName(Operator):
    """`low` for `high`, `min` for `max`: where enclosures go wrong."""

    partner: ClassVar[dict[str, str]] = {a: b for pair in _TWINS for a, b in (pair.split(), reversed(pair.split()))}

    def mutation_positions(self, node: Any) -> Iterator[tuple[Any, Any]]:
        if isinstance(node, Name) and node.value in self.partner and not node.is_definition() and not _is_keyword(node):
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        node.value = self.partner[node.value]
        return node

    @classmethod
    def examples(cls) -> Sequence[Example]:
        return (Example("f(x.low)", "f(x.high)"),)


def _is_keyword(node: Any) -> bool:
    """Whether the name is that of an argument in a call."""
    return node.parent.type == "argument" and node.parent.children[0] is node


OPERATORS: dict[str, type[Operator]] = {
    **{f"ReplaceBinaryOperator_{name}": get_operator(f"core/ReplaceBinaryOperator_{name}") for name in _BINARY.split()},
    **{
        f"ReplaceComparisonOperator_{name}": get_operator(f"core/ReplaceComparisonOperator_{name}")
        for name in _COMPARISON.split()
    },
    **{name: get_operator(f"core/{name}") for name in _OTHER.split()},
    "SwapName": SwapName,
}


@dataclass(frozen=True)
class Mutant:
    """One change: the `occurrence`-th place in the file where the operator applies."""

    path: str
    line: int
    column: int
    operator: str
    occurrence: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column} {self.operator}"

    def text(self) -> str:
        """The whole file, changed. Raises `ValueError` where there is no such place."""
        changed = mutate_code(source_of(self.path), OPERATORS[self.operator](), self.occurrence)
        if changed is None:
            raise ValueError(f"{self}: the operator does not apply there")
        return changed


@cache
def source_of(path: str) -> str:
    return (ROOT / path).read_text()


@cache
def mutants_of(path: str) -> list[Mutant]:
    """All of them, in the order of the file. Annotations are left alone: nothing evaluates them."""
    source = source_of(path)
    passive, by_kind = _annotations(source), _by_kind(get_ast(source))
    found = []
    for name, operator in OPERATORS.items():
        applied, occurrence = operator(), 0
        for node in by_kind.get(_kind_for(name), by_kind["all"]):
            for (line, column), _ in applied.mutation_positions(node):
                if not any(begin <= (line, column) < end for begin, end in passive):
                    found.append(Mutant(path, line, column, name, occurrence))
                occurrence += 1
    return sorted(found, key=lambda m: (m.line, m.column, m.operator, m.occurrence))


def _kind_for(operator: str) -> str:
    """Of the nodes where the operator can apply."""
    kinds = {"ReplaceBinaryOperator": "operator", "ReplaceComparisonOperator": "comparison"}
    return kinds.get(operator.split("_")[0]) or {"NumberReplacer": "number", "SwapName": "name"}.get(operator, "all")


def _by_kind(tree: Any) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {"all": [], "operator": [], "comparison": [], "number": [], "name": []}
    for node in ast_nodes(tree):
        found["all"].append(node)
        if node.type in found:
            found[node.type].append(node)
    return found


Position = tuple[int, int]


def _annotations(source: str) -> list[tuple[Position, Position]]:
    """Where annotations and the slots of classes begin and end."""
    found = []
    for node in ast.walk(ast.parse(source)):
        for name in ("annotation", "returns"):
            part = getattr(node, name, None)
            if isinstance(part, ast.expr):
                found.append(((part.lineno, part.col_offset), (part.end_lineno or 0, part.end_col_offset or 0)))
    return found


# --- constants --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scaled:
    """A number c of the source as c (1 + 10^-digits), or as c itself of another type (digits = None).

    Sources write 2 where a formula has a float, a fraction or an exact number: `form` says which of these it becomes.
    """

    path: str
    line: int
    column: int
    number: str
    form: str = "float"
    digits: int | None = None

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column} {self.number}"

    def text(self) -> str:
        value = Fraction(self.number) * (1 + (Fraction(1, 10**self.digits) if self.digits is not None else 0))
        lines = source_of(self.path).splitlines(keepends=True)
        line = lines[self.line - 1].encode()
        end = self.column + len(self.number)
        assert line[self.column : end].decode() == self.number
        lines[self.line - 1] = (line[: self.column] + FORMS[self.form](value).encode() + line[end:]).decode()
        return "".join(lines)


FORMS = {
    "float": lambda value: f"({float(value)!r})",
    "fraction": lambda value: f'__import__("fractions").Fraction({value.numerator}, {value.denominator})',
    "exact": lambda value: f'__import__("sympy").Rational({value.numerator}, {value.denominator})',
}


def constants_of(path: str) -> list[Scaled]:
    """The numbers that the file calculates with: operands of + - * / **, and all decimal ones; not 0."""
    source = source_of(path)
    tree, passive = ast.parse(source), _annotations(source)
    operands = {side for node in ast.walk(tree) if isinstance(node, ast.BinOp) for side in (node.left, node.right)}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and type(node.value) in (int, float) and node.value:
            place = (node.lineno, node.col_offset)
            counts = node in operands or isinstance(node.value, float)
            if counts and not any(begin <= place < end for begin, end in passive):
                found.append(Scaled(path, *place, ast.get_source_segment(source, node) or ""))
    return sorted(found, key=lambda one: (one.line, one.column))
