"""Claims E7: the gradient at the first layer falls like L^(-1/(2k)), by the density of the inputs at 0."""

from collections.abc import Iterator, Mapping
from fractions import Fraction

import mpmath
import numpy
import sympy

from theory.activation.arithmetic import evaluate
from theory.activation.samples import MPMATH
from theory.scaling_limit import first_layer
from theory.scaling_limit.stationary import k
from verify.claim import Check, Claim, Context, Twin
from verify.cross_check.splitting import extrapolated
from verify.methods import precision_verdict
from verify.verdict import Refuted, Supported, Verdict

_NUDGE = 1 + sympy.Rational(1, 10**6)
_SCALES = (1.0, 2.0)
_TOLERANCE, _SHIFT = 3e-4, 1e-3
_STEPS, _STARTS = 32, (4e-4, 1e-4)


def claims() -> Iterator[Claim]:
    yield quiet_claim()
    yield constant_claim()


def quiet_claim() -> Claim:
    """Without noise u_1 = u/(1 + k |u|^k)^(1/k), and E v = p(0) (kappa L)^(-1/k) int (du_1/du)^2 du."""
    return Claim(
        id="scaling_limit.first_layer_quiet",
        statement="without noise E|delta_1|^2/E|delta_L|^2 ~ A p_h1(0) (kappa L)^(-1/k), A = k^(-1/k) (2/k) B(1/k, 2 + 1/k)",
        latex=r"A_k(0) = k^{-1/k}\, \tfrac{2}{k}\, B\!\left(\tfrac1k, 2 + \tfrac1k\right)",
        hypotheses=("sigma = 0", "h^1 has a density, continuous at 0", "k = 1/2, 1, 3/2, 2, 3, 4 (sampled)"),
        source="THEORY E7",
        uses=("premise.scaling", "premise.backward"),
        subject=lambda: first_layer.quiet_first_layer(),
        twin=Twin("the constant is larger by the factor 1 + 10^-6", lambda: first_layer.quiet_first_layer() * _NUDGE),
        checks=(Check("precision", _integrates_the_squared_slope),),
    )


def _integrates_the_squared_slope(stated: sympy.Expr, _: Context) -> Verdict:
    def triples() -> list[tuple[str, mpmath.mpf, mpmath.mpf]]:
        found = []
        for number in map(Fraction, ("1/2", "1", "3/2", "2", "3", "4")):
            n = mpmath.mpf(number.numerator) / number.denominator
            integral = 2 * mpmath.quad(lambda u: (1 + n * u**n) ** (-2 * (n + 1) / n), [0, 1, 4, mpmath.inf])  # noqa: B023
            found.append((f"k = {number}", evaluate(stated, {k: n}, MPMATH), integral))
        return found

    return precision_verdict(triples, 10)


def constant_claim() -> Claim:
    """Only inputs near 0 keep a gradient, a fraction ~ (kappa L)^(-1/k) of them: see `theory.scaling_limit.first_layer`."""
    return Claim(
        id="scaling_limit.first_layer",
        statement="k = 2: E|delta_1|^2/E|delta_L|^2 ~ A_2(c) p_h1(0) (kappa L)^(-1/2), so the norm falls like L^(-1/4) "
        f"(c = 1, 2; A_2 with relative tolerance {_TOLERANCE:g})",
        latex=r"\mathbb{E}|\delta_1|^2/\mathbb{E}|\delta_L|^2 \sim A_k(c)\, p_{h^1}(0)\, (\kappa L)^{-1/k}",
        hypotheses=("h^1 has a density, continuous at 0", "the entrance from infinity (assumed, not proved)", "k = 2"),
        source="THEORY E7",
        uses=("scaling_limit.one_parameter", "scaling_limit.first_layer_quiet"),
        subject=_stated,
        twin=Twin(
            f"A_2 is larger by the factor 1 + {_SHIFT:g}", lambda: {c: value * (1 + _SHIFT) for c, value in _stated().items()}
        ),
        checks=(Check("precision", _is_the_mass_of_the_dual),),
        tier="full",
    )


def _stated() -> dict[float, float]:
    return {c: first_layer.first_layer_constant(c, 2) for c in _SCALES}


def _is_the_mass_of_the_dual(stated: Mapping[float, float], _: Context) -> Verdict:
    """int m by the chain of flows and noise, started without noise at two times; its error, linear in them, is removed."""
    from scipy.interpolate import make_interp_spline

    def constant(start: float, c: float) -> float:
        chain = extrapolated(2, _STEPS, start, flat=True)
        return c * float(numpy.exp(make_interp_spline(numpy.log(chain.times), numpy.log(chain.mass), k=5)(2 * numpy.log(c))))

    gaps = {}
    for c, value in stated.items():
        early, late = (constant(start, c) for start in _STARTS)
        gaps[c] = abs((4 * late - early) / 3 / value - 1)
    values = ", ".join(f"A_2({c:g}) = {value:.6f}" for c, value in stated.items())
    facts = f"{values}: the dual chain differs by {max(gaps.values()):.1e}"
    return (Supported if max(gaps.values()) <= _TOLERANCE else Refuted)(facts)
