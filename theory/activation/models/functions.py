"""Functions of models, and the arithmetic that an expression is evaluated in: Taylor's formula, and forms for infinite
arguments."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any, NamedTuple

import sympy
from flint import arb, arb_series, fmpq, fmpq_series

from theory.activation.arithmetic import Arithmetic, Unary, UnsupportedError
from theory.activation.balls import BALL, SERIES, coefficients
from theory.activation.models.model import Model, as_model
from theory.activation.models.remainder import ONE, ZERO, Number, Small, combine, is_zero, peak, power_of
from theory.rounding import as_fraction


class Outer(NamedTuple):
    """An analytic function: on series of balls, on exact rational series about 0 (if it has one), odd 1 or even 0 if it is."""

    balls: Unary
    exact: Unary | None = None
    parity: int | None = None


def compose(function: Outer, model: Model) -> Model:
    """phi(model) for phi analytic on the model's range, by Taylor's formula about its value at u = 0."""
    chart, algebraic = model.chart, replace(model, small=None)
    start, offset = ZERO, algebraic
    if model.shift == 0 and model.coefficients:
        start, offset = model.coefficients[0], replace(algebraic, coefficients=(ZERO, *model.coefficients[1:])).normal()
    result = as_model(_taylor(function.balls, algebraic.range().union(arb(start)), chart.order)[-1], chart)
    for c in reversed(_outer_coefficients(function, start, chart.order)):
        result = result * offset + c
    if model.small is None:
        return result
    slope = _taylor(function.balls, algebraic.range().union(model.range()), 1)[1]
    return result + Model(chart, 0, (), small=model.small.scaled(slope))


def _outer_coefficients(function: Outer, start: Number, order: int) -> list[Number]:
    if is_zero(start) and function.exact is not None:
        return coefficients(function.exact(fmpq_series([0, 1], prec=order)), order)
    found = _taylor(function.balls, arb(start), order)[:-1]
    if is_zero(start) and function.parity is not None:
        return [c if j % 2 == function.parity else ZERO for j, c in enumerate(found)]
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
        shift, head = q * base.shift, base.coefficients[0] if base.coefficients else ZERO
        if not base.vanishes and not arb(head).contains(0) and shift.denominator == 1:
            small = base.small and base.small.scaled(ONE, -base.degree)
            relative = replace(base, shift=0, small=small) * (1 / head)
            relative = replace(relative, coefficients=(ZERO, *relative.coefficients[1:])).normal()
            scale = _rational_power(head, q) if isinstance(head, fmpq) else None
            if scale is None:
                scale = constant(arb(head))
            return compose(root, relative) * Model(base.chart, int(shift), (scale,))
        if q.denominator == 1 and q >= 0:
            result = as_model(ONE, base.chart)
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
    low, high = (arb(0) if end.is_zero() else power_of(end, q) for end in ends)
    exponent = tuple((d, c * q) for d, c in small.exponent)
    return Small(low.lower().max(arb(0)), high.upper(), True, small.degree * q, exponent)


def _exp(model: Model) -> Model:
    """exp(w(t) + B) = exp(w(t)) exp(B), w the part that tends to +-oo; where its coefficients are not rational, a bound."""
    if not model.infinite:
        return _finite_exp(model)
    if model.chart.power > 0:
        raise UnsupportedError("exp of a function that has no bound at 0")
    polar = model.coefficients[: -model.shift] if model.shift < 0 else ()
    if is_zero(model.remainder):
        polar += (ZERO,) * (-model.shift - len(polar))
    if polar and len(polar) == -model.shift and all(isinstance(c, fmpq) for c in polar):
        exponent = [(Fraction(model.shift + j, model.chart.power), _fraction(c)) for j, c in enumerate(polar)]
        rest = replace(model, shift=0, coefficients=model.coefficients[-model.shift :]).range().exp()
        size = Small(rest.lower(), rest.upper(), True)
    elif _direction(model) < 0:
        degree, rate, size = _decay_rate(model)
        exponent = [(degree, -rate)]
    else:
        raise UnsupportedError("exp of a function that tends to +oo")
    return Model(model.chart, 0, (), small=replace(size, exponent=combine(tuple(exponent), (), 1)))


def _decay_rate(model: Model) -> tuple[Fraction, Fraction, Small]:
    """(d, c, size) with exp(model) <= size exp(-c t^d), c > 0, for a negative function without bound."""
    if not model.vanishes:
        rest = arb(1) if model.small is None else model.small.reach(model.chart).exp()
        return model.degree, as_fraction((-model.reduced_range()).lower()), Small(arb(0), rest.upper(), True)
    assert model.small is not None
    falling = peak(1 - model.small.degree, combine((), model.small.exponent, -1), model.chart)
    if falling is None or not model.small.upper < 0:
        raise UnsupportedError("a rate of decay was not found")
    return Fraction(1), as_fraction((-model.small.upper / falling).lower()), Small(arb(0), arb(1), True)


def _finite_exp(model: Model) -> Model:
    """exp(c + w) = exp(c) exp(w), so that the series of exp(w) is exact."""
    if model.shift > 0 or not model.coefficients or is_zero(model.coefficients[0]):
        return compose(_OUTER[sympy.exp], model)
    head = arb(model.coefficients[0])
    offset = replace(model, coefficients=(ZERO, *model.coefficients[1:])).normal()
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
    return _exp(-model) * _inverse(ONE + _decay(model) * fmpq(sign)) * fmpq(2)


_FAR: dict[Any, tuple[int, Unary]] = {  # parity, and the function for z -> +oo
    sympy.tanh: (1, lambda z: (ONE - _decay(z)) * _inverse(ONE + _decay(z))),
    sympy.atan: (1, lambda z: arb.pi() / 2 - compose(_OUTER[sympy.atan], _inverse(z))),
    sympy.erf: (1, lambda z: ONE - _erfc_far(z)),
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
    return ONE - _function(sympy.erf)(model)


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
