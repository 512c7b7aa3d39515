"""The methods that claims share, in one place each: what a pass means, and what it takes to refute."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TypeVar

import hypothesis
import mpmath
import sympy
from flint import ctx
from hypothesis.strategies import SearchStrategy

from theory.activation.arithmetic import evaluate
from theory.activation.balls import BALL
from theory.rounding import as_ball
from verify.checker.identity import is_zero
from verify.verdict import Proved, Refuted, Supported, Undecided, Verdict

T = TypeVar("T")


class _CounterexampleError(Exception):
    pass


def property_verdict(
    strategy: SearchStrategy[T], problem: Callable[[T], str | None], *, examples: int, seed: int, what: str
) -> Verdict:
    """Supported if `problem` finds nothing wrong with `examples` drawn examples, else Refuted with the shrunk one.

    problem: example -> None, or a sentence that says what is wrong with it. The seed makes the run repeatable.
    """

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=examples,
        database=None,
        deadline=None,
        verbosity=hypothesis.Verbosity.quiet,
        phases=(hypothesis.Phase.generate, hypothesis.Phase.shrink),
        print_blob=False,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(strategy)
    def examine(example: T) -> None:
        found = problem(example)
        if found is not None:
            raise _CounterexampleError(found)

    try:
        examine()
    except _CounterexampleError as error:
        return Refuted(f"counterexample: {error}")
    return Supported(f"{examples} examples of {what}, none violates it (seed {seed})")


def identity_verdict(defect: sympy.Expr, sample: Mapping[sympy.Symbol, int | Fraction], reason: str) -> Verdict:
    """Proved if `defect` has normal form 0; Refuted only if a ball at `sample` excludes 0; else Undecided.

    A nonzero normal form alone refutes nothing. reason: what the identity says, for the verdict.
    """
    if is_zero(defect):
        return Proved(reason)
    with ctx.workprec(512):
        value = evaluate(defect, {symbol: as_ball(Fraction(number)) for symbol, number in sample.items()}, BALL)
    where = ", ".join(f"{symbol} = {number}" for symbol, number in sample.items())
    if value > 0 or value < 0:
        return Refuted(f"fails{' at ' if where else ''}{where}: the defect is {value.str(10, radius=False)}")
    return Undecided("the defect was neither reduced to 0 nor seen to differ from 0")


def precision_verdict(pairs: Callable[[], list[tuple[str, mpmath.mpf, mpmath.mpf]]], digits: int) -> Verdict:
    """Compare (where, stated, computed) triples in mpmath: all must agree to `digits` significant digits.

    `pairs` is called with 25 guard digits.
    """
    with mpmath.workdps(digits + 25):
        compared = pairs()
        tolerance = mpmath.mpf(10) ** -digits
        for where, stated, computed in compared:
            if not abs(stated - computed) <= tolerance * abs(computed):
                gap = mpmath.nstr(abs(stated - computed), 3)
                return Refuted(f"at {where}: stated {mpmath.nstr(stated, 15)}, computed {mpmath.nstr(computed, 15)}, gap {gap}")
    return Supported(f"{len(compared)} samples agree to {digits} digits")
