"""The Lyapunov exponent: 2 lambda_N = psi(N/2) - log tau + sum_(m >= 1) (-1)^(m-1) tau^m/(m (N/2)_m), tau = N/(2 s^2)."""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

import sympy
from flint import arb, ctx

from theory.gains import lyapunov
from theory.rounding import endpoints
from verify.certificates.checker import Condition, Fact, Positive
from verify.certificates.problem import Numbers, Problem, constant
from verify.certificates.problems.calibration import kept
from verify.certificates.terms import T, Term, call, hypergeometric, number

_ONE = Fraction(1)
_CLOSE = Fraction(1, 10**30)


def doubled_exponent(noise: Fraction, width: Fraction) -> Term:
    """2 lambda_N(s): the sum begins with tau/b, b = N/2, and has the ratios -tau (k+1)/((k+2) (b+k+1))."""
    tau, b = width / (2 * noise**2), width / 2
    rest = hypergeometric((_ONE,), (Fraction(2), b + 1), number(-tau))
    return call("digamma", number(b)) - call("log", number(tau)) + number(tau / b) * rest


def scaled_slope(noise: Fraction) -> Term:
    """s lambda_1'(s) = sum_k (-2z)^k/((1)(3)...(2k-1)) with z = 1/(2 s^2): ratios -z/(k + 1/2)."""
    return hypergeometric((), (Fraction(1, 2),), number(-1 / (2 * noise**2)))


def _changes_sign(function: Callable[[Fraction], Term], name: str) -> Problem:
    def conditions(noise: Fraction, _: Numbers) -> list[Condition]:
        return [
            constant(f"{name} < 0 just below", -function(noise * (1 - _CLOSE))),
            constant(f"{name} > 0 just above", function(noise * (1 + _CLOSE))),
        ]

    return Problem(conditions)


def minimum() -> Problem:
    """lambda_1' changes sign within 10^-30 of s_min; that it does so once is the equation of `gains.derivative`."""
    return _changes_sign(scaled_slope, "lambda_1'")


def zero() -> Problem:
    """lambda_1 changes sign within 10^-30 of s_c; by `gains.minimum` it does so once."""
    return _changes_sign(lambda noise: doubled_exponent(noise, _ONE), "lambda_1")


def collapse_depth(target: Fraction) -> Problem:
    """lambda_1(s) > 0 at an s < sigma*(p, L - 1), lambda_1(s) < 0 at an s > sigma*(p, L): its sign changes once, at s_c."""
    goal = number(1 - 2 * target)

    def conditions(depth: int, numbers: Numbers) -> list[Condition]:
        below, above = numbers["below s_c"], numbers["above s_c"]
        return [
            Fact("two depths", depth >= 2),
            Fact("0 < below < above", 0 < below < above),
            constant("lambda_1 > 0 at one noise", doubled_exponent(above, _ONE)),
            constant("sigma* one layer before is larger", kept(number(above), depth - 1) - goal),
            constant("lambda_1 < 0 at another", -doubled_exponent(below, _ONE)),
            constant("sigma* is smaller", goal - kept(number(below), depth)),
        ]

    return Problem(conditions, lambda _: _around_the_zero())


def collapse_target(depths: Sequence[int]) -> Problem:
    """p_c(L) = pi_L(s_c) within 10^-15 (1 - 2 p_c), with s_c between two noises at which lambda_1 has opposite signs."""

    def conditions(target: Callable[[int], arb], numbers: Numbers) -> Iterator[Condition]:
        below, above, slack = numbers["below s_c"], numbers["above s_c"], Fraction(1, 10**15)
        yield Fact("0 < below < above", 0 < below < above)
        yield constant("lambda_1 < 0 below", -doubled_exponent(below, _ONE))
        yield constant("lambda_1 > 0 above", doubled_exponent(above, _ONE))
        for depth in depths:
            with ctx.workprec(256):
                low, high = endpoints(1 - 2 * target(depth))
            yield constant(f"1 - 2 p_c is not too small, L = {depth}", number(low * (1 + slack)) - kept(number(below), depth))
            yield constant(f"1 - 2 p_c is not too large, L = {depth}", kept(number(above), depth) - number(high * (1 - slack)))

    return Problem(lambda target, given: list(conditions(target, given)), lambda _: _around_the_zero())


def _around_the_zero() -> Numbers:
    width = Fraction(1, 10**20)
    return {"below s_c": lyapunov.critical_noise() * (1 - width), "above s_c": lyapunov.critical_noise() * (1 + width)}


def least_width() -> Problem:
    """The width is 2: the Laplace form has no negative term from there, as 1 - e^-t > 0; below it, lambda_N < 0 somewhere."""

    def conditions(width: sympy.Expr, numbers: Numbers) -> list[Condition]:
        return [
            Fact("the width is 2", width == 2),
            Positive("1 - e^-t > 0", number(1) - call("exp", -T)),
            *(
                constant(f"lambda < 0 at N = {below}", -doubled_exponent(numbers[f"s at N = {below}"], below))
                for below in _BELOW
            ),
        ]

    return Problem(conditions, lambda _: {f"s at N = {below}": _negative_at(below) for below in _BELOW})


_BELOW = (_ONE, 2 - Fraction(1, 10**6))


def _negative_at(width: Fraction) -> Fraction:
    """The s with e^tau = (1 + 1/(1-b))^2, b = N/2 < 1, in doubles."""
    with ctx.workprec(64):
        real = arb(width.numerator) / width.denominator
        rate = 2 * (1 + 1 / (1 - real / 2)).log()
        return Fraction(float((real / (2 * rate)).sqrt()))
