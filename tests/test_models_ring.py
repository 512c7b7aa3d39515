"""Charts, remainders and models as a ring: bounds worked out by hand, and members of models drawn at random."""

import random
from collections.abc import Iterator
from dataclasses import FrozenInstanceError
from fractions import Fraction

import mpmath
import pytest
from flint import arb, ctx, fmpq

from theory.activation.arithmetic import UnsupportedError
from theory.activation.models import Model
from theory.activation.models.model import as_model
from theory.activation.models.remainder import Chart, Small, ball, combine, is_zero, peak, power_of

NEAR, FAR = Chart(1, Fraction(1, 4), 4), Chart(-1, Fraction(1, 4), 4)
NEAR_ROOT, FAR_ROOT = Chart(2, Fraction(1, 2), 4), Chart(-2, Fraction(1, 2), 4)
CHARTS = [NEAR, FAR, NEAR_ROOT, FAR_ROOT]
F = Fraction


@pytest.fixture(autouse=True)
def _precision() -> Iterator[None]:
    with ctx.workprec(192), mpmath.workdps(60):
        yield


def near(found: arb, expected: object) -> bool:
    """Equal but for rounding: the radius of a ball has 30 bits."""
    value = arb(mpmath.nstr(expected, 55)) if isinstance(expected, mpmath.mpf) else arb(expected)
    return bool(abs(found - value) < arb(2) ** -24 * (1 + abs(value)))


def small(low: object, high: object, degree: object = 0, *exponent: tuple[object, object], nonzero: bool = False) -> Small:
    return Small(arb(low), arb(high), nonzero, F(degree), tuple((F(d), F(c)) for d, c in exponent))


def scale(part: Small, t: arb) -> arb:
    """t^degree exp(w(t))."""
    logarithm = sum((ball(c) * (t.log() * ball(d)).exp() for d, c in part.exponent), arb(0))
    return (t.log() * ball(part.degree) + logarithm).exp()


def claimed(model: Model, u: Fraction) -> arb:
    """What a model says at u."""
    at = ball(u)
    terms = [*model.coefficients, model.remainder]
    total = sum((arb(c) * at**j for j, c in enumerate(terms)), arb(0)) * at**model.shift
    return total if model.small is None else total + model.small.hull() * scale(model.small, at**model.chart.power)


def test_charts_say_where_they_end():
    assert [near(chart.edge(), edge) for chart, edge in zip(CHARTS, (fmpq(1, 4), 4, fmpq(1, 4), 4), strict=True)] == [True] * 4
    assert near(Chart(3, F(1, 3), 2).edge(), fmpq(1, 27))
    for chart in CHARTS:
        assert chart.powers(0) == 1
        for n in (1, 2, 5):
            found = chart.powers(n)
            assert near(found.lower(), 0)
            assert near(found.upper(), fmpq(chart.radius.numerator**n, chart.radius.denominator**n))


def test_zero_is_seen_only_where_it_is_exact():
    assert is_zero(fmpq(0))
    assert is_zero(arb(0))
    assert not any(map(is_zero, (fmpq(1, 10**9), arb(1), arb(0, 1e-30), arb(1, 1))))


@pytest.mark.parametrize(
    ("base", "exponent", "value"),
    [
        (2, F(1, 2), mpmath.sqrt),
        (4, F(3, 2), lambda b: b**3 / 8),
        (9, F(-1, 2), lambda b: 1 / mpmath.sqrt(b)),
        (3, F(4), lambda b: b**4),
    ],
)
def test_powers_of_a_number(base, exponent, value):
    with mpmath.workdps(60):
        assert near(power_of(arb(base), exponent), value(mpmath.mpf(base)))


@pytest.mark.parametrize("n", range(-3, 4))
def test_whole_powers_hold_for_negative_numbers(n):
    assert near(power_of(arb(-2), F(n)), fmpq(-2) ** n)


def test_exponents_are_added_as_polynomials():
    one, two = ((F(1), F(2)), (F(2), F(-1))), ((F(1, 2), F(3)), (F(1), F(2)))
    assert combine(one, two, 1) == ((F(1, 2), F(3)), (F(1), F(4)), (F(2), F(-1)))
    assert combine(one, two, -1) == ((F(1, 2), F(-3)), (F(2), F(-1)))
    assert combine(one, one, -1) == ()
    assert combine((), two, -1) == ((F(1, 2), F(-3)), (F(1), F(-2)))


