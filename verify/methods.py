"""The sampled methods in one place each: how many examples, which seed, and what a pass means."""

from collections.abc import Callable
from typing import TypeVar

import hypothesis
import mpmath
from hypothesis.strategies import SearchStrategy

from verify.verdict import Refuted, Supported, Verdict

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
