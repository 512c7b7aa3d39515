"""The scaling limit: moments of the stationary law by quadrature, the growth constant between two quotients of Gamma values."""

from collections.abc import Iterator, Mapping
from fractions import Fraction

import sympy

from verify.certificates.checker import Condition, Fact, Integral
from verify.certificates.problem import Numbers, Problem, constant
from verify.certificates.problems.membership import exact
from verify.certificates.terms import PI, T, Term, call, number, power, total
from verify.enclosure.growth_constant import trial_polynomial

_TWO = Fraction(2)
_POWERS = frozenset(str(n) for n in range(100) if n != 1)  # of a trial polynomial: |u| itself has a kink at 0
Polynomial = dict[int, Term]  # power of |u| -> coefficient


# --- moments ----------------------------------------------------------------------------------------------------------


def stationary_constants(digits: int) -> Problem:
    """Q, the kurtosis and Q over the closure's, from int y^j e^(-y^(k+2)) dy and E|Z|^(k+2), each between two proposed numbers.

    In y = u/((k+2) Q/2)^(1/(k+2)) the density is e^(-y^(k+2)) over its integral, so Q^(k/(k+2)) = E y^2 ((k+2)/2)^(2/(k+2)).
    With n = k+2 the integrals beyond R are below e^(-R^n/2), as y^4 <= e^(y^n/2) and y^n >= R^(n-1) y for y >= R >= 5/2; that
    of y^n e^(-y^2/2) is below e^(-R^2/4), as y^6 <= e^(y^2/4) for y >= R = 20.
    """

    def conditions(stated: Mapping[int, tuple[sympy.Expr, ...]], numbers: Numbers) -> Iterator[Condition]:
        slack = Fraction(1, 10**digits)
        for k, values in stated.items():
            for name, integrand in _integrands(k).items():
                R = Fraction(20) if name == "normal" else _FAR[k]
                beyond = call("exp", number(-(R**2) / 4 if name == "normal" else -(R ** (k + 2)) / 2))
                ends = [numbers[f"{end}, {name}, k = {k}"] for end in ("low", "high")]
                yield Fact(f"0 < low < high of {name}, k = {k}", 0 < ends[0] < ends[1])
                low, high = map(number, ends)
                yield Integral(f"{name} is not less, k = {k}", integrand, R, low)
                yield Integral(f"{name} is not more, k = {k}", -integrand, R, beyond - high)
            for name, value, sides in zip(("Q", "kurtosis", "ratio"), values, _sides(k, numbers), strict=True):
                (low, high), claimed = sides, exact(value)
                yield constant(f"{name} is not too large, k = {k}", low * number(1 + slack) - claimed)
                yield constant(f"{name} is not too small, k = {k}", claimed - high * number(1 - slack))

    def numbers(stated: Mapping[int, tuple[sympy.Expr, ...]]) -> Numbers:
        found = {}
        for k in stated:
            for name, value in _moments(k).items():
                width = Fraction(1, 10 ** (digits + 3))
                found[f"low, {name}, k = {k}"], found[f"high, {name}, k = {k}"] = value * (1 - width), value * (1 + width)
        return found

    return Problem(lambda stated, given: list(conditions(stated, given)), numbers)


_FAR = {1: Fraction(6), 2: Fraction(4), 4: Fraction(5, 2)}


def _integrands(k: int) -> dict[str, Term]:
    """Of the integrals over (0, oo)."""
    weight = call("exp", -power(T, Fraction(k + 2)))
    moments = {f"moment {j}": power(T, Fraction(j)) * weight if j else weight for j in (0, 2, 4)}
    normal = power(T, Fraction(k + 2)) * call("exp", number(Fraction(-1, 2)) * power(T, _TWO))
    return {**moments, "normal": normal}


def _moments(k: int) -> dict[str, Fraction]:
    """The same by mpmath's Gamma function, as proposals."""
    import mpmath

    with mpmath.workdps(60):
        one = mpmath.mpf(1) / (k + 2)
        found = {f"moment {j}": mpmath.gamma((j + 1) * one) * one for j in (0, 2, 4)}
        found["normal"] = mpmath.mpf(2) ** (mpmath.mpf(k + 1) / 2) * mpmath.gamma(mpmath.mpf(k + 3) / 2)
        return {name: Fraction(mpmath.nstr(value, 50)) for name, value in found.items()}


