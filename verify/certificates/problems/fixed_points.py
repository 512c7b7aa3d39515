"""Fixed points of x -> f(a x): with y = a x they are the y > 0 where f(y)/y = 1/a, and x = f(y).

A *bracket* of the one at gain a is an interval [low, high] of y with a f(low) > low and a f(high) < high. For an odd sigmoid
f(y)/y falls strictly, so it holds a xi_a; the certificate proposes its ends.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

import sympy

from theory.activation import Activation, x
from theory.odd_sigmoid import omega, supremum
from verify.certificates.checker import Condition, Fact, Leading, Positive
from verify.certificates.problem import Numbers, Problem, constant
from verify.certificates.problems.membership import at, axioms, bound, exact, half_line
from verify.certificates.terms import T, curvature, number, slope, star
from verify.checker.slope import is_critical
from verify.enclosure.fixed_points import find_bracket

Ratios = Sequence[sympy.Rational]
_ONE = Fraction(1)


def bracket(f: Activation, gain: sympy.Expr, digits: int, label: str, numbers: Numbers) -> Iterator[Condition]:
    """low < a xi_a < high, at most 10^-digits low apart."""
    h, a = half_line(f), exact(gain)
    low, high = _ends(label, numbers)
    yield Fact(f"the bracket at {label} has {digits} digits", 0 < low < high <= low * (1 + Fraction(1, 10**digits)))
    yield constant(f"f(y)/y > 1/a below, {label}", a * at(h, low) - number(low))
    yield constant(f"f(y)/y < 1/a above, {label}", number(high) - a * at(h, high))


def _ends(label: str, numbers: Numbers) -> tuple[Fraction, Fraction]:
    return numbers[f"low, {label}"], numbers[f"high, {label}"]


def agreement(xi: Fraction, gain: sympy.Expr, digits: int, label: str, numbers: Numbers) -> Iterator[Condition]:
    """|xi - y/a| < 10^-digits xi for every y of the bracket."""
    (low, high), a, slack = _ends(label, numbers), exact(gain), Fraction(1, 10**digits)
    yield constant(f"xi is not too large, {label}", number(low) - a * number(xi * (1 - slack)))
    yield constant(f"xi is not too small, {label}", a * number(xi * (1 + slack)) - number(high))


def ends_of(f: Activation, gains: Mapping[str, sympy.Expr], digits: int) -> Numbers:
    """Brackets by the search, each by its label."""
    found = {}
    for label, gain in gains.items():
        low, high, _ = find_bracket(f, gain, digits + 2)
        found[f"low, {label}"], found[f"high, {label}"] = low, high
    return found


def _label(ratio: Any) -> str:
    return f"a = {ratio} omega"


def _slope_is(critical: sympy.Expr, f: Activation) -> list[Condition]:
    """The stated gain is 1/f'(0) within 10^-30 by f itself, and exactly the omega of the claim `odd_sigmoid.omega`."""
    return [
        Leading("f'(0+) = 1/omega", half_line(f), _ONE, value=number(1) / exact(critical)),
        Fact("the stated gain is omega", critical == omega(f)),
    ]


# --- the listed gains -------------------------------------------------------------------------------------------------


def trichotomy(f: Activation, ratios: Ratios, digits: int) -> Problem:
    """f(y)/y < f'(0) = 1/omega: no positive fixed point for a <= omega. For a > omega the bracket holds one."""
    above = [ratio for ratio in ratios if ratio > 1]

    def conditions(critical: sympy.Expr, numbers: Numbers) -> list[Condition]:
        brackets = (bracket(f, critical * ratio, digits, _label(ratio), numbers) for ratio in above)
        return [*_slope_is(critical, f), *(condition for found in brackets for condition in found)]

    return Problem(conditions, lambda critical: ends_of(f, {_label(r): critical * r for r in above}, digits))


