"""Taylor models at the two ends of (0, oo): one enclosure for all t in (0, r], or for all t in [R, oo).

Balls alone cannot show that f(t) - t f'(t) > 0 near 0, where it vanishes, nor that f'(t) > 0 for all large t, where it
tends to 0. A model keeps the leading terms exact in form and encloses the rest. With a local variable u in (0, rho],

    t = u^p, p > 0 (near 0)      or      t = u^p, p < 0 (near infinity),

a model stands for all functions

    u^v (c_0 + c_1 u + ... + c_(n-1) u^(n-1) + R u^n) + S(t),    S(t) in [lower, upper] t^d exp(w(t)),

v whole, c_j and R balls that may depend on u within their bounds, and S a remainder known by size and sign only: near
infinity, what is smaller than every power of 1/t (1 - tanh t), or oscillates. Sums and products of models are models,
and so is an analytic function of one: phi(A + S) = phi(A) + phi'(xi) S, phi(A) by Taylor's formula with Lagrange's
remainder. At infinite arguments tanh, erf, atan and their kin are rewritten in exp(-2 A), exp(-A^2) and 1/A.

Coefficients are rational numbers as long as they can be, and balls otherwise; a leading one is dropped only where it is
exactly 0, so a model's sign is never guessed. What has
no such form (a logarithm at infinity, exp(-1/t) at 0) raises `UnsupportedError`. Reference for Taylor models: Makino and Berz,
Int. J. Pure Appl. Math. 4 (2003) 379-456.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, NamedTuple, TypeAlias

import sympy
from flint import arb, arb_series, ctx, fmpq, fmpq_series

from theory.activation.arithmetic import Arithmetic, Unary, UnsupportedError, evaluate
from theory.activation.balls import BALL, SERIES, coefficients
from theory.rounding import as_fraction

Number: TypeAlias = arb | fmpq  # a coefficient is exact as long as it is rational, so that cancellation is seen
_ZERO, _ONE = fmpq(0), fmpq(1)


def _is_zero(number: Number) -> bool:
    """Whether it is exactly 0. (For a ball that merely overlaps 0, both `== 0` and `!= 0` are False.)"""
    return bool(number == 0)


class Chart(NamedTuple):
    """t = u^power for u in (0, radius]; `order` coefficients are kept."""

    power: int
    radius: Fraction
    order: int

    def edge(self) -> arb:
        """The t at u = radius: models hold for t <= edge near 0, for t >= edge near infinity."""
        return _ball(self.radius) ** self.power

    def powers(self, n: int) -> arb:
        """[0, radius^n], the range of u^n, n >= 0."""
        return arb(1) if n == 0 else arb(0).union(_ball(self.radius) ** n)


def at_zero(expression: sympy.Expr, symbol: sympy.Symbol, r: Fraction, order: int, root: int = 1) -> "Model":
    """A model of `expression` for all symbol in (0, r^root], in powers of symbol^(1/root)."""
    chart = Chart(root, r, order)
    return _as_model(evaluate(expression, {symbol: Model(chart, root, (_ONE,))}, MODEL), chart)


def at_infinity(expression: sympy.Expr, symbol: sympy.Symbol, r: Fraction, order: int, root: int = 1) -> "Model":
    """A model of `expression` for all symbol in [r^-root, oo), in powers of symbol^(-1/root)."""
    chart = Chart(-root, r, order)
    return _as_model(evaluate(expression, {symbol: Model(chart, -root, (_ONE,))}, MODEL), chart)


def rational_coefficients(expression: sympy.Expr, symbol: sympy.Symbol, order: int) -> list[sympy.Rational] | None:
    """The Taylor coefficients of symbol^0..symbol^order at 0+ where a model finds all of them and they are rational, else None.

    A coefficient that is not a ball came from exact arithmetic alone. Powers symbol^(j/root) that are not whole must vanish.
    """
    root = common_root(expression)
    try:
        with ctx.workprec(64):
            model = at_zero(expression, symbol, Fraction(1, 256), (2 * order + 8) * root, root)
    except (UnsupportedError, ValueError, ZeroDivisionError, OverflowError):
        return None
    if model.vanishes:
        return [sympy.Integer(0)] * (order + 1) if model.small is None else None
    known = dict(enumerate(model.coefficients, start=model.shift))
    found = [known.get(n, _ZERO if n < model.shift or _is_zero(model.remainder) else None) for n in range(order * root + 1)]
    exact = [c for c in found if isinstance(c, fmpq)]
    if model.small is not None or model.shift < 0 or len(exact) < len(found):
        return None
    if any(not _is_zero(c) for n, c in enumerate(exact) if n % root):
        return None
    return [sympy.Rational(int(c.p), int(c.q)) for c in exact[::root]]


def without_kinks(
    expression: sympy.Expr, symbol: sympy.Symbol, build: Callable[..., "Model"] = at_zero, radius: Fraction = Fraction(1, 2**20)
) -> sympy.Expr:
    """What `expression` equals on the chart of `build` with that radius: |u|, max and min chosen by the signs of models there.

    By default on some (0, r]; `radius` is that of the local variable. What is not decided stays as it is.
    """
    root = common_root(expression)

    def sign(difference: sympy.Expr) -> int:
        with suppress(UnsupportedError, ValueError, ZeroDivisionError, OverflowError), ctx.workprec(128):
            return build(difference, symbol, radius, 8 * root, root).sign()
        return 0

    def choose(node: sympy.Expr) -> sympy.Expr:
        if isinstance(node, sympy.Abs):
            return {1: node.args[0], -1: -node.args[0], 0: node}[sign(node.args[0])]
        best, direction = node.args[0], 1 if isinstance(node, sympy.Max) else -1
        for other in node.args[1:]:
            found = sign(best - other)
            if found == 0:
                return node
            best = other if found == -direction else best
        return best

    return expression.replace(lambda node: isinstance(node, sympy.Abs | sympy.Max | sympy.Min), choose)


def common_root(expression: sympy.Expr) -> int:
    """The least common denominator of the exponents of symbols, so that whole powers of symbol^(1/root) suffice."""
    powers = expression.atoms(sympy.Pow)
    return int(sympy.ilcm(1, 1, *(p.exp.q for p in powers if p.base.is_Symbol and isinstance(p.exp, sympy.Rational))))


# --- remainders known by size ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Small:
    """A function in [lower, upper] t^degree exp(sum of c t^d), never 0 where `nonzero`; {d: c} is `exponent`."""

    lower: arb
    upper: arb
    nonzero: bool
    degree: Fraction = Fraction(0)
    exponent: tuple[tuple[Fraction, Fraction], ...] = ()

    def sign(self) -> int:
        if not self.nonzero:
            return 0
        return 1 if self.lower >= 0 else -1 if self.upper <= 0 else 0

    def hull(self) -> arb:
        return self.lower.union(self.upper)

    def scaled(self, factor: Number, degree: Fraction = Fraction(0)) -> "Small":
        ball = arb(factor)
        return self.times(Small(ball.lower(), ball.upper(), not ball.contains(0), degree))

    def times(self, other: "Small") -> "Small":
        products = [x * y for x in (self.lower, self.upper) for y in (other.lower, other.upper)]
        low, high = _least(products), -_least([-p for p in products])
        exponent = _combine(self.exponent, other.exponent, 1)
        return Small(low, high, self.nonzero and other.nonzero, self.degree + other.degree, exponent)

    def plus(self, other: "Small", chart: Chart) -> "Small":
        """The sum on the scale of the larger one."""
        peak = _peak(other.degree - self.degree, _combine(other.exponent, self.exponent, -1), chart)
        if peak is None:
            if _peak(self.degree - other.degree, _combine(self.exponent, other.exponent, -1), chart) is None:
                raise UnsupportedError("two remainders could not be compared")
            return other.plus(self, chart)
        same = (self.degree, self.exponent) == (other.degree, other.exponent)
        part = (
            (other.lower, other.upper)
            if same
            else (_least([arb(0), other.lower * peak]), -_least([arb(0), -other.upper * peak]))
        )
        agree = self.sign() * other.sign() > 0
        return replace(
            self, lower=(self.lower + part[0]).lower(), upper=(self.upper + part[1]).upper(), nonzero=agree or
            bool(self.lower + part[0] > 0 or self.upper + part[1] < 0),
        )  # fmt: skip

    def grows(self, chart: Chart) -> bool:
        """Whether t^degree exp(w(t)) is not bounded on the chart, as far as that is seen."""
        return _peak(self.degree, self.exponent, chart) is None

    def decays(self, chart: Chart) -> bool:
        """Whether it tends to 0 for t -> oo."""
        return chart.power < 0 and self._rate() < 0

    def diverges(self, chart: Chart) -> bool:
        """Whether it tends to oo or -oo for t -> oo; its bounds must exclude 0."""
        return chart.power < 0 and self._rate() > 0 and (self.lower > 0 or self.upper < 0)

    def _rate(self) -> Fraction:
        """The coefficient that decides for t -> oo: of the highest power in the exponent, or the degree."""
        return self.exponent[-1][1] if self.exponent else self.degree

    def reach(self, chart: Chart) -> arb:
        """A ball that holds every value of it on the chart."""
        peak = _peak(self.degree, self.exponent, chart)
        if peak is None:
            raise UnsupportedError("a remainder is not bounded")
        return self.hull() * arb(0).union(peak)


def _least(values: list[arb]) -> arb:
    low = values[0]
    for value in values[1:]:
        low = low.min(value)
    return low.lower()


Exponent = tuple[tuple[Fraction, Fraction], ...]


def _combine(one: Exponent, two: Exponent, sign: int) -> Exponent:
    total = dict(one)
    for degree, c in two:
        total[degree] = total.get(degree, Fraction(0)) + sign * c
    return tuple(sorted((degree, c) for degree, c in total.items() if c))


def _peak(degree: Fraction, exponent: Exponent, chart: Chart) -> arb | None:
    """An upper bound of t^degree exp(w(t)) on the chart, or None: its value at the edge, if it falls from there on.

    t d/dt log of it is degree + sum d c t^d. Divided by t^D, D the largest exponent, its positive terms fall with t, so
    a negative sum of the top term and the positive terms at the edge decides for all larger t.
    """
    if degree == 0 and not exponent:
        return arb(1)
    edge = chart.edge()
    if chart.power > 0:
        return None if exponent or degree < 0 else _power_of(edge, degree).upper()
    terms = [*exponent, (Fraction(0), degree)]
    top = max(d for d, c in terms if c)
    slope = arb(0)
    for d, c in terms:
        factor = c if d == 0 else d * c
        if d == top or factor > 0:
            slope += _ball(factor) * _power_of(edge, d - top)
    if not slope < 0:
        return None
    logarithm = sum((_ball(c) * _power_of(edge, d) for d, c in exponent), arb(0))
    return (_power_of(edge, degree) * logarithm.exp()).upper()


def _power_of(base: arb, exponent: Fraction) -> arb:
    return base ** int(exponent) if exponent.denominator == 1 else (base.log() * _ball(exponent)).exp()


def _ball(number: Fraction | int) -> arb:
    exact = Fraction(number)
    return arb(fmpq(exact.numerator, exact.denominator))


# --- models ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Model:
    """u^shift (sum of coefficients[j] u^j + remainder u^n) + small, on a `Chart`; see the head of this file."""

    chart: Chart
    shift: int
    coefficients: tuple[Number, ...]
    remainder: Number = _ZERO
    small: Small | None = field(default=None)

    @property
    def degree(self) -> Fraction:
        """The power of t that u^shift is."""
        return Fraction(self.shift, self.chart.power)

    @property
    def infinite(self) -> bool:
        """Whether the values have no bound on the chart."""
        if self.vanishes:
            return self.small is not None and self.small.grows(self.chart)
        return self.shift < 0

    @property
    def vanishes(self) -> bool:
        """Whether the algebraic part is exactly 0."""
        return _is_zero(self.remainder) and all(map(_is_zero, self.coefficients))

    def reduced_range(self) -> arb:
        """A ball that holds (algebraic part)/u^shift for all u."""
        u, total = self.chart.powers(1), arb(self.remainder)
        for c in reversed(self.coefficients):
            total = c + u * total
        return total

    def relative_range(self) -> arb:
        """A ball that holds value/u^shift for all u."""
        if self.small is None:
            return self.reduced_range()
        return self.reduced_range() + self.small.scaled(_ONE, -self.degree).reach(self.chart)

    def range(self) -> arb:
        """A ball that holds every value on the chart; raises `UnsupportedError` where there is none."""
        if self.infinite:
            raise UnsupportedError("an infinite range")
        total = arb(0) if self.vanishes else self.reduced_range() * self.chart.powers(self.shift)
        return total if self.small is None else total + self.small.reach(self.chart)

    def sign(self) -> int:
        """+1 or -1 if every function of the model has that sign everywhere on the chart, else 0."""
        if self.vanishes:
            return 0 if self.small is None else self.small.sign()
        reduced = self.reduced_range()
        sign = 1 if reduced > 0 else -1 if reduced < 0 else 0
        if sign == 0 or self.small is None or self.small.sign() == sign:
            return sign
        return sign if sign * self.relative_range() > 0 else 0

    def normal(self) -> "Model":
        """Leading coefficients that are exactly 0 go into the shift; beside a remainder that outgrows it, the algebraic part
        becomes a part of that remainder."""
        if self.vanishes:
            return replace(self, shift=0, coefficients=(), remainder=_ZERO)
        if self.small is not None and self.small.scaled(_ONE, -self.degree).grows(self.chart):
            size = self.reduced_range()
            part = Small(size.lower(), size.upper(), not size.contains(0), self.degree)
            return Model(self.chart, 0, (), small=self.small.plus(part, self.chart))
        skip = next((j for j, c in enumerate(self.coefficients) if not _is_zero(c)), len(self.coefficients))
        return replace(self, shift=self.shift + skip, coefficients=self.coefficients[skip:]) if skip else self

    # Ring operations; constants are balls.

    def __add__(self, other: "Model | Number") -> "Model":
        other = _as_model(other, self.chart)
        algebraic = _sum(self, other)
        if self.small is None or other.small is None:
            return replace(algebraic, small=self.small or other.small).normal()
        return replace(algebraic, small=self.small.plus(other.small, self.chart)).normal()

    __radd__ = __add__

    def __mul__(self, other: "Model | Number") -> "Model":
        other = _as_model(other, self.chart)
        for pure, factor in ((self, other), (other, self)):
            if pure.vanishes and pure.small is not None and not factor.vanishes:
                size = pure.small.scaled(factor.relative_range(), factor.degree)
                return replace(pure, small=size)
        parts = [_times_small(self, other.small), _times_small(other, self.small)]
        if self.small is not None and other.small is not None:
            parts.append(self.small.times(other.small))
        small: Small | None = None
        for part in parts:
            small = part if small is None else small if part is None else small.plus(part, self.chart)
        return replace(_product(self, other), small=small).normal()

    __rmul__ = __mul__

    def __neg__(self) -> "Model":
        return self * fmpq(-1)

    def __sub__(self, other: "Model | Number") -> "Model":
        return self + (-other)

    def __rsub__(self, other: Number) -> "Model":
        return -self + other


def _as_model(value: Model | Number, chart: Chart) -> Model:
    return value if isinstance(value, Model) else Model(chart, 0, (value,)).normal()


def _sum(one: Model, two: Model) -> Model:
    """The sum of the algebraic parts, cut where the shorter one is known no further."""
    if one.vanishes or two.vanishes:
        return replace(two if one.vanishes else one, small=None)
    shift = min(one.shift, two.shift)
    known = [m.shift + len(m.coefficients) for m in (one, two) if not _is_zero(m.remainder)]
    longest = max(m.shift + len(m.coefficients) for m in (one, two))
    length = min([*known, longest, shift + one.chart.order]) - shift
    kept, remainder = [_ZERO] * max(length, 0), arb(0)
    end = shift + len(kept)
    for model in (one, two):
        for j, c in [*enumerate(model.coefficients), (len(model.coefficients), model.remainder)]:
            at = model.shift + j
            if at < end and j < len(model.coefficients):
                kept[at - shift] += c
            elif not _is_zero(c):
                remainder += c * one.chart.powers(at - end)
    return Model(one.chart, shift, tuple(kept), remainder)


def _product(one: Model, two: Model) -> Model:
    if one.vanishes or two.vanishes:
        return Model(one.chart, 0, ())
    terms = [[*m.coefficients, m.remainder] for m in (one, two)]
    known = [len(m.coefficients) for m in (one, two) if not _is_zero(m.remainder)]
    length = min([*known, len(terms[0]) + len(terms[1]) - 3, one.chart.order])
    kept, remainder = [_ZERO] * max(length, 0), arb(0)
    for i, c in enumerate(terms[0]):
        for j, d in enumerate(terms[1]):
            if _is_zero(c) or _is_zero(d):
                continue
            if i + j < len(kept):
                kept[i + j] += c * d
            else:
                remainder += c * d * one.chart.powers(i + j - len(kept))
    return Model(one.chart, one.shift + two.shift, tuple(kept), remainder)


def _times_small(model: Model, small: Small | None) -> Small | None:
    if small is None or model.vanishes:
        return None
    return small.scaled(model.reduced_range(), model.degree)


# --- functions of models --------------------------------------------------------------------------------------------


class Outer(NamedTuple):
    """An analytic function: on series of balls, on exact rational series about 0 (if it has one), odd 1 or even 0 if it is."""

    balls: Unary
    exact: Unary | None = None
    parity: int | None = None


def compose(function: Outer, model: Model) -> Model:
    """phi(model) for phi analytic on the model's range, by Taylor's formula about its value at u = 0."""
    chart, algebraic = model.chart, replace(model, small=None)
    start, offset = _ZERO, algebraic
    if model.shift == 0 and model.coefficients:
        start, offset = model.coefficients[0], replace(algebraic, coefficients=(_ZERO, *model.coefficients[1:])).normal()
    result = _as_model(_taylor(function.balls, algebraic.range().union(arb(start)), chart.order)[-1], chart)
    for c in reversed(_outer_coefficients(function, start, chart.order)):
        result = result * offset + c
    if model.small is None:
        return result
    slope = _taylor(function.balls, algebraic.range().union(model.range()), 1)[1]
    return result + Model(chart, 0, (), small=model.small.scaled(slope))


def _outer_coefficients(function: Outer, start: Number, order: int) -> list[Number]:
    if _is_zero(start) and function.exact is not None:
        return coefficients(function.exact(fmpq_series([0, 1], prec=order)), order)
    found = _taylor(function.balls, arb(start), order)[:-1]
    if _is_zero(start) and function.parity is not None:
        return [c if j % 2 == function.parity else _ZERO for j, c in enumerate(found)]
    return found


def _taylor(function: Unary, at: arb, order: int) -> list[arb]:
    try:
        found = coefficients(function(arb_series([at, 1], order + 1)), order + 1)
    except (ValueError, ZeroDivisionError):
        found = [arb.nan()]
    if not all(c.is_finite() for c in found):
        raise UnsupportedError("a function is not analytic on the range of its argument")
    return found


_OUTER: dict[Any, Outer] = {
    sympy.exp: Outer(SERIES.functions[sympy.exp], fmpq_series.exp),
    sympy.tanh: Outer(SERIES.functions[sympy.tanh], fmpq_series.tanh),
    sympy.atan: Outer(SERIES.functions[sympy.atan], fmpq_series.atan),
    sympy.sin: Outer(SERIES.functions[sympy.sin], fmpq_series.sin),
    sympy.cos: Outer(SERIES.functions[sympy.cos], fmpq_series.cos),
    sympy.sinh: Outer(SERIES.functions[sympy.sinh], fmpq_series.sinh),
    sympy.cosh: Outer(SERIES.functions[sympy.cosh], fmpq_series.cosh),
    sympy.sech: Outer(SERIES.functions[sympy.sech], lambda s: 1 / s.cosh()),
    sympy.asinh: Outer(SERIES.functions[sympy.asinh], fmpq_series.asinh),
    sympy.erf: Outer(SERIES.functions[sympy.erf], parity=1),
    sympy.log: Outer(SERIES.functions[sympy.log]),
}


def _direction(model: Model) -> int:
    """The sign of an infinite limit; raises where it is not decided."""
    sign = model.sign()
    if sign == 0:
        raise UnsupportedError("the sign of an infinite limit is not decided")
    return sign


def _power(exponent: sympy.Rational) -> Unary:
    """(c u^v (1 + w))^e = c^e u^(v e) (1 + w)^e with w(0) = 0; whole powers >= 0 of anything by multiplication."""
    q, constant = Fraction(int(exponent.p), int(exponent.q)), BALL.power(exponent, False)
    analytic = SERIES.power(exponent, False)
    root = Outer(lambda s: analytic(1 + s), lambda s: ((1 + s).log() * fmpq(q.numerator, q.denominator)).exp())

    def power(base: Model) -> Model:
        shift, head = q * base.shift, base.coefficients[0] if base.coefficients else _ZERO
        if not base.vanishes and not arb(head).contains(0) and shift.denominator == 1:
            small = base.small and base.small.scaled(_ONE, -base.degree)
            relative = replace(base, shift=0, small=small) * (1 / head)
            relative = replace(relative, coefficients=(_ZERO, *relative.coefficients[1:])).normal()
            scale = _rational_power(head, q) if isinstance(head, fmpq) else None
            if scale is None:
                scale = constant(arb(head))
            return compose(root, relative) * Model(base.chart, int(shift), (scale,))
        if q.denominator == 1 and q >= 0:
            result = _as_model(_ONE, base.chart)
            for _ in range(int(q)):
                result = result * base
            return result
        if base.vanishes and base.small is not None and base.small.sign() > 0 and (q > 0 or base.small.lower > 0):
            return replace(base, small=_small_power(base.small, q))
        if base.vanishes and base.small is not None and base.small.upper < 0 and q == -1:
            return -power(-base)
        raise UnsupportedError(f"a power {q} of a function whose leading term is not known")

    return power


def _rational_power(base: fmpq, q: Fraction) -> fmpq | None:
    """base^q where that is rational."""
    value = sympy.Rational(int(base.p), int(base.q)) ** sympy.Rational(q.numerator, q.denominator)
    return fmpq(int(value.p), int(value.q)) if isinstance(value, sympy.Rational) else None


def _small_power(small: Small, q: Fraction) -> Small:
    """The power of a positive function; q < 0 exchanges the bounds."""
    ends = (small.lower, small.upper) if q > 0 else (small.upper, small.lower)
    low, high = (arb(0) if end.is_zero() else _power_of(end, q) for end in ends)
    exponent = tuple((d, c * q) for d, c in small.exponent)
    return Small(low.lower().max(arb(0)), high.upper(), True, small.degree * q, exponent)


def _exp(model: Model) -> Model:
    """exp(w(t) + B) = exp(w(t)) exp(B), w the part that tends to +-oo; where its coefficients are not rational, a bound."""
    if not model.infinite:
        return _finite_exp(model)
    if model.chart.power > 0:
        raise UnsupportedError("exp of a function that has no bound at 0")
    polar = model.coefficients[: -model.shift] if model.shift < 0 else ()
    if _is_zero(model.remainder):
        polar += (_ZERO,) * (-model.shift - len(polar))
    if polar and len(polar) == -model.shift and all(isinstance(c, fmpq) for c in polar):
        exponent = [(Fraction(model.shift + j, model.chart.power), _fraction(c)) for j, c in enumerate(polar)]
        rest = replace(model, shift=0, coefficients=model.coefficients[-model.shift :]).range().exp()
        size = Small(rest.lower(), rest.upper(), True)
    elif _direction(model) < 0:
        degree, rate, size = _decay_rate(model)
        exponent = [(degree, -rate)]
    else:
        raise UnsupportedError("exp of a function that tends to +oo")
    return Model(model.chart, 0, (), small=replace(size, exponent=_combine(tuple(exponent), (), 1)))


def _decay_rate(model: Model) -> tuple[Fraction, Fraction, Small]:
    """(d, c, size) with exp(model) <= size exp(-c t^d), c > 0, for a negative function without bound."""
    if not model.vanishes:
        rest = arb(1) if model.small is None else model.small.reach(model.chart).exp()
        return model.degree, as_fraction((-model.reduced_range()).lower()), Small(arb(0), rest.upper(), True)
    assert model.small is not None
    falling = _peak(1 - model.small.degree, _combine((), model.small.exponent, -1), model.chart)
    if falling is None or not model.small.upper < 0:
        raise UnsupportedError("a rate of decay was not found")
    return Fraction(1), as_fraction((-model.small.upper / falling).lower()), Small(arb(0), arb(1), True)


def _finite_exp(model: Model) -> Model:
    """exp(c + w) = exp(c) exp(w), so that the series of exp(w) is exact."""
    if model.shift > 0 or not model.coefficients or _is_zero(model.coefficients[0]):
        return compose(_OUTER[sympy.exp], model)
    head = arb(model.coefficients[0])
    offset = replace(model, coefficients=(_ZERO, *model.coefficients[1:])).normal()
    return compose(_OUTER[sympy.exp], offset) * head.exp()


def _fraction(number: fmpq) -> Fraction:
    return Fraction(int(number.p), int(number.q))


_inverse = _power(sympy.Integer(-1))


def _decay(model: Model) -> Model:
    return _exp(model * fmpq(-2))


def _erfc_far(model: Model) -> Model:
    """erfc z = exp(-z^2)/(sqrt(pi) z) (1 - theta/(2 z^2)), 0 < theta < 1, for z > 0 (Abramowitz and Stegun 7.1.24)."""
    inverse = _inverse(model)
    correction = 1 - (inverse * inverse).range() * arb(0).union(arb(1)) / 2
    return _exp(-(model * model)) * inverse * (correction / arb.pi().sqrt())


def _far_sinh_inverse(model: Model, sign: int) -> Model:
    """2 exp(-z)/(1 + sign exp(-2 z)): sech for +1, csch for -1."""
    return _exp(-model) * _inverse(_ONE + _decay(model) * fmpq(sign)) * fmpq(2)


_FAR: dict[Any, tuple[int, Unary]] = {  # parity, and the function for z -> +oo
    sympy.tanh: (1, lambda z: (_ONE - _decay(z)) * _inverse(_ONE + _decay(z))),
    sympy.atan: (1, lambda z: arb.pi() / 2 - compose(_OUTER[sympy.atan], _inverse(z))),
    sympy.erf: (1, lambda z: _ONE - _erfc_far(z)),
    sympy.sech: (0, lambda z: _far_sinh_inverse(z, 1)),
    sympy.sinh: (1, lambda z: (_exp(z) - _exp(-z)) * fmpq(1, 2)),
    sympy.cosh: (0, lambda z: (_exp(z) + _exp(-z)) * fmpq(1, 2)),
    sympy.sin: (1, lambda z: Model(z.chart, 0, (), small=Small(arb(-1), arb(1), False))),
    sympy.cos: (0, lambda z: Model(z.chart, 0, (), small=Small(arb(-1), arb(1), False))),
}


def _function(name: Any) -> Unary:
    """The function of a model: by Taylor's formula at finite arguments, by its entry in `_FAR` at infinite ones."""

    def function(model: Model) -> Model:
        if not model.infinite or name not in _FAR:
            return compose(_OUTER[name], model)
        parity, far = _FAR[name]
        if _direction(model) > 0:
            return far(model)
        return -far(-model) if parity else far(-model)

    return function