def _sides(k: int, numbers: Numbers) -> Iterator[tuple[Term, Term]]:
    """Bounds of Q, the kurtosis and the ratio: all rise with some of the integrals and fall with others."""
    least, most = ({name: number(numbers[f"{end}, {name}, k = {k}"]) for name in _integrands(k)} for end in ("low", "high"))

    def second_moment(above: Mapping[str, Term], below: Mapping[str, Term]) -> Term:
        mean = above["moment 2"] / below["moment 0"]
        return power(mean * power(number(Fraction(k + 2, 2)), Fraction(2, k + 2)), Fraction(k + 2, k))

    def kurtosis(above: Mapping[str, Term], below: Mapping[str, Term]) -> Term:
        return above["moment 4"] * above["moment 0"] / power(below["moment 2"], _TWO)

    def ratio(above: Mapping[str, Term], below: Mapping[str, Term]) -> Term:
        normal = above["normal"] / power(PI / number(2), Fraction(1, 2))
        return second_moment(above, below) * power(number(2) * normal, Fraction(2, k))

    yield from ((quotient(least, most), quotient(most, least)) for quotient in (second_moment, kurtosis, ratio))


# --- the growth constant ----------------------------------------------------------------------------------------------


def growth_constant(k: int, width: Fraction, agreement: Fraction) -> Problem:
    """<v, B v>/<v, v> <= Lambda <= <B v, B v>/<v, B v> for a proposed polynomial v in |u|, without the power 1.

    B |u|^j = (Q/2) j (j-1) |u|^(j-2) - (j + 2 (k+1)) |u|^(j+k) + E|u|^j; moments are Gamma values: see
    `verify.checker.growth_constant`. The stated double, which depends on the machine, is only compared with proposed numbers.
    """

    def conditions(stated: float, numbers: Numbers) -> list[Condition]:
        low, high = numbers["low"], numbers["high"]
        coefficients = {name: value for name, value in numbers.items() if name not in ("low", "high")}
        domain = Fact("v lies in the domain, and is short", all(name in _POWERS for name in coefficients))
        if not domain.holds:
            return [domain]
        v = {int(name): number(value) for name, value in coefficients.items()}
        image = _applied(k, v)
        norm, form, square = _mean(k, v, v), _mean(k, v, image), _mean(k, image, image)
        return [
            domain,
            Fact("Lambda agrees", low <= high and high - agreement < Fraction(stated) < low + agreement),
            constant("<v, B v> > 0", form),
            constant("Lambda is not less", form - number(low) * norm),
            constant("Lambda is not more", number(high) * form - square),
            constant("the bounds are close", number(width) * form * norm - square * norm + form * form),
        ]

    def numbers(stated: float) -> Numbers:
        value = Fraction(stated)
        ends = {"low": value - agreement / 2, "high": value + agreement / 2}
        return ends | {str(power_): a for power_, a in trial_polynomial(k, stated).items()}

    return Problem(conditions, numbers)


def _applied(k: int, v: Polynomial) -> Polynomial:
    """B v."""
    image: Polynomial = {}

    def add(power_: int, term: Term) -> None:
        image[power_] = image[power_] + term if power_ in image else term

    for j, a in v.items():
        add(0, a * _moment(k, j))
        add(j + k, number(-(j + 2 * (k + 1))) * a)
        if j >= 2:
            add(j - 2, number(Fraction(j * (j - 1), 2)) * _moment(k, 2) * a)
    return image


def _mean(k: int, v: Polynomial, w: Polynomial) -> Term:
    """E v w."""
    return _sum(_sum(a * b * _moment(k, i + j) for j, b in w.items()) for i, a in v.items())


def _sum(terms: Iterator[Term]) -> Term:
    return total(*terms)


def _moment(k: int, j: int) -> Term:
    """E|u|^j = Gamma((j+1)/(k+2))/Gamma(1/(k+2)) s^j, s^k = Gamma(3/(k+2))/Gamma(1/(k+2)) (k+2)/2."""
    if j == 0:
        return number(1)
    one, size = _gamma(1, k), _gamma(3, k) / _gamma(1, k) * number(Fraction(k + 2, 2))
    return _gamma(j + 1, k) / one * power(size, Fraction(j, k))


def _gamma(j: int, k: int) -> Term:
    return call("gamma", number(Fraction(j, k + 2)))