def branch(f: Activation, ratios: Ratios, digits: int) -> Problem:
    """Each stated xi_a agrees with its bracket, they rise, stay below sup f, and 0 < a f' < 1 on the brackets."""

    def conditions(stated: Callable[[sympy.Rational], Fraction], numbers: Numbers) -> list[Condition]:
        found: list[Condition] = []
        points = [stated(ratio) for ratio in ratios]
        slack = Fraction(1, 10**digits)
        for ratio, xi in zip(ratios, points, strict=True):
            label, gain = _label(ratio), omega(f) * ratio
            found += bracket(f, gain, digits + 1, label, numbers)
            found += agreement(xi, gain, digits, label, numbers)
            low, high = _ends(label, numbers)
            found.append(Positive(f"f' > 0, {label}", slope(half_line(f)), low, high))
            found.append(Positive(f"a f' < 1, {label}", number(1) - exact(gain) * slope(half_line(f)), low, high))
        rising = all(u * (1 + slack) < v * (1 - slack) for u, v in pairwise(points))
        found.append(Fact("xi_a rises with a", rising))
        found.append(constant("xi_a < sup f", exact(supremum(f)) - number(points[-1] * (1 + slack))))
        return found

    return Problem(conditions, lambda _: ends_of(f, {_label(r): omega(f) * r for r in ratios}, digits + 1))


def two_cycle(f: Activation, ratios: Sequence[Fraction], digits: int) -> Problem:
    """f(a c) = -c for a < 0 and odd f reads f(y)/y = 1/|a|, y = |a| c: the points are +-xi at the gain |a|."""
    sizes = {_label(r): omega(f) * sympy.Rational(-r.numerator, r.denominator) for r in ratios}

    def conditions(cycle: Callable[[Fraction], tuple[Fraction, ...]], numbers: Numbers) -> list[Condition]:
        found: list[Condition] = []
        for ratio in ratios:
            points, label = cycle(ratio), _label(ratio)
            found.append(Fact(f"the points are c and -c, {label}", len(points) == 2 and points[0] == -points[1] > 0))
            found += bracket(f, sizes[label], digits + 1, label, numbers)
            found += agreement(points[0], sizes[label], digits, label, numbers)
        return found

    return Problem(conditions, lambda _: ends_of(f, sizes, digits + 1))


# --- every gain -------------------------------------------------------------------------------------------------------


def all_gains(f: Activation) -> Problem:
    """f is an odd sigmoid with f'(0) = 1/omega: the rest is in the docstring of the claim."""
    return Problem(lambda critical, numbers: [*axioms(f, numbers).values(), *_slope_is(critical, f)], lambda _: bound(f))


def gain_interval(f: Activation, last: sympy.Rational, digits: int) -> Problem:
    """xi_a rises with a up to its value at the last gain; multipliers lie in (0, 1) by f' > 0 and f - y f' > 0."""
    gain, label = omega(f) * last, _label(last)

    def conditions(stated: Callable[[sympy.Rational], Fraction], numbers: Numbers) -> list[Condition]:
        h = half_line(f)
        return [
            Positive("f' > 0", slope(h)),
            Positive("f - x f' > 0", star(h)),
            *bracket(f, gain, digits + 1, label, numbers),
            *agreement(stated(last), gain, digits, label, numbers),
        ]

    return Problem(conditions, lambda _: ends_of(f, {label: gain}, digits + 1))


def second_iterate(f: Activation, ratio: sympy.Rational, digits: int) -> Problem:
    """g(x) = f(a f(x)) is an odd sigmoid, and x -> g(a x) is the second iterate: three fixed points, one of them xi."""
    gain, label = omega(f) * ratio, _label(ratio)
    g = Activation(f.expression.subs(x, gain * f.expression))

    def conditions(xi: Fraction, numbers: Numbers) -> list[Condition]:
        return [
            *axioms(g, numbers).values(),
            *bracket(g, gain, digits + 1, label, numbers),
            *agreement(xi, gain, digits, label, numbers),
        ]

    return Problem(conditions, lambda _: {**bound(g), **ends_of(g, {label: gain}, digits + 1)})


# --- outside F --------------------------------------------------------------------------------------------------------


