"""Signs of terms on an interval or at an end of (0, oo), from their parts, a Taylor polynomial with remainder, or a model."""

from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from operator import sub
from typing import TypeVar

from verify.certificates import arithmetic as intervals
from verify.certificates import series
from verify.certificates.arithmetic import Interval, Unbounded, between, rational, whole
from verify.certificates.oddness import parity
from verify.certificates.series import Series
from verify.certificates.taylor_models import End, Model
from verify.certificates.terms import T, Term, derivative, log_derivative, number, slope

CLOSE = Fraction(1, 10**30)  # how far a number may be from the one that it is said to be
Value = TypeVar("Value")


class _Signs:
    """The sign of a term from the signs of its parts, where `_seen` does not have to tell; of what is defined there."""

    def sign(self, of: Term) -> int:
        """1 or -1 if the term has that sign everywhere, else 0 for not seen."""
        if of.op == "exp":
            return 1
        if of.op in ("slope", "curvature", "star"):
            found = self.sign(plainly(of)) or (self._bent(*of.args) if of.op == "curvature" else 0)
            if found:
                return found
        if of.op == "*":
            found = 1
            for argument in of.args:
                found *= self.sign(argument)
            if found:
                return found
        if of.op == "^" and self.sign(*of.args) > 0:
            return 1
        if of.op == "+":
            signs = {self.sign(argument) for argument in of.args}
            if len(signs) == 1 and 0 not in signs:
                return signs.pop()
        try:
            return self._seen(of)
        except Unbounded:
            return 0

    def _bent(self, h: Term) -> int:
        """The sign of h'' from h' and its logarithmic derivative."""
        rising = self.sign(slope(h))
        return rising * self.sign(log_derivative(derivative(h))) if rising else 0

    def _seen(self, of: Term) -> int:
        raise NotImplementedError


_KNOWN_BETTER = frozenset({"slope", "curvature", "star", "deviation", "excess"})


def plainly(of: Term) -> Term:
    """What an operation stands for of which expansions know more than its formula."""
    h = of.args[0]
    if of.op in ("slope", "curvature"):
        return derivative(h) if of.op == "slope" else derivative(derivative(h))
    if of.op == "star":
        return h - T * derivative(h)
    return of.args[1] * T - h if of.op == "deviation" else h - number(1)


def _two(of: Term, args: list[Value], negated: Value) -> tuple[Value, Value]:
    """u and v of max(u, v), min(u, v), u and -u of |u|."""
    pair = [*args, negated] if of.op == "abs" else args
    if len(pair) != 2:
        raise Unbounded(f"{of.op} of more than two")
    return pair[0], pair[1]


def _choice(op: str, difference: int) -> int:
    """Which argument |u| = max(u, -u), max(u, v), min(u, v) is, if the sign of u - v is known."""
    if difference == 0:
        raise Unbounded(f"{op} is not decided")
    return 0 if difference == (-1 if op == "min" else 1) else 1


# --- an interval ------------------------------------------------------------------------------------------------------