def _csch(model: Model) -> Model:
    if not model.infinite:
        return _inverse(compose(_OUTER[sympy.sinh], model))
    return _far_sinh_inverse(model, -1) if _direction(model) > 0 else -_far_sinh_inverse(-model, -1)


def _erfc(model: Model) -> Model:
    if model.infinite and _direction(model) > 0:
        return _erfc_far(model)
    return _ONE - _function(sympy.erf)(model)


def _sign(model: Model) -> int:
    """The sign of the function of a model; 0 only where it vanishes."""
    sign = model.sign()
    if sign == 0 and not (model.vanishes and model.small is None):
        raise UnsupportedError("the sign of an argument is not decided")
    return sign


def _choice(direction: int) -> Callable[[Any, Any], Any]:
    """max (1) or min (-1), where the sign of the difference is known."""

    def choose(one: Any, two: Any) -> Any:
        difference = one - two
        if isinstance(difference, Model):
            sign = _sign(difference)
        elif difference == 0 or difference > 0 or difference < 0:
            sign = int(difference > 0) - int(difference < 0)
        else:
            raise UnsupportedError("two constants could not be told apart")
        return one if sign in (0, direction) else two

    return choose


_FUNCTIONS: dict[Any, Unary] = {
    **{name: _function(name) for name in _OUTER},
    sympy.exp: _exp,
    sympy.coth: lambda z: _inverse(_function(sympy.tanh)(z)),
    sympy.csch: _csch,
    sympy.erfc: _erfc,
    sympy.Abs: lambda z: -z if _sign(z) < 0 else z,
    sympy.sign: lambda z: fmpq(_sign(z)),
    sympy.Heaviside: lambda z: fmpq(1 + _sign(z), 2),
}


def _lifted(of_model: Unary, of_ball: Unary) -> Unary:
    """Constants inside an expression are numbers, not models."""
    return lambda value: of_model(value) if isinstance(value, Model) else of_ball(arb(value))


def _rational(number: sympy.Rational) -> Callable[[], fmpq]:
    exact = fmpq(int(number.p), int(number.q))
    return lambda: exact


MODEL = Arithmetic(
    name="model",
    rational=_rational,
    pi=BALL.pi,
    e=BALL.e,
    functions={name: _lifted(function, BALL.functions[name]) for name, function in _FUNCTIONS.items()},
    power=lambda exponent, nonnegative: _lifted(_power(exponent), BALL.power(exponent, nonnegative)),
    maximum=_choice(1),
    minimum=_choice(-1),
)
