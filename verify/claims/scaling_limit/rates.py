"""Claims E6: in the stationary regime gradients grow by exp(Lambda s^2) and the sign is forgotten by exp(-mu s^2) a layer."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import partial

import numpy
from flint import ctx

from theory.rounding import as_ball
from theory.scaling_limit import growth
from verify.certificates.problems.scaling_limit import growth_constant
from verify.checker.growth_constant import rayleigh_bounds
from verify.claim import Check, Claim, Context, Twin
from verify.cross_check.splitting import extrapolated
from verify.enclosure.growth_constant import trial_polynomial
from verify.verdict import Proved, Refuted, Supported, Undecided, Verdict

_KS = (1, 2, 4)
_BITS = 256
_WIDTH = _AGREEMENT = Fraction(1, 10**11)
_DECAY_TOLERANCE, _DECAY_SHIFT = 1e-3, 5e-3


def claims() -> Iterator[Claim]:
    for k in _KS:
        yield growth_claim(k)
    yield sign_claim()


def growth_claim(k: int) -> Claim:
    """Rayleigh's quotient from below, <B v, B v>/<v, B v> from above, v a polynomial: see `verify.checker.growth_constant`."""
    return Claim(
        id=f"scaling_limit.growth.{k}",
        statement=f"k = {k}: Lambda, the top of the spectrum of B, by which E|delta|^2 grows backwards as exp(Lambda s^2) a "
        "layer in the stationary regime, is computed within 10^-11: of the order s^2, where the Gaussian closure has s^4",
        latex=rf"\Lambda = \max \mathrm{{spec}}\, B\quad (k = {k})",
        hypotheses=(
            "gradients obey -dv/dT = B v in the scaling limit (derived in theory.scaling_limit.growth)",
            "a readout independent of the forward pass",
        ),
        source="THEORY E6, E5",
        uses=("scaling_limit.stationary_moment", "premise.backward"),
        subject=lambda: growth.growth_constant(k),
        twin=Twin("Lambda is larger by the factor 1 + 10^-6", lambda: growth.growth_constant(k) * (1 + 1e-6)),
        checks=(Check("enclosure", partial(_is_enclosed, k), problem=growth_constant(k, _WIDTH, _AGREEMENT)),),
    )


def _is_enclosed(k: int, stated: float, _: Context) -> Verdict:
    with ctx.workprec(_BITS):
        lower, upper = rayleigh_bounds(k, trial_polynomial(k, stated))
        facts = f"Lambda lies in [{lower.str(14, radius=False)}, {upper.str(14, radius=False)}], stated {stated:.14g}"
        if not upper - lower < as_ball(_WIDTH):
            return Undecided(f"the bounds are wider than {float(_WIDTH):.0e}: {facts}")
        value, slack = as_ball(Fraction(stated)), as_ball(_AGREEMENT)
        if upper - slack < value < lower + slack:
            return Proved(f"{facts}; Rayleigh's quotient and its companion of a polynomial, moments by Gamma values in balls")
        return Refuted(facts) if value < lower - slack or value > upper + slack else Undecided(facts)


def sign_claim() -> Claim:
    """The odd part of the law decays like its slowest mode that vanishes at 0, and 1 - 2p with it."""
    return Claim(
        id="scaling_limit.sign_decay",
        statement="1 - 2p decays by exp(-mu s^2) a layer in the stationary regime, -mu the top of the spectrum of the "
        f"Fokker-Planck operator that vanishes at 0 (mu within {_DECAY_TOLERANCE:g})",
        latex=r"1 - 2p \propto e^{-\mu s^2 l}",
        hypotheses=("the scaling limit of the wide network", "k = 1, 2, 4"),
        source="THEORY D6",
        uses=("scaling_limit.stationary_moment",),
        subject=lambda: {k: growth.sign_decay(k) for k in _KS},
        twin=Twin(f"mu is larger by {_DECAY_SHIFT:g}", lambda: {k: growth.sign_decay(k) + _DECAY_SHIFT for k in _KS}),
        checks=(Check("precision", _is_the_decay),),
    )


def _is_the_decay(stated: Mapping[int, float], _: Context) -> Verdict:
    """The slope of log(1 - 2p) over the last quarter of T <= 10, by the chain of flows and noise."""
    gaps = {}
    for k, rate in stated.items():
        chain = extrapolated(k)
        late = chain.times > 7.5
        slope, _constant = numpy.polyfit(chain.times[late], numpy.log(1 - 2 * chain.negative_rate[late]), 1)
        gaps[k] = float(abs(slope + rate))
    values = ", ".join(f"{rate:.6f} (k = {k})" for k, rate in stated.items())
    facts = f"mu = {values}: the decay of the chain of flows and noise differs by {max(gaps.values()):.1e}"
    return (Supported if max(gaps.values()) <= _DECAY_TOLERANCE else Refuted)(facts)
