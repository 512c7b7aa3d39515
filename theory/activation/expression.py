"""`Activation`: one SymPy expression in a real symbol that evaluates itself in any arithmetic."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Literal, NamedTuple

import mpmath
import sympy
from flint import arb, arb_series

from theory.activation import floats
from theory.activation.arithmetic import Arithmetic, evaluate, kind_of
from theory.activation.balls import BALL, SERIES, coefficients
from theory.activation.exponential import taylor_at_zero
from theory.activation.models import rational_coefficients
from theory.activation.samples import MPMATH
from theory.activation.taylor import NoTaylorError, taylor_at_zero_plus

x = sympy.Symbol("x", real=True)
t = sympy.Symbol("t", positive=True)  # a point of the half line (0, oo)


# The slope of each function, in a form that does not cancel: tanh' = sech^2, not 1 - tanh^2. Off kinks and jumps.
_SLOPES: dict[Any, Callable[[sympy.Expr], sympy.Expr]] = {
    sympy.exp: sympy.exp,
    sympy.log: lambda u: 1 / u,
    sympy.sin: sympy.cos,
    sympy.cos: lambda u: -sympy.sin(u),
    sympy.sinh: sympy.cosh,
    sympy.cosh: sympy.sinh,
    sympy.tanh: lambda u: sympy.sech(u) ** 2,
    sympy.coth: lambda u: -(sympy.csch(u) ** 2),
    sympy.sech: lambda u: -sympy.sech(u) * sympy.tanh(u),
    sympy.csch: lambda u: -sympy.csch(u) * sympy.coth(u),
    sympy.atan: lambda u: 1 / (1 + u**2),
    sympy.asinh: lambda u: 1 / sympy.sqrt(1 + u**2),
    sympy.erf: lambda u: 2 / sympy.sqrt(sympy.pi) * sympy.exp(-(u**2)),
    sympy.erfc: lambda u: -2 / sympy.sqrt(sympy.pi) * sympy.exp(-(u**2)),
    sympy.Abs: sympy.sign,
    sympy.sign: lambda _: sympy.Integer(0),
    sympy.Heaviside: lambda _: sympy.Integer(0),
}


@cache
def differentiate(expression: sympy.Expr, symbol: sympy.Symbol) -> sympy.Expr:
    """d expression / d symbol, off kinks and jumps, node by node with the slopes above.

    SymPy's own `diff` is asked for nodes that are not in the table only: it may expand (t + pi)^60 to find out signs.
    """
    known: dict[sympy.Basic, sympy.Expr] = {}

    def visit(node: sympy.Expr) -> sympy.Expr:
        if node not in known:
            known[node] = _derivative(node, symbol, visit)
        return known[node]

    return visit(expression)


def _derivative(node: sympy.Expr, symbol: sympy.Symbol, visit: Callable[[sympy.Expr], sympy.Expr]) -> sympy.Expr:
    if symbol not in node.free_symbols:
        return sympy.Integer(0)
    if node == symbol:
        return sympy.Integer(1)
    if node.is_Add:
        return sympy.Add(*map(visit, node.args))
    if node.is_Mul:
        varying = ((n, u) for n, u in enumerate(node.args) if u.has(symbol))  # a factor 0 would make SymPy ask for signs
        return sympy.Add(*(sympy.Mul(*node.args[:n], visit(u), *node.args[n + 1 :]) for n, u in varying))
    if isinstance(node, sympy.Pow) and symbol not in node.exp.free_symbols:
        return node.exp * node.base ** (node.exp - 1) * visit(node.base)
    if isinstance(node, sympy.Max | sympy.Min):
        first, rest = node.args[0], node.func(*node.args[1:])
        direction = 1 if isinstance(node, sympy.Max) else -1
        step = sympy.Heaviside(direction * (first - rest), sympy.Rational(1, 2))
        return step * visit(first) + (1 - step) * visit(rest)
    if node.func in _SLOPES:
        return _SLOPES[node.func](node.args[0]) * visit(node.args[0])
    return sympy.diff(node, symbol)


def substitute(expression: sympy.Expr, symbol: sympy.Symbol, value: sympy.Expr) -> sympy.Expr:
    """expression at symbol = value; nan where SymPy finds no value or cannot compare one."""
    try:
        return expression.subs(symbol, value)
    except (ValueError, TypeError, ZeroDivisionError):
        return sympy.nan


@dataclass(frozen=True)
class FloatForm:
    """A form of an odd or even function for floats: `near` on [0, split], `far` beyond, both in the symbol t > 0.

    The value at x is ``near(|x|)`` or ``far(|x|)``, times sign(x) where `odd`. It stands beside the defining expression
    and is tested against it; each branch must neither cancel nor overflow where it is used.
    """

    near: sympy.Expr
    far: sympy.Expr
    split: sympy.Expr
    odd: bool = True

    def derivative(self) -> "FloatForm":
        return FloatForm(differentiate(self.near, t), differentiate(self.far, t), self.split, not self.odd)

    def rescaled(self, c: sympy.Expr, k: sympy.Expr) -> "FloatForm":
        """The form of c f(k x), k > 0."""
        return FloatForm(c * self.near.subs(t, k * t), c * self.far.subs(t, k * t), self.split / k, self.odd)


class Condition(NamedTuple):
    """What must hold of `expression` for the function to be defined at x (x = 0 apart, where a gap may be filled)."""

    expression: sympy.Expr
    kind: Literal["positive", "nonnegative", "nonzero"]


class Activation:
    """A real function of one real variable, written once as a SymPy expression.

    Calling it with a SymPy, mpmath, `flint.arb`, `flint.arb_series`, NumPy or torch value evaluates it in that
    arithmetic, elementwise for arrays, and returns the same kind; a Python number or NumPy scalar gives a float. A removable
    singularity at 0 is filled by its limit, see `at_zero`.

    Parameters
    ----------
    expression: in the symbol `x`; floats inside it are refused, because they are not exact.
    name: how to call it in tables; the expression itself by default.
    float_form: a stabler form for the float arithmetics, see `FloatForm`.
    domain: conditions under which the expression was written, see `Condition`; SymPy may have cancelled them out of it.

    Raises `ValueError` if the expression holds another symbol or a float. Source: digest, Mechanism 1.
    """

    def __init__(
        self,
        expression: sympy.Expr,
        name: str | None = None,
        *,
        float_form: FloatForm | None = None,
        domain: tuple[Condition, ...] = (),
    ) -> None:
        strangers = expression.free_symbols - {x}
        if strangers:
            raise ValueError(f"expression={expression}: holds {strangers}; use the symbol theory.x only")
        if expression.has(sympy.Float):
            raise ValueError(f"expression={expression}: holds a float; write numbers exactly, as Rational(1, 10)")
        self.expression = expression
        self.name = name or str(expression)
        self.float_form = float_form
        self.domain = domain

    def __repr__(self) -> str:
        return f"Activation({self.expression}, name={self.name!r})"

    def __call__(self, value: Any) -> Any:
        evaluators: dict[str, Callable[[Any], Any]] = {
            "sympy": self._at_symbolic,
            "ball": self._at_ball,
            "series": lambda series: evaluate(self.expression, {x: series}, SERIES),
            "mpmath": self._at_mpf,
            "numpy": self._at_array,
            "torch": self._at_tensor,
        }
        return evaluators[kind_of(value)](value)

    @cached_property
    def half_line(self) -> sympy.Expr:
        """The expression on (0, oo), in the symbol `t`, where |t| = t: kinks at 0 disappear."""
        return self.expression.subs(x, t)

    @cached_property
    def at_zero(self) -> sympy.Expr | None:
        """The limit at 0 where the expression has a removable singularity there (coth x - 1/x), otherwise None."""
        if substitute(self.expression, x, sympy.Integer(0)).is_finite:
            return None
        right, left = (_limit_at_zero(substitute(self.expression, x, side)) for side in (t, -t))
        return right if right is not None and right == left else None

    def derivative(self, order: int = 1) -> "Activation":
        """The derivative of the given order (off kinks), from the same expression, in the same arithmetics."""
        if order < 0:
            raise ValueError(f"order={order}: must be >= 0")
        result = self
        for _ in range(order):
            result = result._derivative
        return result

    @cached_property
    def _derivative(self) -> "Activation":
        form = self.float_form and self.float_form.derivative()
        return Activation(differentiate(self.expression, x), f"({self.name})'", float_form=form)

    def rescaled(self, c: sympy.Expr | int = 1, k: sympy.Expr | int = 1) -> "Activation":
        """x -> c f(k x), k > 0 (THEORY A2: it stays odd-sigmoid for c > 0, and omega becomes omega / (c k))."""
        c, k = sympy.sympify(c), sympy.sympify(k)
        if not k.is_positive:
            raise ValueError(f"k={k}: must be > 0; f is odd, so put the sign into c")
        form = self.float_form and self.float_form.rescaled(c, k)
        return Activation(c * self.expression.subs(x, k * x), f"{c}*{self.name}({k}*x)", float_form=form)

    def taylor(self, ball: arb, order: int) -> list[arb]:
        """Enclosures of f^(n)(y)/n!, n = 0..order, valid for every y in `ball`, without SymPy's derivatives.

        All are nan where `ball` may hold a pole of a part of the expression.
        """
        try:
            return coefficients(self(arb_series([ball, 1], order + 1)), order + 1)
        except (ValueError, ZeroDivisionError):  # a series is divided by one that may start with 0
            return [arb.nan()] * (order + 1)

    # One evaluator an arithmetic.

    def _at_symbolic(self, value: sympy.Expr) -> sympy.Expr:
        if value == 0 and self.at_zero is not None:
            return self.at_zero
        return self.expression.subs(x, value)

    def _at_ball(self, value: arb) -> arb:
        if value.is_zero() and self.at_zero is not None:
            return evaluate(self.at_zero, {}, BALL)
        return evaluate(self.expression, {x: value}, BALL)

    def _at_mpf(self, value: mpmath.mpf) -> mpmath.mpf:
        if value == 0 and self.at_zero is not None:
            return evaluate(self.at_zero, {}, MPMATH)
        if value == 0:
            return evaluate(self.expression, {x: value}, MPMATH)
        return steady(lambda: evaluate(self.expression, {x: value}, MPMATH))

    def _at_array(self, value: Any) -> Any:
        import numpy

        array = numpy.asarray(value, dtype=None if isinstance(value, numpy.generic | numpy.ndarray) else float)
        if array.dtype.kind not in "fiu":
            raise TypeError(f"value of dtype {array.dtype}: pass real numbers")
        if array.dtype.kind != "f":
            array = array.astype(float)
        with numpy.errstate(all="ignore"):
            result = self._in_floats(array, floats.numpy_(), numpy)
            result = numpy.broadcast_to(result, array.shape).astype(array.dtype)
        return result if isinstance(value, numpy.ndarray) else float(result)

    def _at_tensor(self, value: Any) -> Any:
        import torch

        return self._in_floats(value, floats.torch_(), torch)

    def _in_floats(self, value: Any, arithmetic: Arithmetic, xp: Any) -> Any:
        form = self.float_form
        if form is None:
            result = evaluate(self.expression, {x: value}, arithmetic)
            if getattr(result, "shape", None) != value.shape:  # a constant
                result = xp.zeros_like(value) + result
            return result if self.at_zero is None else xp.where(value == 0, float(self.at_zero), result)
        size, split = xp.where(value < 0, -value, value), float(form.split)  # autograd: slope 1 at 0, where abs has 0
        near = evaluate(form.near, {t: size.clip(max=split)}, arithmetic)
        far = evaluate(form.far, {t: size.clip(min=split)}, arithmetic)
        result = xp.where(size <= split, near, far) + xp.zeros_like(value)
        return xp.where(value < 0, -result, result) if form.odd else result


def _limit_at_zero(expression: sympy.Expr) -> sympy.Expr | None:
    """The limit for t -> 0+ by exact expansion, or None."""
    rationals = taylor_at_zero(expression, t, 0)
    if rationals is not None:
        return sympy.Rational(rationals[0].numerator, rationals[0].denominator)
    try:
        return taylor_at_zero_plus(expression, t, 0)[0]
    except NoTaylorError:
        found = rational_coefficients(expression, t, 0)
        return None if found is None else found[0]


def steady(compute: Callable[[], Any]) -> Any:
    """`compute()` to the full precision of `mpmath.mp`: the working precision doubles until two nonzero results agree.

    A safeguard against cancellation for the sampled method `precision`; it proves nothing. Zero is believed only after
    64-fold precision.
    """
    goal = mpmath.mp.prec
    working, previous = goal + 20, None
    while working < 64 * (goal + 20):
        with mpmath.workprec(working):
            current = compute()
            tolerance = abs(current) * mpmath.mpf(2) ** (-goal - 2)
            if previous is not None and current != 0 and abs(current - previous) <= tolerance:
                break
        previous, working = current, 2 * working
    return +current
