"""The noise scale sigma*(p, L) at omega = 1: pi_L(sigma) = (1 - erf(1/(sigma sqrt 2))^L)/2 rises with sigma, and is p there."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction

import sympy

from theory import calibration
from theory.calibration import L, omega, p
from theory.calibration.paper import DEEP_TARGET
from verify.certificates.checker import Condition, Fact
from verify.certificates.problem import Numbers, Problem, constant
from verify.certificates.problems.membership import exact
from verify.certificates.terms import Term, call, number, power, term_of

Star = Callable[[float, int], float]
_ROOT_HALF = power(number(Fraction(1, 2)), Fraction(1, 2))


def kept(noise: Term, depth: int) -> Term:
    """1 - 2 pi_L(sigma), which falls with sigma."""
    return power(call("erf", _ROOT_HALF / noise), Fraction(depth))


def lies_below_star(noise: Fraction, depth: int, goal: Term, where: str) -> Condition:
    """noise < sigma*, where 1 - 2p = goal."""
    return constant(f"{where}: below sigma*", kept(number(noise), depth) - goal)


def lies_above_star(noise: Fraction, depth: int, goal: Term, where: str) -> Condition:
    return constant(f"{where}: above sigma*", goal - kept(number(noise), depth))


def around_star(where: str, depth: int, goal: Term, numbers: Numbers) -> Iterator[Condition]:
    """0 < low < sigma* < high, both proposed."""
    yield Fact(f"{where}: 0 < low < high", 0 < numbers[f"low, {where}"] < numbers[f"high, {where}"])
    yield lies_below_star(numbers[f"low, {where}"], depth, goal, where)
    yield lies_above_star(numbers[f"high, {where}"], depth, goal, where)


def star_ends(where: str, target: Fraction, depth: int, digits: int = 20) -> Numbers:
    """An interval of this relative width around sigma*, by mpmath."""
    import mpmath

    with mpmath.workdps(digits + 20):
        rate = mpmath.mpf(target.numerator) / target.denominator
        found = 1 / (mpmath.sqrt(2) * mpmath.erfinv(mpmath.power(1 - 2 * rate, mpmath.mpf(1) / depth)))
        star = Fraction(mpmath.nstr(found, digits + 10))
    width = Fraction(1, 10**digits)
    return {f"low, {where}": star * (1 - width), f"high, {where}": star * (1 + width)}


# --- accuracy of the expansions --------------------------------------------------------------------------------------


def deep_accuracy(target: Fraction, stated: Mapping[tuple[int, int], str], half_a_unit: Fraction) -> Problem:
    """formula/sigma* - 1 is each stated number within half a unit of its last digit."""
    goal = number(1 - 2 * target)

    def conditions(formulas: Sequence[sympy.Expr], numbers: Numbers) -> Iterator[Condition]:
        for (order, depth), excess in stated.items():
            where = f"order {order}, L = {depth}"
            yield from around_star(where, depth, goal, numbers)
            formula = term_of(formulas[order], {p: number(target), L: number(depth), omega: number(1)})
            low, high = (number(numbers[f"{end}, {where}"]) for end in ("low", "high"))
            yield constant(f"{where}: not more", low * number(1 + Fraction(excess) + half_a_unit) - formula)
            yield constant(f"{where}: not less", formula - high * number(1 + Fraction(excess) - half_a_unit))

    def numbers(_: Sequence[sympy.Expr]) -> Numbers:
        found = (star_ends(f"order {order}, L = {depth}", target, depth) for order, depth in stated)
        return {name: value for ends in found for name, value in ends.items()}

    return Problem(lambda formulas, given: list(conditions(formulas, given)), numbers)


def correctly_rounded(depths: Sequence[int]) -> Problem:
    """sigma* lies between the midpoints from the stated double to its neighbours."""

    def conditions(star: Star, _: Numbers) -> list[Condition]:
        found: list[Condition] = []
        for depth in depths:
            target = calibration.paper_target(depth)
            goal, stated = number(1 - 2 * Fraction(target)), star(target, depth)
            below, above = ((Fraction(stated) + Fraction(math.nextafter(stated, end))) / 2 for end in (0.0, math.inf))
            found.append(lies_below_star(below, depth, goal, f"L = {depth}"))
            found.append(lies_above_star(above, depth, goal, f"L = {depth}"))
        return found

    return Problem(conditions)


def without_noise(deepest: int, excess: Fraction, half_a_unit: Fraction) -> Problem:
    """(1-2p)^(1/L), from doubles, exceeds 1 - 2^-54, and so rounds to 1, from the stated depth on; just before it does not.

    There it rounds to a double u, the naive sigma solves erf(1/(sigma sqrt 2)) = u, and is too large by `excess`.
    """
    half_unit = Fraction(1, 2**54)

    def conditions(first: int, numbers: Numbers) -> Iterator[Condition]:
        for depth in range(first, deepest + 1):
            yield constant(f"the power rounds to 1 at L = {depth}", _root(depth) - call("log", number(1 - half_unit)))
        last, u = first - 1, numbers["power"]
        yield constant(f"it does not at L = {last}", call("log", number(1 - half_unit)) - _root(last))
        yield Fact("the power is a double below 1", Fraction(float(u)) == u < 1)
        yield constant("the double is not too large", _root(last) - call("log", number(u - half_unit)))
        yield constant("the double is not too small", call("log", number(u + half_unit)) - _root(last))
        yield from around_star("sigma*", last, number(1 - 2 * Fraction(calibration.paper_target(last))), numbers)
        yield from around_star("naive", 1, number(u), numbers)
        low, high = numbers["low, naive"] / numbers["high, sigma*"], numbers["high, naive"] / numbers["low, sigma*"]
        yield Fact("the stated excess", excess - half_a_unit < low - 1 < high - 1 < excess + half_a_unit)

    def numbers(first: int) -> Numbers:
        last = first - 1
        target = Fraction(calibration.paper_target(last))
        u = Fraction(math.exp(math.log(float(1 - 2 * target)) / last))
        return {"power": u, **star_ends("sigma*", target, last), **star_ends("naive", (1 - u) / 2, 1)}

    return Problem(lambda first, given: list(conditions(first, given)), numbers)


def _root(depth: int) -> Term:
    """log of (1 - 2p)^(1/L), with 1 - 2p and 1/L the doubles that they are."""
    target = calibration.paper_target(depth)
    return number(Fraction(1 / depth)) * call("log", number(Fraction(1 - 2 * target)))


def below_the_band(low: Fraction) -> Problem:
    """The claim is false: p(L) = min(0.4, deep law) lies below the band at the last of the depths."""

    def conditions(depths: Sequence[int], _: Numbers) -> list[Condition]:
        last = exact(DEEP_TARGET.subs(L, depths[-1]))
        return [constant(f"p({depths[-1]}) < {low}", number(low) - last)]

    return Problem(conditions)
