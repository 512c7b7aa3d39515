"""The exact wide limit by quadrature, against closed formulas and figures derived elsewhere."""

import math

import numpy
import pytest

from theory import odd_sigmoid
from theory.activation import CATALOGUE
from theory.validation import InputError
from theory.wide_limit import propagate


@pytest.mark.parametrize("name", ["tanh", "softsign", "arctan", "langevin"])
def test_doubling_the_nodes_changes_nothing(name: str) -> None:
    f, omega = CATALOGUE[name], float(odd_sigmoid.omega(CATALOGUE[name]))
    coarse, fine = (propagate(f, omega, omega * 1.83 / math.sqrt(40), 40, nodes=nodes) for nodes in (400, 800))
    for one, two in zip(coarse, fine, strict=True):
        assert abs(one.negative_rate - two.negative_rate) < 1e-10
        assert abs(one.second_moment / two.second_moment - 1) < 1e-10


def test_the_first_layer_flips_with_probability_arctan_s_over_pi() -> None:
    """Two jointly normal variables with correlation cos(theta) differ in sign with probability theta/pi."""
    for s in (0.1, 0.5, 2.0):
        assert propagate(CATALOGUE["tanh"], 1.0, s, 1)[0].negative_rate == pytest.approx(math.atan(s) / math.pi, abs=1e-12)


def test_the_linear_regime_has_its_closed_law() -> None:
    """With f nearly linear, P(flip after L layers) = arccos((1+s^2)^(-L/2))/pi (THEORY D8)."""

    def nearly_linear(h: numpy.ndarray) -> numpy.ndarray:
        return 1e6 * numpy.asarray(CATALOGUE["tanh"](h / 1e6))

    s, depth = 0.3, 12
    exact = math.acos((1 + s * s) ** (-depth / 2)) / math.pi
    assert propagate(nearly_linear, 1.0, s, depth)[-1].negative_rate == pytest.approx(exact, abs=1e-9)


@pytest.mark.parametrize(("depth", "c"), [(5, 1.905), (20, 1.830), (50, 1.832), (100, 1.844)])
def test_a_rate_of_0_4_is_reached_where_the_notes_say(depth: int, c: float) -> None:
    """THEORY D5, found there by other codes."""
    assert propagate(CATALOGUE["tanh"], 1.0, c / math.sqrt(depth), depth)[-1].negative_rate == pytest.approx(0.4, abs=3e-4)


def test_rescaling_the_activation_changes_nothing_but_units() -> None:
    """f(k x) with omega/k and sigma/k is the same network, weights and slope exchanging the factor k."""
    f = CATALOGUE["tanh"]
    for plain, scaled in zip(propagate(f, 1.0, 0.3, 10), propagate(f.rescaled(1, 2), 0.5, 0.15, 10), strict=True):
        assert scaled.negative_rate == pytest.approx(plain.negative_rate, abs=1e-12)
        assert scaled.second_moment == pytest.approx(plain.second_moment, rel=1e-12)


def test_bad_noise_is_refused() -> None:
    with pytest.raises(InputError, match="sigma=0"):
        propagate(CATALOGUE["tanh"], 1.0, 0.0, 3)
    with pytest.raises(InputError, match="omega=nan"):
        propagate(CATALOGUE["tanh"], math.nan, 0.1, 3)
