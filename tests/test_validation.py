"""Each validator is seen to accept and to reject, with a message that teaches."""

import math
import sys
from collections.abc import Callable
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import numpy
import pytest
import sympy

from theory import validation
from theory.validation import InputError


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (3, Fraction(3)),
        (Fraction(3, 2), Fraction(3, 2)),
        ("1.5", Fraction(3, 2)),
        ("3/2", Fraction(3, 2)),
        ("1e-30", Fraction(1, 10**30)),
        (".5", Fraction(1, 2)),
        ("-2.", Fraction(-2)),
        (sympy.Rational(1, 3), Fraction(1, 3)),
    ],
)
def test_exact_numbers_are_read_exactly(given: validation.Exact, read: Fraction) -> None:
    assert validation.exact_number("a", given) == read


@pytest.mark.parametrize("given", ["nan", "inf", "1,5", "", "1/0", "0x1", "1e99999999", "1_0", "two", "٣", "1" * 2_001])
def test_other_strings_are_refused(given: str) -> None:
    with pytest.raises(InputError, match="a="):
        validation.exact_number("a", given)


def test_a_float_is_refused_with_the_fix_in_the_message() -> None:
    with pytest.raises(InputError, match=r"pass the string '0\.1' or a Fraction"):
        validation.exact_number("gain", 0.1)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="truth value"):
        validation.exact_number("gain", True)


def test_gains_must_be_positive_and_oddness_explains_the_rest() -> None:
    assert validation.positive_gain("1e-30") == Fraction(1, 10**30)
    with pytest.raises(
        InputError, match=r"f\(-3/2 x\) is minus the map at gain 3/2: .* \+-xi at gain 3/2, .*; ask for gain 3/2$"
    ):
        validation.positive_gain("-3/2")
    with pytest.raises(InputError, match=r"ask for gain 1/2$"):
        validation.positive_gain("-1/2")
    with pytest.raises(InputError, match="0 is its only fixed point"):
        validation.positive_gain(0)


def test_depths_are_whole_numbers_from_1() -> None:
    assert validation.depth("1e3") == 1000
    for wrong in ("0", "-1", "2.5"):
        with pytest.raises(InputError, match="whole number of layers"):
            validation.depth(wrong)


@pytest.mark.parametrize(
    ("read", "least"), [(validation.replicas, 2), (validation.batch, 1), (validation.seed, 0), (validation.width, 1)]
)
def test_counts_are_whole_numbers_from_a_least_one(read: Callable[[str], int], least: int) -> None:
    assert read(str(least)) == least
    for wrong in (str(least - 1), "2.5", "many"):
        with pytest.raises(InputError, match=f"{read.__name__}={wrong}: .*number"):
            read(wrong)


def accepts(judge: Callable[[], object]) -> bool:
    try:
        judge()
    except InputError:
        return False
    return True


LIMITS: list[tuple[Callable[[Any], object], Any, Any]] = [  # the last value that is allowed, the first that is not
    (lambda text: validation.exact_number("a", text), "1" * 2_000, "1" * 2_001),
    (lambda text: validation.exact_number("a", text), "1e2000", "1e2001"),
    (lambda text: validation.exact_number("a", text), "1e-2000", "1e-2001"),
    (lambda value: validation.positive("a", value), "1e-2000", 0),
    (validation.positive_gain, "1e-2000", 0),
    (validation.gain_interval, "3/2:1.5", "1.5000001:3/2"),
    (validation.depth, 1, 0),
    (validation.depth, 10**9, "1000000000.5"),
    (validation.chain_depth, 20_000, 20_001),
    (validation.chain_depth, 1, 0),
    (validation.rule_depth, 100_000, 100_001),
    (validation.rule_depth, 1, 0),
    (validation.width, 1, 0),
    (validation.replicas, 2, 1),
    (validation.seeds, 2, 1),
    (validation.seeds, 1_000, 1_001),
    (validation.batch, 1, 0),
    (validation.seed, 0, -1),
    (validation.digits, 1, 0),
    (validation.digits, 2_000, 2_001),
    (validation.digits, 1, True),
    (validation.digits, 2, 2.5),
    (validation.target_negative_rate, "1e-2000", 0),
    (validation.target_negative_rate, "0.49999999999999999999", "1/2"),
    (validation.positive_exponent, 1e-300, 0.0),
    (validation.limit_noise_scale, 0.3, math.nextafter(0.3, 0)),
    (validation.limit_noise_scale, 5.4, math.nextafter(5.4, 6)),
    (validation.limit_target, 1e-4, math.nextafter(1e-4, 0)),
    (validation.limit_target, 0.4999, math.nextafter(0.4999, 1)),
    (lambda shift: validation.limit_detuning(shift, 2.0), 1, 1 + 2**-52),
    (lambda shift: validation.limit_detuning(shift, 2.0), -1, -1 - 2**-52),
    (lambda shift: validation.limit_detuning(shift, 0.5), 0.25, math.nextafter(0.25, 1)),
    (lambda shift: validation.limit_detuning(shift, 0.5), -0.25, -math.nextafter(0.25, 1)),
    (validation.ratio_bound, 1 + 2**-52, 1.0),
    (lambda value: validation.positive_float("a", value), sys.float_info.max, Fraction(sys.float_info.max) + 1),
    (lambda value: validation.positive_float("a", value), sys.float_info.min, Fraction(sys.float_info.min) / 2),
    (lambda value: validation.nonnegative_float("a", value), 0, "-1e-300"),
    (lambda value: validation.nonnegative_float("a", value), "1/1000", "1e-400"),
    (lambda value: validation.between("t", numpy.array([0.5, value]), 0, 1, ""), 1.0, 1 + 2**-52),
    (lambda value: validation.between("t", numpy.array([0.5, value]), 0, 1, ""), 0.0, -1e-300),
    (lambda value: validation.between("t", numpy.array([0.5, value]), 0, 1, ""), 0.0, math.nan),
]


