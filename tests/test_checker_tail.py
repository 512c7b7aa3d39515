"""Judging bounds of the normal tail and of sigma* near p = 1/2: each step of the argument against mpmath."""

from collections.abc import Callable
from fractions import Fraction

import mpmath
import pytest
import sympy
from flint import arb, ctx, fmpq, fmpq_mpoly

from theory import calibration
from theory.activation.arithmetic import evaluate
from theory.activation.balls import BALL
from theory.calibration import expansions
from theory.calibration.expansions import X, ell, r, v
from theory.rounding import as_ball
from verify.checker import tail
from verify.checker.central import central_polynomials, in_r, slack, z

LOWER, UPPER = expansions.mills_convergent(3), expansions.mills_convergent(2)
ELL, ARGUMENT = tail._RING.gens()


def value(polynomial: fmpq_mpoly, point: mpmath.mpf) -> mpmath.mpf:
    """At ell = point, X = e^ell/(2 pi)."""
    argument = mpmath.exp(point) / (2 * mpmath.pi)
    return sum(mpmath.mpf(int(c.p)) / int(c.q) * point ** int(m) * argument ** int(n) for (m, n), c in polynomial.terms())


# --- the tail -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [0, 1, 2])
def test_an_expansion_is_a_polynomial_over_a_power(order: int) -> None:
    expansion = calibration.tail_expansion(order)
    numerator, power = tail.laurent(expansion)
    assert power == order
    with mpmath.workdps(30):
        for point in (mpmath.mpf(3), mpmath.mpf(9)):
            argument = mpmath.exp(point) / (2 * mpmath.pi)
            stated = mpmath.mpmathify(sympy.N(expansion.subs(X, sympy.Float(str(argument), 30)), 30))
            assert mpmath.almosteq(value(numerator, point) / argument**power, stated, 1e-20)


@pytest.mark.parametrize(
    "approximation",
    [
        X,
        X - ell + 1,
        X - ell + sympy.sqrt(X),
        X - ell + sympy.pi / X,
        X - ell + 1 / X + sympy.sqrt(2) / X**2,
        X - ell + sympy.Symbol("q") / X,
        X - ell + sympy.sin(1 / X),
    ],
)
def test_what_is_no_laurent_polynomial_with_leading_part_x_minus_ell_is_refused(approximation: sympy.Expr) -> None:
    with pytest.raises(tail.NotLaurentError):
        tail.laurent(approximation)


@pytest.mark.parametrize("order", [0, 1, 2])
@pytest.mark.parametrize("convergent", [0, 1, 2, 3])
def test_the_slope_is_that_of_the_logarithm_of_the_tail(order: int, convergent: int) -> None:
    """dE/dell X^k N U V for E = A - X + ell + log(A/X) - 2 log S(A), by numerical differentiation."""
    approximation, mills = calibration.tail_expansion(order), expansions.mills_convergent(convergent)
    numerator, power = tail.laurent(approximation)
    up, down = (sympy.Poly(part, v) for part in sympy.fraction(sympy.cancel(mills)))
    found = tail.slope(numerator, power, mills)
    with mpmath.workdps(40):

        def ratio(point: mpmath.mpf) -> mpmath.mpf:
            return value(numerator, point) / (mpmath.exp(point) / (2 * mpmath.pi)) ** power

        def horner(polynomial: sympy.Poly, at: mpmath.mpf) -> mpmath.mpf:
            return mpmath.polyval([int(c) for c in polynomial.all_coeffs()], at)

        def error(point: mpmath.mpf) -> mpmath.mpf:
            A, argument = ratio(point), mpmath.exp(point) / (2 * mpmath.pi)
            return A - argument + point + mpmath.log(A / argument) - 2 * mpmath.log(horner(up, A) / horner(down, A))

        for point in (mpmath.mpf(4), mpmath.mpf(7)):
            A, argument = ratio(point), mpmath.exp(point) / (2 * mpmath.pi)
            scale = argument**power  # U and V of N/X^k are multiplied by X^(k degree)
            factor = scale * value(numerator, point) * horner(up, A) * horner(down, A) * scale ** (up.degree() + down.degree())
            assert mpmath.almosteq(value(found, point), mpmath.diff(error, point) * factor, 1e-12)


@pytest.mark.parametrize(
    "convergent",
    [
        2 * LOWER,
        v / (v + 1) + 1,
        (v - 1) / (v + 1),
        1 / (v + 1),
        v**2 / (v + 1),
        (v**2 - v + 3) / (v**2 + 1),
        (v + 1) / (v - 2),
    ],
    ids=str,
)
def test_convergents_with_another_limit_or_a_negative_coefficient_are_refused(convergent: sympy.Expr) -> None:
    with pytest.raises(ValueError, match="limit 1"):
        tail.slope(*tail.laurent(calibration.tail_expansion(0)), convergent)


