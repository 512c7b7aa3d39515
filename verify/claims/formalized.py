"""The functions that have formal theorems of their own, and the checks of claims about them."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import sympy
from sympy import Abs, Rational, atan, coth, erf, exp, pi, sqrt, tanh

from theory.activation import Activation, x
from verify import formal_evidence
from verify.claim import Check
from verify.methods import identity_verdict
from verify.verdict import Proved, Refuted


@dataclass(frozen=True)
class Formalized:
    """What `theorems` say, read into SymPy: `function` is an odd sigmoid with critical gain `omega`."""

    function: sympy.Expr
    omega: sympy.Expr
    theorems: tuple[str, ...]


_ONE = sympy.Integer(1)
_ALL = (
    Formalized(tanh(x), _ONE, ("tanh_is_a_member",)),
    Formalized(erf(x), sqrt(pi) / 2, ("erf_is_a_member",)),
    Formalized(atan(x), _ONE, ("arctan_is_a_member",)),
    Formalized(2 / pi * atan(pi / 2 * x), _ONE, ("arctan_unit_is_a_member",)),
    Formalized(x / (1 + Abs(x)), _ONE, ("softsign_is_a_member",)),
    Formalized(x / sqrt(1 + x**2), _ONE, ("algebraic_is_a_member",)),
    Formalized(2 * atan(tanh(x / 2)), _ONE, ("gudermannian_is_a_member",)),
    Formalized(2 / (1 + exp(-x)) - 1, _ONE * 2, ("logistic_is_a_member",)),
    Formalized(coth(x) - 1 / x, _ONE * 3, ("langevin_is_a_member",)),
    Formalized(x / (1 + Abs(x) ** 3) ** Rational(1, 3), _ONE, ("family_members",)),
    Formalized(x / (1 + Abs(x) ** Rational(1, 2)) ** 2, _ONE, ("family_members",)),
    Formalized(2 * tanh(3 * x), Rational(1, 6), ("tanh_is_a_member", "scaling")),
)
_BY_FUNCTION = {formalized.function: formalized for formalized in _ALL}


def membership(f: Activation) -> tuple[Check, ...]:
    """Of a claim whose subject is the activation itself; the theorems exclude f(x) - c x, c > 0, too."""
    found = _BY_FUNCTION.get(f.expression)
    if found is None:
        return ()

    def agrees(subject: Activation) -> bool | None:
        tilt = (found.function - subject.expression) / x
        return True if tilt == 0 else False if isinstance(tilt, sympy.Rational) and tilt > 0 else None

    return (formal_evidence.instance_check(agrees, proves=found.theorems, refutes=("tilted_functions_are_no_members",)),)


def critical_gain(f: Activation) -> tuple[Check, ...]:
    """Of a claim whose subject is omega."""
    found = _BY_FUNCTION.get(f.expression)
    return () if found is None else (formula(found.omega, {}, proves=found.theorems, refutes=("gain_is_unique",)),)


def pitchfork(f: Activation) -> tuple[Check, ...]:
    """Of a claim whose subject is the gain beyond which there are three fixed points, and up to which there is one."""
    found = _BY_FUNCTION.get(f.expression)
    if found is None:
        return ()
    proves = (*found.theorems, "members_are_in_the_weak_class", "pitchfork")
    return (formula(found.omega, {}, proves=proves, refutes=("fixed_points_tell_omega",)),)


def formula(
    stated: sympy.Expr, sample: Mapping[sympy.Symbol, int | Fraction], *, proves: tuple[str, ...], refutes: tuple[str, ...] = ()
) -> Check:
    """Of a claim whose subject is a formula: `stated` is what the theorems say; see `identity_verdict` for the sample."""

    def agrees(subject: sympy.Expr) -> bool | None:
        verdict = identity_verdict(subject - stated, sample, "")
        return True if isinstance(verdict, Proved) else False if isinstance(verdict, Refuted) else None

    return formal_evidence.instance_check(agrees, proves=proves, refutes=refutes)
