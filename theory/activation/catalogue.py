"""The catalogue A2: the activations that the theory is tested on, each written once.

Where the defining expression cancels near 0 or overflows far out, a `FloatForm` stands beside it for the float
arithmetics. The rigorous arithmetics always evaluate the defining expression.
"""

from fractions import Fraction

import sympy
from sympy import Abs, Rational, atan, coth, erf, exp, pi, sqrt, tanh

from theory.activation.exponential import taylor_at_zero
from theory.activation.expression import Activation, Condition, FloatForm, t, x

_ONE = sympy.Integer(1)


def family(k: int | Fraction | sympy.Rational) -> Activation:
    """x/(1+|x|^k)^(1/k), k > 0 rational: softsign is k = 1, the algebraic sigmoid k = 2 (THEORY A2, B3).

    Far out the float form is (1+t^-k)^(-1/k), which cannot overflow. For k < 1 torch's autograd gives nan at exactly 0,
    where it multiplies 0 by the infinite slope of t^k; `derivative()` gives 1 there.
    """
    k = sympy.Rational(k)
    if not k > 0:
        raise ValueError(f"k={k}: must be > 0")
    form = FloatForm(near=t * (1 + t**k) ** (-1 / k), far=(1 + t**-k) ** (-1 / k), split=_ONE)
    return Activation(x / (1 + Abs(x) ** k) ** (1 / k), f"family({k})", float_form=form)


def _softsign() -> Activation:
    form = FloatForm(near=t / (1 + t), far=1 / (1 + 1 / t), split=_ONE)
    return Activation(x / (1 + Abs(x)), "softsign", float_form=form)


def _algebraic() -> Activation:
    form = FloatForm(near=t / sqrt(1 + t**2), far=1 / sqrt(1 + t**-2), split=_ONE)
    return Activation(x / sqrt(1 + x**2), "algebraic", float_form=form)


def _logistic() -> Activation:
    """2/(1+exp(-x)) - 1 = tanh(x/2); the second form neither cancels at 0 nor overflows."""
    form = FloatForm(near=tanh(t / 2), far=tanh(t / 2), split=_ONE)
    return Activation(2 / (1 + exp(-x)) - 1, "logistic", float_form=form)


def _arctan(c: sympy.Expr, k: sympy.Expr, name: str) -> Activation:
    """c arctan(k x), far out as c (pi/2 - arctan(1/(k x))): its derivatives fall like powers of 1/x without overflow."""
    form = FloatForm(near=c * atan(k * t), far=c * (pi / 2 - atan(1 / (k * t))), split=1 / k)
    return Activation(c * atan(k * x), name, float_form=form)


def _langevin() -> Activation:
    """coth x - 1/x, near 0 by its Taylor polynomial: radius pi, so degree 39 on [0, 1] leaves pi^-40 = 1e-20."""
    expression = coth(x) - 1 / x
    coefficients = taylor_at_zero(expression, x, 39)
    assert coefficients is not None
    near = sum(Rational(c.numerator, c.denominator) * t**n for n, c in enumerate(coefficients))
    form = FloatForm(near=near, far=coth(t) - 1 / t, split=_ONE)
    return Activation(expression, "langevin", float_form=form)


tanh_ = Activation(tanh(x), "tanh")
erf_ = Activation(erf(x), "erf")
arctan = _arctan(_ONE, _ONE, "arctan")
arctan_unit = _arctan(2 / pi, pi / 2, "arctan_unit")
softsign = _softsign()
algebraic = _algebraic()
gudermannian = Activation(2 * atan(tanh(x / 2)), "gudermannian")
logistic = _logistic()
langevin = _langevin()

CATALOGUE: dict[str, Activation] = {
    activation.name: activation
    for activation in (
        tanh_,
        erf_,
        arctan,
        arctan_unit,
        softsign,
        algebraic,
        gudermannian,
        logistic,
        langevin,
    )
}


def recognize(expression: sympy.Expr, domain: tuple[Condition, ...] = ()) -> Activation:
    """An `Activation` that has the float form of the catalogue member that is written exactly so, if there is one."""
    forms = (member.float_form for member in CATALOGUE.values() if member.expression == expression)
    return Activation(expression, float_form=next(forms, None), domain=domain)