def test_the_peak_of_a_power_near_0():
    assert peak(F(0), (), NEAR) == 1
    assert near(peak(F(2), (), NEAR), fmpq(1, 16))
    assert near(peak(F(1, 2), (), NEAR), fmpq(1, 2))
    assert near(peak(F(1), (), NEAR_ROOT), fmpq(1, 4))
    assert peak(F(-1), (), NEAR) is None
    for exponent in (((F(1), F(1)),), ((F(1), F(-1)),), ((F(-1), F(1)),)):
        for degree in (F(-1), F(0), F(1)):
            assert peak(degree, exponent, NEAR) is None


FALLING = [
    (-2, ()), (F(-1, 2), ()), (0, ((1, -1),)), (3, ((1, -1),)), (5, ((1, -2),)), (-1, ((1, -1),)),
    (0, ((1, 1), (2, F(-1, 4)))), (0, ((-1, 1),)), (-3, ((-1, -2),)), (1, ((F(1, 2), F(-3, 2)),)),
    (-1, ((F(1, 2), 1), (1, -1))), (F(1, 2), ((1, -3), (2, -1))),
]  # fmt: skip
RISING = [
    (1, ()), (5, ((1, -1),)), (0, ((1, 1),)), (0, ((1, -1), (2, 1))), (0, ((1, 1), (2, F(-1, 9)))), (0, ((-1, -1),)),
    (4, ((1, -1),)), (1, ((F(1, 2), F(-3, 4)),)), (-1, ((-1, -8),)), (-1, ((1, 1),)), (F(-1, 2), ((1, F(1, 20)),)),
]  # fmt: skip


@pytest.mark.parametrize("chart", [FAR, FAR_ROOT])
@pytest.mark.parametrize(("degree", "exponent"), FALLING)
def test_what_falls_from_the_edge_on_peaks_there(degree, exponent, chart):
    part = small(1, 1, degree, *exponent)
    found = peak(part.degree, part.exponent, chart)
    assert found is not None
    assert near(found, scale(part, arb(4)))
    assert all(scale(part, arb(4) + arb(n) / 3) < found for n in range(1, 60))


@pytest.mark.parametrize(("degree", "exponent"), RISING)
def test_what_rises_somewhere_past_the_edge_has_no_peak_there(degree, exponent):
    part = small(1, 1, degree, *exponent)
    assert peak(part.degree, part.exponent, FAR) is None
    assert part.grows(FAR)
    assert not small(1, 1).grows(FAR)
    with pytest.raises(UnsupportedError, match="not bounded"):
        part.reach(FAR)


def test_the_sign_of_a_remainder():
    signs = {(0, 1): 1, (1, 2): 1, (-1, 0): -1, (-2, -1): -1, (-1, 1): 0}
    for (low, high), sign in signs.items():
        assert small(low, high, nonzero=True).sign() == sign
        assert small(low, high).sign() == 0


def test_the_hull_and_the_reach_of_a_remainder():
    for low, high in ((-1, 2), (1, 3), (-3, -1)):
        part = small(low, high, -1)
        assert near(part.hull().lower(), low)
        assert near(part.hull().upper(), high)
        reach, largest = part.reach(FAR), max(-low, high)
        assert near(abs(reach).upper(), fmpq(largest, 4))
        assert all(reach.contains(fmpq(x, 4)) for x in (low, 0, high))


@pytest.mark.parametrize("one", [(1, 2), (-1, 2), (-3, -2), (0, 1), (-1, 0)])
@pytest.mark.parametrize("two", [(3, 5), (-3, 5), (-5, -3), (0, 2)])
def test_remainders_multiply(one, two):
    ends = [x * y for x in one for y in two]
    for nonzero in ((True, True), (True, False), (False, True)):
        found = small(*one, F(1, 2), (1, -1), nonzero=nonzero[0]).times(small(*two, -2, (1, 1), (2, -3), nonzero=nonzero[1]))
        assert near(found.lower, min(ends))
        assert near(found.upper, max(ends))
        assert (found.nonzero, found.degree, found.exponent) == (all(nonzero), F(-3, 2), ((F(2), F(-3)),))