@pytest.mark.parametrize("start", [Fraction(4), Fraction(9, 2)])
def test_positive_means_positive_from_the_start_on(start: Fraction) -> None:
    """0 at the start is not positive; X grows faster than ell, ell^2 and ell^3, and e^4/(2 pi) = 8.69."""
    exact, hair = fmpq(start.numerator, start.denominator), fmpq(1, 10**9)
    assert tail.is_positive(ELL - exact + hair, start)
    assert not tail.is_positive(ELL - exact, start)
    assert not tail.is_positive(ELL - exact - hair, start)
    assert not tail.is_positive(-ELL + 100, start)
    assert not tail.is_positive(0 * ELL, start)
    assert tail.is_positive(0 * ELL + 1, start)
    least = fmpq(
        *(int(mpmath.floor(mpmath.exp(mpmath.mpf(start.numerator) / start.denominator) / (2 * mpmath.pi) * 10**6)), 10**6)
    )
    assert tail.is_positive(ARGUMENT - least, start)
    assert not tail.is_positive(ARGUMENT - least - fmpq(1, 10**5), start)
    assert tail.is_positive(ARGUMENT * ELL - ELL**2, start)
    assert not tail.is_positive(ELL**2 - ARGUMENT * ELL, start)
    assert tail.is_positive(3 * ARGUMENT - 2 * ELL, start)


def test_the_argument_grows_like_the_first_terms_of_exp_and_no_faster() -> None:
    """X/X_0 = e^u at ell = start + u; 1 + u + u^2/2 + u^4/6 - 1/2 is more than that at u = 4."""
    start = Fraction(3)
    scale, u = 1 / tail._least_argument(start), ELL - 3
    rest = 1 + u + u**2 / 2 - fmpq(1, 2)
    assert tail.is_positive(ARGUMENT * scale - rest - u**3 / 6, start)
    assert value(ARGUMENT * scale - rest - u**4 / 6, mpmath.mpf(7)) < 0
    assert not tail.is_positive(ARGUMENT * scale - rest - u**4 / 6, start)


def test_the_derivative_along_the_curve() -> None:
    """X^k d/dell (N/X^k) with dX/dell = X: of (X - ell) it is X - 1, of ell/X it is (1 - ell)/X."""
    assert tail.along(ARGUMENT - ELL, 0) == ARGUMENT - 1
    assert tail.along(ELL, 1) == 1 - ELL
    assert tail.along(ELL**2 * ARGUMENT, 3) == 2 * ELL * ARGUMENT - 2 * ELL**2 * ARGUMENT


def test_only_expansions_whose_slope_lies_between_0_and_1_rise_slower_than_the_argument() -> None:
    for order in (0, 1, 2):
        assert tail.rises_slower_than_argument(calibration.tail_expansion(order), Fraction(6))
    assert not tail.rises_slower_than_argument(X - ell - 100 * ell**2 / X, Fraction(4))
    assert not tail.rises_slower_than_argument(X - ell + 500 / X, Fraction(4))


def test_each_side_needs_its_own_convergent() -> None:
    """The expansion lies below v in order 0 and 2 and above it in order 1, from some ell on."""
    zero, one, two = (calibration.tail_expansion(order) for order in (0, 1, 2))
    start = Fraction(12)
    assert tail.lies_below(zero, LOWER, start)
    assert not tail.lies_above(zero, UPPER, start)
    with mpmath.workdps(30):  # what is proved is true
        argument = mpmath.exp(start.numerator) / (2 * mpmath.pi)
        exact = mpmath.findroot(lambda w: mpmath.log(mpmath.erfc(mpmath.sqrt(w / 2)) / 2) + argument / 2, argument - 11)
        for expansion in (zero, one, two):
            stated = mpmath.mpmathify(sympy.N(expansion.subs(X, sympy.Float(str(argument), 30)), 30))
            assert not (tail.lies_below(expansion, expansions.mills_convergent(5), start) and stated >= exact)
            assert not (tail.lies_above(expansion, expansions.mills_convergent(4), start) and stated <= exact)


@pytest.mark.parametrize("root", [Fraction(4), Fraction(30), Fraction(300)])
def test_comparisons_with_the_exact_tail_are_certain_or_0(root: Fraction) -> None:
    """Q = T(sqrt v)."""
    with ctx.workprec(256):
        rate = (as_ball(root) / 2).sqrt().erfc() / 2
        nudge = Fraction(1, 10**9)
        compare = lambda at, q: tail.compare(v, {v: at}, q)  # noqa: E731
        assert compare(as_ball(root + nudge), rate) == 1
        assert compare(as_ball(root - nudge), rate) == -1
        assert compare(as_ball(root), rate) == 0
        assert compare(as_ball(root - nudge).union(as_ball(root + nudge)), rate) == 0