@pytest.mark.parametrize(("judge", "last", "beyond"), LIMITS, ids=range(len(LIMITS)))
def test_every_limit_is_where_it_is_said_to_be(judge: Callable[[Any], object], last: Any, beyond: Any) -> None:
    assert accepts(lambda: judge(last))
    assert not accepts(lambda: judge(beyond))


def test_validators_return_what_they_were_given_as_a_number() -> None:
    assert validation.gain_interval("0.9:11/10") == (Fraction(9, 10), Fraction(11, 10))
    assert (validation.chain_depth("7"), validation.rule_depth("8"), validation.seeds("9")) == (7, 8, 9)
    assert (validation.limit_noise_scale("1.5"), validation.limit_target("1/4"), validation.ratio_bound("3/2")) == (
        1.5,
        0.25,
        1.5,
    )
    assert (validation.limit_detuning("-1/8", 0.5), validation.positive_exponent("3/2")) == (-0.125, 1.5)


def test_an_interval_of_gains_has_two_ends_in_order() -> None:
    for text in (":2", "1:", "", "1"):
        with pytest.raises(InputError, match=f"^gain={text}: write an interval of gains as A:B"):
            validation.gain_interval(text)
    with pytest.raises(InputError, match=r"^gain=2:1: the interval is empty; write 1:2$"):
        validation.gain_interval("2:1")


def test_the_first_number_out_of_bounds_is_named_with_the_bounds() -> None:
    with pytest.raises(InputError, match=r"^t=2\.0: must be from 0 to 1; so it is$"):
        validation.between("t", numpy.array([0.5, 2.0, 3.0]), 0, 1, "so it is")


def test_long_values_are_shown_by_their_first_57_characters() -> None:
    for length, shown in ((60, "1" * 60), (61, "1" * 57 + "...")):
        assert str(InputError("a", "1" * length, "is long")) == f"a={shown}: is long"
    assert str(InputError("a", "x\n", "has two lines")) == "a=x\\n: has two lines"


def test_a_simulation_has_to_fit_into_memory() -> None:
    fits: dict[str, Any] = {"depth": 1000, "width": 100_000, "batch": 4, "replicas": 2, "sampler": "law"}
    validation.simulation_size(**fits)
    for wrong, remedy in (
        ({"depth": 10**12}, "depth=.*at most 2500000$"),
        ({"replicas": 10**6}, "replicas=.*at most 5000$"),
        ({"sampler": "weights"}, "use the sampler law"),
        ({"width": 10**7}, "width=.*choose fewer"),
    ):
        with pytest.raises(InputError, match=remedy):
            validation.simulation_size(**{**fits, **wrong})


def simulates(depth: int, width: int, batch: int, replicas: int, sampler: str = "law") -> bool:
    return accepts(lambda: validation.simulation_size(depth, width, batch, replicas, sampler))


@pytest.mark.parametrize(("depth", "batch"), [(1, 1), (7, 3), (1000, 4), (10_000_000, 1)])
def test_layers_times_networks_times_inputs_are_at_most_20_million(depth: int, batch: int) -> None:
    most = 20_000_000 // (depth * batch)
    assert simulates(depth, 1, batch, most)
    assert not simulates(depth, 1, batch, most + 1)