def test_remainders_are_scaled():
    part = small(-1, 2, 1, (1, -1), nonzero=True)
    found = part.scaled(fmpq(-3), F(1, 2))
    assert near(found.lower, -6)
    assert near(found.upper, 3)
    assert (found.nonzero, found.degree, found.exponent) == (True, F(3, 2), part.exponent)
    wide = part.scaled(arb(2).union(arb(3)))
    assert near(wide.lower, -3)
    assert near(wide.upper, 6)
    assert wide.nonzero
    assert wide.degree == 1
    assert not part.scaled(arb(0, 1)).nonzero
    assert not part.scaled(fmpq(0)).nonzero


def test_remainders_of_one_scale_are_added_bound_by_bound():
    found = small(1, 2, 3, (1, -1)).plus(small(-3, 5, 3, (1, -1)), FAR)
    assert near(found.lower, -2)
    assert near(found.upper, 7)
    assert (found.degree, found.exponent) == (3, ((F(1), F(-1)),))
    assert not found.nonzero


@pytest.mark.parametrize(
    ("other", "low", "high"), [((-1, 1), -1, 1), ((1, 2), 0, 2), ((-3, -2), -3, 0), ((0, 1), 0, 1), ((-1, 0), -1, 0)]
)
@pytest.mark.parametrize(("chart", "large", "little", "largest"), [
    (FAR, (0, ()), (-1, ()), lambda: arb(1) / 4),
    (FAR, (0, ()), (2, ((1, -1),)), lambda: 16 * arb(-4).exp()),
    (FAR, (0, ((1, 2),)), (0, ((1, 1),)), lambda: arb(-4).exp()),
    (FAR, (1, ((1, -1),)), (0, ((2, -1),)), lambda: arb(-12).exp() / 4),
    (NEAR, (1, ()), (3, ()), lambda: arb(1) / 16),
])  # fmt: skip
def test_a_sum_of_remainders_has_the_scale_of_the_larger_one(other, low, high, chart, large, little, largest):
    one, two = small(2, 3, large[0], *large[1]), small(*other, little[0], *little[1])
    for found in (one.plus(two, chart), two.plus(one, chart)):
        assert (found.degree, found.exponent) == (one.degree, one.exponent)
        assert near(found.lower, 2 + low * largest())
        assert near(found.upper, 3 + high * largest())
        assert found.nonzero


def test_a_sum_of_remainders_of_one_sign_is_not_0():
    positive, negative, unknown = small(0, 1, nonzero=True), small(-1, 0, nonzero=True), small(0, 1)
    for degree in (0, -1):
        assert positive.plus(small(0, 2, degree, nonzero=True), FAR).sign() == 1
        assert negative.plus(small(-2, 0, degree, nonzero=True), FAR).sign() == -1
        assert positive.plus(small(-2, 0, degree, nonzero=True), FAR).sign() == 0
        assert not positive.plus(small(0, 2, degree), FAR).nonzero
        assert not unknown.plus(small(0, 2, degree, nonzero=True), FAR).nonzero
        assert small(3, 4).plus(small(-1, 2, degree), FAR).sign() == 1
        assert small(-4, -3).plus(small(-1, 2, degree), FAR).sign() == -1


def test_remainders_that_cannot_be_compared_are_refused():
    for one, two, chart in [
        (small(1, 1, 50), small(1, 1, 0, (1, 1)), FAR),
        (small(1, 1), small(1, 1, 50, (1, -1)), FAR),
        (small(1, 1), small(1, 1, 0, (1, 1)), NEAR),
        (small(1, 1), small(1, 1, 0, (1, -1)), NEAR),
    ]:
        for left, right in ((one, two), (two, one)):
            with pytest.raises(UnsupportedError, match="compared"):
                left.plus(right, chart)


