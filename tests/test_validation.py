"""Each validator is seen to accept and to reject, with a message that teaches."""

from collections.abc import Callable
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

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
    with pytest.raises(InputError, match="form its 2-cycle; ask for gain 3/2"):
        validation.positive_gain("-3/2")
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


def test_a_simulation_has_to_fit_into_memory() -> None:
    fits: dict[str, Any] = {"depth": 1000, "width": 100_000, "batch": 4, "replicas": 2, "sampler": "law"}
    validation.simulation_size(**fits)
    for wrong, remedy in (
        ({"depth": 10**12}, "depth=.*at most 2500000"),
        ({"replicas": 10**6}, "replicas=.*at most 5000"),
        ({"sampler": "weights"}, "use the sampler law"),
        ({"width": 10**7}, "width=.*choose fewer"),
    ):
        with pytest.raises(InputError, match=remedy):
            validation.simulation_size(**{**fits, **wrong})


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
    for elsewhere in (weight, stand_in(device=second, is_meta=False)):
        with pytest.raises(InputError, match=r"^generator="):
            validation.same_device(stand_in(device=cuda), elsewhere)
    with pytest.raises(InputError, match=r"generator=3: pass a torch\.Generator"):
        validation.same_device(3, weight)  # type: ignore[arg-type]