def trichotomy_outside(f: Activation, decay: Fraction, *, concave: bool) -> Problem:
    """f(y)/y falls strictly from 1/omega (f - y f' > 0) to 0 (|f'| ~ c x^decay -> 0, and f(y)/y with it)."""

    def conditions(critical: sympy.Expr, numbers: Numbers) -> list[Condition]:
        h = half_line(f)
        sign = 1 if concave else -1  # of f' far out
        return [
            axioms(f, numbers, concave=concave)["star_shaped"],
            *_slope_is(critical, f),
            Fact("omega f'(0) = 1, exactly", is_critical(f, critical)),
            Fact("f' -> 0", decay < 0),
            Leading(f"|f'| ~ c x^{decay} for x -> oo", number(sign) * slope(h), decay, at_infinity=True),
        ]

    return Problem(conditions)


def folds(f: Activation, digits: int, starts_rising: bool) -> Problem:
    """f - y f' changes sign in each proposed interval, once because its derivative -y f'' has a sign around, and nowhere else.

    starts_rising: whether f(y)/y falls, and the gain a = y/f(y) rises, near y = 0. There a = y/f(y) is the stated gain.
    """

    def conditions(gains: Sequence[Fraction], numbers: Numbers) -> list[Condition]:
        h, sign = half_line(f), number(1 if starts_rising else -1)
        found: list[Condition] = [Fact("as many folds as stated", len(numbers) == 2 * len(gains))]
        start = Fraction(0)
        for n, gain in enumerate(gains):
            (low, high), slack = _ends(f"fold {n}", numbers), Fraction(1, 10**digits)
            begin, end = low * (1 - _AROUND), high * (1 + _AROUND)
            found += [
                Fact(f"fold {n} lies behind the last", start < begin < low < high < end),
                Positive(f"sign of f - y f' before fold {n}", sign * star(h), start, begin),
                Positive(f"f - y f' is monotone around fold {n}", sign * curvature(h), begin, end),
                Positive(f"sign of f - y f' just before fold {n}", sign * star(h), low, low),
                Positive(f"sign of f - y f' just behind fold {n}", -sign * star(h), high, high),
                Positive(f"a is not too large at fold {n}", number(gain * (1 + slack)) * h - T, low, high),
                Positive(f"a is not too small at fold {n}", T - number(gain * (1 - slack)) * h, low, high),
            ]
            start, sign = end, -sign
        return [*found, Positive("sign of f - y f' behind the last fold", sign * star(h), start)]

    return Problem(conditions, lambda gains: _fold_intervals(f))


_AROUND = Fraction(1, 64)


def _fold_intervals(f: Activation) -> Numbers:
    from verify.enclosure.branches import find_branches

    found = {}
    for n, one in enumerate((find_branches(f) or ())[:-1]):
        assert one.end is not None
        found[f"low, fold {n}"], found[f"high, fold {n}"] = one.end
    return found


def below_critical(f: Activation, gain: sympy.Rational, digits: int) -> Problem:
    """f(y)/y rises from f'(0) < 1/a beyond 1/a, on (0, fold], and falls behind it: two positive fixed points, the larger one
    attracting."""
    label = f"a = {gain}"

    def conditions(xi: Fraction, numbers: Numbers) -> list[Condition]:
        h, a = half_line(f), exact(gain)
        left, right = (end * (1 + side * _AROUND) for side, end in zip((-1, 1), _ends("fold 0", numbers), strict=True))
        low, high = _ends(label, numbers)
        return [
            Leading("f'(0+) = 1", h, _ONE, value=number(1)),
            Fact("1 < 1/a", gain < 1),
            Fact("the fold lies before the bracket", 0 < left < right < low),
            Positive("f - y f' < 0 before the fold", -star(h), Fraction(0), left),
            Positive("f(y)/y > 1/a at the fold", a * h - T, left, right),
            Positive("f - y f' > 0 behind the fold", star(h), right),
            *bracket(f, gain, digits + 1, label, numbers),
            *agreement(xi, gain, digits, label, numbers),
            Positive("f' > 0", slope(h), low, high),
            Positive("a f' < 1", number(1) - a * slope(h), low, high),
        ]

    def numbers(xi: Fraction) -> Numbers:
        y = xi * Fraction(int(gain.p), int(gain.q))
        width = Fraction(1, 10 ** (digits + 2))
        return {**_fold_intervals(f), f"low, {label}": y * (1 - width), f"high, {label}": y * (1 + width)}

    return Problem(conditions, numbers)