@pytest.mark.parametrize(
    ("degree", "exponent", "trend"),
    [
        (-1, (), -1),
        (1, (), 1),
        (0, (), 0),
        (9, ((1, -1),), -1),
        (-9, ((1, 1),), 1),
        (0, ((1, 5), (2, -1)), -1),
        (0, ((1, -5), (2, 1)), 1),
    ],
)
def test_what_a_remainder_tends_to(degree, exponent, trend):
    for low, high, apart in ((1, 2, True), (-2, -1, True), (0, 1, False), (-1, 1, False), (-1, 0, False), (-1, 0.5, False)):
        part = small(low, high, degree, *exponent, nonzero=True)
        assert part.decays(FAR) == (trend < 0)
        assert part.diverges(FAR) == (trend > 0 and apart)
        assert not part.decays(NEAR)
        assert not part.diverges(NEAR)


def model(
    chart: Chart, shift: int, coefficients: tuple[object, ...], rest: object = fmpq(0), part: Small | None = None
) -> Model:
    return Model(chart, shift, tuple(fmpq(c) if isinstance(c, int) else c for c in coefficients), rest, part)


def test_the_degree_and_the_ranges_of_a_model():
    found = model(NEAR, 2, (3, -4), arb(0, 2))  # u^2 (3 - 4 u +- 2 u^2), u <= 1/4
    assert (found.degree, found.infinite, found.vanishes) == (2, False, False)
    assert model(NEAR_ROOT, 3, (1,)).degree == F(3, 2)
    assert model(FAR_ROOT, 3, (1,)).degree == F(-3, 2)
    reduced, whole = found.reduced_range(), found.range()
    assert near(reduced.lower(), 3 - fmpq(9, 8))
    assert near(reduced.upper(), 3 + fmpq(1, 8))
    assert whole.contains(fmpq(0))
    assert near(abs(whole).upper(), fmpq(25, 8 * 16))
    beside = model(FAR, 1, (3,), part=small(-1, 2, -2))
    assert near(beside.relative_range().upper(), fmpq(7, 2))
    assert beside.relative_range().contains(fmpq(11, 4))
    assert beside.relative_range() > 2
    assert near(beside.range().upper(), fmpq(7, 8))
    assert beside.range().contains(fmpq(-1, 16))
    assert model(NEAR, 2, (3,)).relative_range() == 3
    assert near(model(FAR, 0, (), part=small(-1, 2)).range().upper(), 2)


def test_infinite_models_have_no_range():
    growing = small(1, 1, 0, (1, 1))
    for found in (model(NEAR, -1, (1,)), model(FAR, -2, (1, 1)), model(FAR, 0, (), part=growing)):
        assert found.infinite
        with pytest.raises(UnsupportedError, match="infinite"):
            found.range()
    for found in (model(FAR, 0, (1,)), model(FAR, 0, (), part=small(1, 1, -1)), model(FAR, -1, (0,)), model(FAR, 0, ())):
        assert not found.infinite
    assert model(FAR, 0, (0, 0)).vanishes
    assert not model(FAR, 0, (0,), arb(0, 1)).vanishes
    assert not model(FAR, 0, (0, 1)).vanishes


SIGNS = [
    (1, (2, -4), None, 1), (1, (-2, 4), None, -1), (-1, (2, -8), None, 0), (0, (1, -3), None, 1), (0, (1, -5), None, 0),
    (1, (1,), (-1, 1, -2, False), 1), (1, (1,), (-8, 8, -2, False), 0), (1, (1,), (-5, -1, -2, True), 0),
    (1, (1,), (1, 900, 0, True), 1), (1, (-1,), (-1, 1, -2, False), -1), (1, (-1,), (-8, 8, -2, False), 0),
    (1, (-1,), (1, 5, -2, True), 0), (1, (-1,), (-900, -1, 0, True), -1), (1, (1,), (-3, 0, -2, True), 1),
    (1, (-1,), (0, 3, -2, True), -1), (0, (1, -5), (1, 2, -9, True), 0), (0, (), (0, 1, 0, True), 1),
    (0, (), (-1, 0, 3, True), -1), (0, (), (-1, 1, 0, True), 0), (0, (), None, 0), (0, (0,), (0, 1, 0, True), 1),
]  # fmt: skip


