"""Odd sigmoids, and what is none."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import partial

import sympy

from theory.activation import Activation, t, x
from verify.certificates.checker import Condition, Constant, Leading, Odd, Positive
from verify.certificates.problem import Numbers, Problem, constant
from verify.certificates.terms import PI, T, Term, UnknownTermError, curvature, number, slope, star, term_of

_ONE = Fraction(1)


def half_line(f: Activation) -> Term:
    """f on (0, oo)."""
    return term_of(f.half_line, {t: T})


def exact(value: sympy.Expr) -> Term:
    """A SymPy number."""
    return term_of(value, {sympy.pi: PI})


def membership() -> Problem:
    """f is odd, f(0+) = 0 < f'(0+), and f' > 0, f - x f' > 0 and f < B for x > 0: so 0 < f < B there, and f is in F."""
    return Problem(lambda f, numbers: list(axioms(f, numbers).values()), bound)


def axioms(f: Activation, numbers: Numbers, *, concave: bool = False) -> dict[str, Condition]:
    """One condition an axiom. concave: f - x f' > 0 is shown by f'' < 0, as f(0+) = 0."""
    h = half_line(f)
    star_shaped = Positive("f'' < 0", -curvature(h)) if concave else Positive("f - x f' > 0", star(h))
    return {
        "odd": Odd("f(-x) = -f(x)", term_of(f.expression, {x: T})),
        "slope_at_zero": Leading("f(0+) = 0 < f'(0+)", h, _ONE),
        "bounded": Positive("f < B", number(numbers.get("B", _ONE)) - h),
        "increasing": Positive("f' > 0", slope(h)),
        "star_shaped": star_shaped,
    }


def bound(f: Activation) -> Numbers:
    """A whole number well above f(2^40)."""
    return {"B": Fraction(int(abs(float(f(2.0**40)))) + 2)}


# --- outside F --------------------------------------------------------------------------------------------------------


def violation(how: Mapping[str, Callable[[Term], Condition]], *, concave: bool = False) -> Problem:
    """Each axiom named fails as `how` says; if f is odd, all the others hold."""
    return Problem(partial(_violations, how, concave), (lambda _: {}) if how.keys() & {"odd", "bounded"} else bound)


def _violations(
    how: Mapping[str, Callable[[Term], Condition]], concave: bool, f: Activation, numbers: Numbers
) -> Sequence[Condition]:
    fails = [how[axiom](half_line(f) if axiom != "odd" else term_of(f.expression, {x: T})) for axiom in sorted(how)]
    if "odd" in how:
        return fails
    return [*fails, *(condition for axiom, condition in axioms(f, numbers, concave=concave).items() if axiom not in how)]


def at(h: Term, point: Fraction | int | Term) -> Term:
    """h with a number or a term in the place of t. h: without slopes, which would not see what is put there."""
    if h.op in ("slope", "curvature", "star", "deviation", "excess"):
        raise UnknownTermError(f"{h}: what is known better than its formula is taken on its domain")
    if h.op == "t":
        return point if isinstance(point, Term) else number(point)
    return h.with_args(tuple(at(argument, point) for argument in h.args))


def falls_between(low: Fraction | int, high: Fraction | int, h: Term) -> Condition:
    """f(low) > f(high), low < high: f does not increase."""
    return constant(f"f({low}) > f({high})", at(h, low) - at(h, high))


def ratio_rises_between(low: Fraction | int, high: Fraction | int, h: Term) -> Condition:
    """f(low)/low < f(high)/high, low < high: f is not star-shaped."""
    return constant(f"f({low})/{low} < f({high})/{high}", number(low) * at(h, high) - number(high) * at(h, low))


def is_not_odd_at(point: int, f: Term) -> Condition:
    return constant(f"f({point}) + f(-{point}) > 0", at(f, point) + at(f, -point))


def is_constant(low: int, high: int, h: Term) -> Condition:
    return Constant(f"f is constant on [{low}, {high}]", h, Fraction(low), Fraction(high))


def ratio_is_constant(high: Fraction, h: Term) -> Condition:
    return Constant(f"f(x)/x is constant on (0, {high}]", h / T, Fraction(0), high)


def starts_like(degree: Fraction, h: Term) -> Condition:
    """f ~ c x^degree at 0: no slope there below degree 1, the slope 0 above."""
    return Leading(f"f ~ c x^{degree} for x -> 0", h, degree)


def grows_like(degree: Fraction, h: Term) -> Condition:
    return Leading(f"f ~ c x^{degree} for x -> oo", h, degree, at_infinity=True)


def grows_like_logarithm(start: int, h: Term) -> Condition:
    """x f' > 1/2 on [start, oo), so f exceeds f(start) + log(x/start)/2."""
    return Positive(f"x f' > 1/2 for x >= {start}", T * slope(h) - number(Fraction(1, 2)), low=Fraction(start))