class OnBox(_Signs):
    """t in [low, high]: f = sum c_j s^j + R s^n, s = t - middle, R the n-th coefficient wherever t lies (Lagrange)."""

    def __init__(self, low: Fraction, high: Fraction, order: int) -> None:
        self.low, self.high, self.order = low, high, order
        self.half = (high - low) / 2
        self._exact: dict[Term, Series] = {}
        self._wide: dict[Term, Series] = {}
        self._ranges: dict[Term, Series] = {}

    def __str__(self) -> str:
        return f"[{self.low}, {self.high}]"

    def _seen(self, of: Term) -> int:
        return self.range(of).sign()

    def range(self, of: Term) -> Interval:
        """All values; where no derivatives are known, by interval arithmetic alone."""
        if self.half == 0:
            return self._crude(of)
        try:
            polynomial, rest = self.polynomial(of)
        except Unbounded:
            return self._crude(of)
        found = rest * self._power(self.order)
        for j, c in enumerate(polynomial):
            found = found + c * self._power(j)
        return found

    def _crude(self, of: Term) -> Interval:
        """By interval arithmetic alone."""
        (found,) = self._at(of, self._ranges, 0)
        return found

    def polynomial(self, of: Term) -> tuple[Series, Interval]:
        """(c_0, ..., c_(n-1)), R."""
        return self._at(of, self._exact, self.order - 1), self._at(of, self._wide, self.order)[-1]

    def integral(self, of: Term) -> Interval:
        polynomial, rest = self.polynomial(of)
        found = whole(0)
        for j, c in enumerate([*polynomial, rest]):
            size = c * rational(self.half ** (j + 1) / (j + 1))
            if j % 2 == 0:
                found = found + size + size
            elif j == self.order:  # the rest varies, so its two halves need not cancel
                found = found + size - size
        return found

    def _power(self, j: int) -> Interval:
        """The range of s^j."""
        top = self.half**j
        return between(-top if j % 2 else Fraction(0 if j else 1), top)

    def _at(self, of: Term, known: dict[Term, Series], order: int) -> Series:
        """The series of a term about the middle (`known` is `_exact`), or about every point of the box (`_wide`, `_ranges`)."""
        if of not in known:
            known[of] = self._made(of, known, order)
        return known[of]

    def _made(self, of: Term, known: dict[Term, Series], order: int) -> Series:
        zeros = [whole(0)] * order
        if of.op == "t":
            place = rational(self.low + self.half) if known is self._exact else between(self.low, self.high)
            return [place, whole(1), *zeros][: order + 1]
        if of.op in ("number", "pi"):
            return [rational(of.value) if of.op == "number" else intervals.pi(), *zeros]
        if of.op in _KNOWN_BETTER:
            return self._at(plainly(of), known, order)
        args = [self._at(argument, known, order) for argument in of.args]
        first, *others = args
        if of.op in ("+", "*"):
            found = first
            for other in others:
                found = series.add(found, other) if of.op == "+" else series.multiply(found, other)
            return found
        if of.op == "^":
            return series.power(first, of.value)
        if of.op in ("abs", "max", "min"):
            return self._chosen(of, *_two(of, args, [-c for c in first]), order)
        if of.op in ("digamma", "gamma", "hypergeometric"):
            return [_number(of, first), *zeros]
        return series.FUNCTIONS[of.op](first)

    def _chosen(self, of: Term, left: Series, right: Series, order: int) -> Series:
        """The argument that is chosen everywhere on the box; of order 0 the range is enough."""
        if order:
            difference = self._at(reduce(sub, of.args), self._wide, self.order)[0]  # u - v, or u of |u|
            return (left, right)[_choice(of.op, difference.sign())]
        (u,), (v,) = left, right
        pick = min if of.op == "min" else max
        return [Interval(pick(u.low, v.low), pick(u.high, v.high))]


def _number(of: Term, argument: Series) -> Interval:
    """A function of numbers only."""
    if not all(c.is_zero() for c in argument[1:]):
        raise Unbounded(f"{of.op} of what varies")
    if of.op == "digamma":
        return intervals.digamma(argument[0])
    if of.op == "gamma":
        return intervals.exp(intervals.log_gamma(argument[0]))
    return intervals.hypergeometric(*of.parameters, argument[0])


# --- the ends ---------------------------------------------------------------------------------------------------------