@pytest.mark.parametrize(("shift", "coefficients", "part", "sign"), SIGNS)
def test_the_sign_of_a_model(shift, coefficients, part, sign):
    """u <= 1/4, so that a remainder c/t^2 is at most c/4 times u."""
    rest = None if part is None else small(*part[:3], nonzero=part[3])
    assert model(FAR, shift, coefficients, part=rest).sign() == sign


def test_leading_zeros_go_into_the_shift_where_they_are_exact():
    found = model(NEAR, 1, (0, 0, 5, 0), arb(1)).normal()
    assert (found.shift, found.coefficients, found.remainder) == (3, (fmpq(5), fmpq(0)), 1)
    hidden = model(NEAR, 1, (arb(0, 1e-9), 1)).normal()
    assert hidden.shift == 1
    assert len(hidden.coefficients) == 2
    rest = model(NEAR, 1, (0, 0), arb(2)).normal()
    assert (rest.shift, rest.coefficients, rest.remainder) == (3, (), 2)
    none = model(NEAR, 5, (0, 0)).normal()
    assert (none.shift, none.coefficients, none.small) == (0, (), None)


def test_an_outgrown_algebraic_part_becomes_a_remainder():
    found = model(FAR, 1, (3, -4), part=small(-1, 2)).normal()  # (3 - 4 u) u in [0, 3/4]
    assert found.vanishes
    assert found.small is not None
    assert found.small.degree == 0
    assert (found.shift, found.degree) == (0, 0)
    assert near(found.small.lower, -1)
    assert near(found.small.upper, fmpq(11, 4))
    kept = model(FAR, 1, (3, -4), part=small(-1, 2, -1)).normal()
    assert not kept.vanishes
    assert kept.coefficients == (3, -4)


def test_polynomials_are_exact_up_to_the_order():
    one, two = model(NEAR, -1, (1, 2, 3)), model(NEAR, 2, (4, 5))
    product = one * two
    assert (product.shift, product.coefficients, product.remainder) == (1, (4, 13, 22), 15) or (
        product.coefficients == (4, 13, 22, 15) and is_zero(product.remainder)
    )
    total = model(NEAR, 0, (1, 2)) + model(NEAR, 1, (4, 5))
    assert (total.shift, total.coefficients[:2]) == (0, (1, 6))
    assert all(near(claimed(total, F(1, n)), 1 + fmpq(6, n) + fmpq(5, n * n)) for n in (4, 7))
    long = model(NEAR, 0, (1, 1, 1, 1)) * model(NEAR, 0, (1, 1, 1, 1))
    assert len(long.coefficients) == 4
    assert long.coefficients == (1, 2, 3, 4)
    assert near(long.remainder.lower(), 3)
    assert near(long.remainder.upper(), 3 + fmpq(2, 4) + fmpq(1, 16))


def test_a_constant_is_a_model():
    assert as_model(fmpq(3), NEAR).coefficients == (3,)
    assert as_model(fmpq(0), NEAR).vanishes
    u = model(NEAR, 1, (1,))
    assert (u - u).vanishes
    assert (u * fmpq(0)).vanishes
    assert near(claimed(fmpq(2) - u, F(1, 5)), fmpq(9, 5))
    assert near(claimed(fmpq(2) + u, F(1, 5)), fmpq(11, 5))
    assert near(claimed(u - fmpq(2), F(1, 5)), fmpq(-9, 5))
    assert near(claimed(fmpq(2) * u, F(1, 5)), fmpq(2, 5))


def _drawn(source: random.Random, chart: Chart) -> Model:
    numbers = [
        source.choice([fmpq(source.randint(-3, 3)), arb(source.uniform(-3, 3), source.choice([0, 0.25]))]) for _ in range(4)
    ]
    part = None
    if source.random() < 0.5:
        low = source.uniform(-2, 2)
        rate = [(1, source.randint(-3, -1))] if chart.power < 0 and source.random() < 0.5 else []
        degree = 0 if rate else -abs(source.randint(0, 4)) if chart.power < 0 else source.randint(0, 4)
        part = small(low, low + source.random(), degree, *rate)
    count = source.randint(0, 4)
    rest = fmpq(0) if source.random() < 0.3 else arb(source.uniform(-1, 1), 0.5)
    return Model(chart, source.randint(-2, 2), tuple(numbers[:count]), rest, part).normal()