def test_two_networks_have_to_fit_at_least() -> None:
    assert simulates(10_000_000, 1, 1, 2)
    assert not simulates(10_000_001, 1, 1, 1)


def test_matrices_are_drawn_in_full_up_to_width_8192() -> None:
    assert simulates(1, 8_192, 1, 2, "weights")
    assert not simulates(1, 8_193, 1, 2, "weights")
    assert simulates(1, 8_193, 1, 2, "law")


@pytest.mark.parametrize("batch", [1, 5])
@pytest.mark.parametrize(
    ("depth", "each"), [(1, 4), (99, 396), (100, 401), (101, 401), (199, 401), (200, 402), (1000, 410), (20_000, 600)]
)
def test_a_network_keeps_4_numbers_for_each_of_100_layers_and_one_for_each_hundred(depth: int, each: int, batch: int) -> None:
    """At most 2^28 numbers are held."""
    most = 2**28 // (each * batch)
    assert simulates(depth, most, batch, 2)
    assert not simulates(depth, most + 1, batch, 2)


def test_targets_lie_strictly_between_0_and_one_half() -> None:
    assert validation.target_negative_rate("0.4") == Fraction(2, 5)
    for wrong in ("0", "0.5", "-0.1", "1"):
        with pytest.raises(InputError, match="strictly between 0 and 1/2"):
            validation.target_negative_rate(wrong)


def test_digits_are_bounded() -> None:
    assert validation.digits(50) == 50
    for wrong in (0, 2_001):
        with pytest.raises(InputError, match="from 1 to 2000"):
            validation.digits(wrong)


def test_finite_floats_are_binary_fractions() -> None:
    assert validation.exactly("p", 0.5) == Fraction(1, 2)
    with pytest.raises(InputError, match="finite"):
        validation.exactly("p", float("nan"))


def test_noise_scales_may_be_0_where_they_may_be_given() -> None:
    assert validation.nonnegative_float("sigma", "0") == 0.0
    assert validation.nonnegative_float("sigma", 0.25) == 0.25
    with pytest.raises(InputError, match=r"sigma=-0\.5: must be >= 0"):
        validation.nonnegative_float("sigma", -0.5)


def test_the_rule_of_the_paper_has_a_last_depth() -> None:
    assert validation.rule_depth(100_000) == 100_000
    with pytest.raises(InputError, match="pass p or sigma"):
        validation.rule_depth(100_001)


def test_names_come_out_of_a_table() -> None:
    assert validation.name_in("method", "he", ("xavier", "he")) == "he"
    with pytest.raises(InputError, match="method=relu: is not known here; choose one of xavier, he"):
        validation.name_in("method", "relu", ("xavier", "he"))


def stand_in(**attributes: Any) -> Any:
    """What a validator asks a torch tensor or generator, without torch."""
    return SimpleNamespace(**attributes)


def test_weights_are_real_matrices() -> None:
    real, whole = {"is_floating_point": lambda: True}, {"is_floating_point": lambda: False, "dtype": "int64"}
    validation.weight_matrix(stand_in(ndim=2, shape=(2, 3), **real))
    validation.square((3, 3, 5, 5))
    for judged, problem in (
        (lambda: validation.weight_matrix(stand_in(ndim=1, shape=(2,), **real)), "two axes"),
        (lambda: validation.real_weights(stand_in(**whole)), "int64: weights are real"),
        (lambda: validation.weight_matrix([[1.0]]), "tensor=list: is no torch tensor; pass a weight"),  # type: ignore[arg-type]
        (lambda: validation.square((2, 3)), "is not square; choose nonsquare="),
    ):
        with pytest.raises(InputError, match=problem):
            judged()


def test_a_generator_lives_where_the_weights_are() -> None:
    cpu, cuda, second = (stand_in(type=kind, index=index) for kind, index in (("cpu", None), ("cuda", 0), ("cuda", 1)))
    weight = stand_in(device=cpu, is_meta=False)
    validation.same_device(None, weight)
    validation.same_device(stand_in(device=cpu), weight)
    validation.same_device(stand_in(device=cuda), stand_in(device=cpu, is_meta=True))
    whichever = stand_in(type="cuda", index=None)
    for here, there in ((cuda, cuda), (whichever, second), (second, whichever), (whichever, whichever)):
        validation.same_device(stand_in(device=here), stand_in(device=there, is_meta=False))
    for elsewhere in (weight, stand_in(device=second, is_meta=False)):
        with pytest.raises(InputError, match=r"^generator="):
            validation.same_device(stand_in(device=cuda), elsewhere)
    with pytest.raises(InputError, match=r"generator=3: pass a torch\.Generator"):
        validation.same_device(3, weight)  # type: ignore[arg-type]