@dataclass
class AtEnd(_Signs):
    """t in (0, r] or [R, oo): the models of terms there, each made once."""

    end: End

    def __post_init__(self) -> None:
        self.not_analytic = False
        self._known: dict[Term, Model] = {}

    def __str__(self) -> str:
        return str(self.end)

    def _seen(self, of: Term) -> int:
        return self.model(of).sign()

    def model(self, of: Term) -> Model:
        if of not in self._known:
            self._known[of] = self._by_parity(of, self._made(of))
        return self._known[of]

    def _by_parity(self, of: Term, found: Model) -> Model:
        """At t = 0 an odd function that is analytic there, poles apart, has no even coefficients, an even one no odd ones.

        What is not analytic, or is not seen to be, as |t|, a root of t^2 or a function of 1/t, rules this out.
        """
        if self.end.degree != 1 or self.not_analytic or not parity(of):
            return found
        even = parity(of) == 1
        c = [one if (i % 2 == 0) == even else whole(0) for i, one in enumerate(found.c, start=found.v)]
        return Model(self.end, found.v, c, found.rest)

    def _made(self, of: Term) -> Model:
        if of.op == "t":
            return self.end.variable()
        if of.op in ("number", "pi"):
            return self.end.constant(rational(of.value) if of.op == "number" else intervals.pi())
        if of.op in _KNOWN_BETTER:
            return self._without_leading(of) if of.op in ("deviation", "excess") else self._differentiated(of)
        args = [self.model(argument) for argument in of.args]
        first, *others = args
        if of.op in ("+", "*"):
            found = first
            for other in others:
                found = found + other if of.op == "+" else found * other
            return found
        argument = first.stripped()
        if of.op == "^":
            self.not_analytic |= of.value.denominator != 1 and argument.v != 0
            return first.to_power(of.value)
        if of.op in ("abs", "max", "min"):
            self.not_analytic = True
            left, right = _two(of, args, -first)
            return (left, right)[_choice(of.op, (left + -right).sign())]
        if of.op not in series.FUNCTIONS:
            raise Unbounded(f"{of.op} of what varies")
        if argument.v >= 0:
            return argument.composed(series.FUNCTIONS[of.op])
        self.not_analytic = True
        return argument.beyond_a_pole(of.op)

    def integral(self, of: Term) -> Interval:
        """The integral over t in (0, r^degree], degree > 0: dt = degree s^(degree - 1) ds."""
        found, degree, r = self.model(of).stripped(), self.end.degree, self.end.r
        if self.end.at_infinity or found.v + degree < 1:
            raise Unbounded("an integral that may diverge")
        total = whole(0)
        for j, c in enumerate([*found.c, found.rest], start=found.v + degree):
            total = total + c * rational(degree * r**j / j)
        return total

    def _differentiated(self, of: Term) -> Model:
        """h', h'' or h - t h'. As h = sum h_n t^m, m = n/degree, their coefficients are m h_n, m (m-1) h_n and (1-m) h_n: some
        are exactly 0."""
        found, degree = self.model(plainly(of)), self.end.degree
        try:
            expansion, c = self.model(*of.args), list(found.c)
        except Unbounded:
            return found
        lost = {"slope": 1, "curvature": 2, "star": 0}[of.op]
        for i in range(len(c)):
            n = found.v + i + lost * degree
            if n - expansion.v < len(expansion.c):
                h_n, m = expansion.c[n - expansion.v] if n >= expansion.v else whole(0), Fraction(n, degree)
                factor = {"slope": m, "curvature": m * (m - 1), "star": 1 - m}[of.op]
                c[i] = c[i].meet(rational(factor) * h_n)
        return Model(self.end, found.v, c, found.rest)

    def _without_leading(self, of: Term) -> Model:
        """`deviation` and `excess` at t = 0: the coefficient of t, or the constant one, which is 1, is left out."""
        degree = self.end.degree
        found, place = self.model(of.args[0]), degree if of.op == "deviation" else 0
        if self.end.at_infinity or not found.v <= place < found.v + len(found.c):
            return self.model(plainly(of))
        c, left_out = list(found.c), found.c[place - found.v]
        c[place - found.v] = whole(0)
        expected = self.model(of.args[1]).range() if of.op == "deviation" else whole(1)
        if (rational(CLOSE) - abs(left_out - expected)).sign() != 1:
            raise Unbounded(f"{of.op}: the coefficient that is left out is not what it should be")
        kept = Model(self.end, found.v, c, found.rest)
        return -kept if of.op == "deviation" else kept