def _member(source: random.Random, of: Model, u: Fraction) -> arb:
    """The value at u of a function of the model: every ball, and the remainder, at one of its points."""

    def point(low: arb, high: arb) -> arb:
        return source.choice([low, high, (low + high) / 2])

    numbers = [point(arb(c).lower(), arb(c).upper()) for c in (*of.coefficients, of.remainder)]
    total = sum((c * ball(u) ** j for j, c in enumerate(numbers)), arb(0)) * ball(u) ** of.shift
    if of.small is None:
        return total
    return total + point(of.small.lower, of.small.upper) * scale(of.small, ball(u) ** of.chart.power)


@pytest.mark.parametrize("seed", range(60))
def test_sums_and_products_hold_for_all_members(seed):
    source = random.Random(seed)
    chart = CHARTS[seed % 4]
    one, two = _drawn(source, chart), _drawn(source, chart)
    results = [one + two, one - two, one * two, -one]
    for _ in range(20):
        u = chart.radius * F(source.randint(1, 32), 32)
        a, b = _member(source, one, u), _member(source, two, u)
        for found, value in zip(results, (a + b, a - b, a * b, -a), strict=True):
            assert claimed(found, u).overlaps(value)
            assert len(found.coefficients) <= chart.order
            if found.sign():
                assert value * found.sign() > 0


@pytest.mark.parametrize("sign", [1, -1])
def test_what_touches_0_has_no_sign(sign):
    for touching in (
        model(NEAR, 0, (arb(sign, 1),)),
        model(NEAR, 0, (), arb(sign, 1)),
        model(FAR, 0, (), part=small(0, 1).scaled(fmpq(sign))),
    ):
        assert touching.sign() == 0
    for low, high in ((1, 2), (1, 1), (0.5, 0.75)):
        one = small(low, high).scaled(fmpq(sign))
        assert one.plus(small(-low, low), FAR).sign() == 0
        assert not one.plus(small(-low, low), FAR).nonzero
        assert not one.plus(small(-2 * low, 2 * low), FAR).nonzero


@pytest.mark.parametrize("sign", [1, -1])
def test_what_is_never_0_keeps_its_sign(sign):
    edge = small(0, 1, nonzero=True).scaled(fmpq(sign))
    for coefficients in ((1,), (3, -4), (arb(1, 0.5),)):
        total = (model(FAR, 1, coefficients) * fmpq(sign)) + model(FAR, 0, (), part=edge)
        assert total.vanishes
        assert total.sign() == sign
    one, two = model(FAR, 0, (), part=edge), model(FAR, 0, (1,), part=small(-0.5, 0.5))
    assert (one * two).sign() == (two * one).sign() == sign


@pytest.mark.parametrize("bits", [4, 8, 30])
def test_bounds_are_rounded_outwards(bits):
    numbers = [F(n, 97) for n in (31, 53, 64, 88, 135, 1999)]
    with ctx.workprec(200):
        exact = [small(ball(n), ball(n)) for n in numbers]
        squares, sums = [[f(a, b) for a in numbers for b in numbers] for f in (F.__mul__, F.__add__)]
    with ctx.workprec(bits):
        products = [a.times(b) for a in exact for b in exact]
        totals = [a.plus(b, FAR) for a in exact for b in exact]
        peaks = [(peak(F(1), (), Chart(1, F(1, n), 4)), peak(F(-1), (), Chart(-1, F(1, n), 4))) for n in (3, 5, 7, 11, 13)]
    for found, value in zip(products + totals, squares + sums, strict=True):
        assert found.lower < ball(value) + arb(2) ** -150
        assert found.upper > ball(value) - arb(2) ** -150
    for (rising, falling), n in zip(peaks, (3, 5, 7, 11, 13), strict=True):
        assert rising > fmpq(1, n)
        assert falling > fmpq(1, n)


def test_remainders_and_models_do_not_change():
    for found, name in ((small(1, 2), "lower"), (model(NEAR, 1, (1,)), "shift")):
        with pytest.raises(FrozenInstanceError):
            setattr(found, name, 3)
