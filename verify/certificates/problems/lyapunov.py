"""The Lyapunov exponent: 2 lambda_N = psi(N/2) - log tau + sum_(m >= 1) (-1)^(m-1) tau^m/(m (N/2)_m), tau = N/(2 s^2)."""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import product

import sympy
from flint import arb, ctx

from theory.gains import lyapunov
from theory.rounding import as_ball, endpoints
from verify.certificates.checker import Condition, Fact, Integral, Positive
from verify.certificates.problem import Numbers, Problem, constant
from verify.certificates.problems.calibration import kept
from verify.certificates.terms import T, Term, call, hypergeometric, number, power, total
from verify.checker import exponent

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


# --- the Laplace form -------------------------------------------------------------------------------------------------


def laplace(noises: Sequence[Fraction], widths: Sequence[int]) -> Problem:
    """2 lambda_N, its Laplace form E_1(tau) + I and the stated ball lie between the same two numbers, 10^-30 apart (relative).

    I = int_0^1 (1 - (1-v)^(b-1))/v e^(-tau v) dv, b = N/2. For even N the quotient is the sum of (1-v)^j, j < b - 1, and
    integration by parts gives I; for odd N, 1 - v = t^2 makes the integrand smooth, and I is left to a quadrature.
    """

    def conditions(stated: Callable[[arb, int], arb], numbers: Numbers) -> Iterator[Condition]:
        for noise, width in product(noises, widths):
            where = f"s = {noise}, N = {width}"
            low, high = numbers[f"low, {where}"], numbers[f"high, {where}"]
            with ctx.workprec(_BALL_BITS):
                least, most = endpoints(2 * stated(as_ball(noise), width))
            narrow = 0 < high - low < _CLOSE * min(abs(low), abs(high))
            yield Fact(f"the stated number lies in a narrow bracket, {where}", narrow and low < least <= most < high)
            value, tau = doubled_exponent(noise, Fraction(width)), width / (2 * noise**2)
            yield constant(f"2 lambda is not less, {where}", value - number(low))
            yield constant(f"2 lambda is not more, {where}", number(high) - value)
            rest = exponential_integral(tau)
            if width % 2 == 0:
                form = rest + integrated_by_parts(tau, width // 2 - 1)
                yield constant(f"the Laplace form is not less, {where}", form - number(low))
                yield constant(f"the Laplace form is not more, {where}", number(high) - form)
            else:
                integrand = laplace_integrand(tau, width)
                yield Integral(f"the Laplace form is not less, {where}", integrand, _ONE, number(low) - rest)
                yield Integral(f"the Laplace form is not more, {where}", -integrand, _ONE, rest - number(high))

    def numbers(_: Callable[[arb, int], arb]) -> Numbers:
        found = {}
        for noise, width in product(noises, widths):
            with ctx.workprec(_BALL_BITS):
                low, high = endpoints(2 * exponent.exponent(as_ball(noise), arb(width)))
            slack = _CLOSE / 3 * min(abs(low), abs(high))
            found[f"low, s = {noise}, N = {width}"], found[f"high, s = {noise}, N = {width}"] = low - slack, high + slack
        return found

    return Problem(lambda stated, given: list(conditions(stated, given)), numbers)


_BALL_BITS = 256  # of the stated ball


def exponential_integral(tau: Fraction) -> Term:
    """E_1(tau) = psi(1) - log tau + tau 2F2(1, 1; 2, 2; -tau), tau > 0: as -psi(1) is Euler's constant."""
    rest = hypergeometric((_ONE,), (Fraction(2), Fraction(2)), number(-tau))
    return call("digamma", number(1)) - call("log", number(tau)) + number(tau) * rest


def integrated_by_parts(tau: Fraction, count: int) -> Term:
    """The integral of sum_(j < count) (1-v)^j e^(-tau v): I_0 = (1 - e^-tau)/tau and I_j = (1 - j I_(j-1))/tau."""
    rational = decaying = Fraction(0)  # I_j = rational - decaying e^-tau
    sums = [Fraction(0), Fraction(0)]
    for j in range(count):
        rational, decaying = (1 - j * rational) / tau, (Fraction(j == 0) - j * decaying) / tau
        sums = [sums[0] + rational, sums[1] + decaying]
    return number(sums[0]) - number(sums[1]) * call("exp", number(-tau))


def laplace_integrand(tau: Fraction, width: int) -> Term:
    """2 t (1 - t^(N-2))/(1 - t^2) e^(-tau (1-t^2)) for odd N: the quotient is -1/(1+t), or (t + ... + t^(N-2))/(1+t)."""
    powers = total(*(power(T, Fraction(j)) for j in range(1, width - 1))) if width > 1 else number(-1)
    weight = call("exp", number(tau) * (power(T, Fraction(2)) - number(1)))
    return number(2) * powers / (number(1) + T) * weight