def test_a_value_that_is_met_exactly_is_on_neither_side() -> None:
    """T(0) = 1/2, without any rounding."""
    assert tail.compare(sympy.Integer(0), {}, arb(1) / 2) == 0
    assert tail.compare(sympy.Integer(0), {}, arb(3) / 4) == 1
    assert tail.compare(sympy.Integer(0), {}, arb(1) / 4) == -1


# --- the centre -----------------------------------------------------------------------------------------------------------


def test_the_slack_is_twice_the_first_term_left_out() -> None:
    """1/(sqrt 2 erfinv r) = sqrt(2/pi)/r (1 - pi r^2/12 - (7/480 - 1/144) pi^2 r^4 - ...)."""
    first, second = sympy.pi / 12, (sympy.Rational(7, 480) - sympy.Rational(1, 144)) * sympy.pi**2
    assert sympy.simplify(slack(0) - 2 * sympy.sqrt(2 / sympy.pi) * first * r) == 0
    assert sympy.simplify(slack(1) - 2 * sympy.sqrt(2 / sympy.pi) * second * r**3) == 0


def test_the_expansion_is_read_in_r() -> None:
    for order in (0, 1, 2):
        assert in_r(calibration.central_expansion(order)).free_symbols == {r}


def rho_bounds(at: mpmath.mpf) -> tuple[mpmath.mpf, mpmath.mpf]:
    """Partial sums of int_0^z e^(-s^2) ds with 6 and 5 terms."""
    terms = [(-1) ** k * at ** (2 * k + 1) / mpmath.factorial(k) / (2 * k + 1) for k in range(6)]
    return mpmath.fsum(terms), mpmath.fsum(terms[:5])


@pytest.mark.parametrize("order", [0, 1])
@pytest.mark.parametrize("point", ["0.01", "0.3", "0.5"])
def test_the_polynomials_are_what_has_to_be_positive(order: int, point: str) -> None:
    """rho sqrt 2 z times the two differences, at the worse of the two bounds of rho, r = 2 rho/sqrt pi."""
    series = in_r(calibration.central_expansion(order))
    falling, positive = central_polynomials(order, calibration.central_expansion(order))
    assert falling
    with mpmath.workdps(40):
        at = mpmath.mpf(point)
        lower, upper = rho_bounds(at)
        exact = mpmath.sqrt(mpmath.pi) / 2 * mpmath.erf(at)
        assert lower < exact < upper

        def sigma(expression: sympy.Expr, rho: mpmath.mpf) -> mpmath.mpf:
            return mpmath.mpmathify(sympy.N(expression.subs(r, sympy.Float(str(2 * rho / mpmath.sqrt(mpmath.pi)), 40)), 40))

        more = mpmath.sqrt(2) * upper * at * sigma(series, upper) - upper
        less = lower - mpmath.sqrt(2) * lower * at * sigma(series - slack(order), lower)
        expected = {"sigma* is not more": more, "sigma* is not less": less, "rho": lower}
        assert positive.keys() == expected.keys()
        for name, polynomial in positive.items():
            assert polynomial.free_symbols == {z}
            found = mpmath.mpmathify(sympy.N(polynomial.subs(z, sympy.Rational(point)), 40))
            assert mpmath.almosteq(found, expected[name], 1e-25, 1e-30)
            assert found > 0


@pytest.mark.parametrize(
    "change", [lambda s: s + r, lambda s: s * sympy.sqrt(2), lambda s: s + sympy.Symbol("q", positive=True),
               lambda s: s + slack(1) / 2],
    ids=["rises", "irrational", "symbol", "first_alone"],
)  # fmt: skip
def test_factors_of_another_form_are_seen(change: Callable[[sympy.Expr], sympy.Expr]) -> None:
    falling, _ = central_polynomials(1, change(calibration.central_expansion(1)))
    assert not falling


def test_balls_of_the_slack_hold_the_true_remainder() -> None:
    """0 < series - 1/(sqrt 2 erfinv r) < slack at r = 1/2 and 1/100."""
    with ctx.workprec(200):
        for order in (0, 1):
            for point in (arb(1) / 2, arb(1) / 100):
                excess = evaluate(in_r(calibration.central_expansion(order)), {r: point}, BALL) - 1 / (
                    arb(2).sqrt() * point.erfinv()
                )
                assert 0 < excess < evaluate(slack(order), {r: point}, BALL)
