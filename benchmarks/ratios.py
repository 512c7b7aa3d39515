"""Speed, as ratios between two things measured in one run. Nothing here is asserted: machines are shared and vary.

Run: make bench. Each line: what is compared, the ratio of median times, and how often each side was run.
"""

import math
import statistics
import time
from collections.abc import Callable
from functools import partial

import mpmath
import numpy
import sympy
from flint import arb, ctx
from numpy.typing import NDArray
from scipy.optimize import brentq

from theory import CATALOGUE, calibration, fixed_point_array
from theory.activation.expression import x
from theory.wide_limit import Chain, predict
from verify.claims.bifurcation import fixed_point_by_mpmath
from verify.cross_check.wide_limit import by_particles
from verify.enclosure.fixed_points import enclose_fixed_points


def median_seconds(action: Callable[[], object], repeats: int) -> float:
    """Median over `repeats` runs, after one run to warm caches."""
    action()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def compare(label: str, slow: Callable[[], object], fast: Callable[[], object], repeats: int, scale: int = 1) -> None:
    """`scale`: how much more work the fast side does than the slow one."""
    ratio = scale * median_seconds(slow, repeats) / median_seconds(fast, repeats)
    print(f"{label:<96} {ratio:12.2f}  (median of {repeats})")


def secant_root(digits: int) -> object:
    """mpmath's default solver from a start that is right to four digits: one number, no enclosure."""
    with mpmath.workdps(digits):
        gain = mpmath.mpf(3) / 2
        return mpmath.findroot(lambda x: mpmath.tanh(gain * x) - x, 0.8585)


def anderson_root(digits: int) -> object:
    """mpmath's bracketing solver, which needs no start: the second road of the claims."""
    with mpmath.workdps(digits + 10):
        return fixed_point_by_mpmath(CATALOGUE["tanh"], mpmath.mpf(3) / 2)


def brentq_roots(excesses: NDArray[numpy.float64]) -> object:
    """SciPy's scalar solver, one gain 1 + e after the other."""
    return [brentq(lambda x, a=1 + e: math.tanh(a * x) - x, 0.01, 1) for e in excesses.tolist()]


def main() -> None:
    tanh, langevin = CATALOGUE["tanh"], CATALOGUE["langevin"]
    points = numpy.linspace(-3, 3, 100_000)
    gain = sympy.Rational(3, 2)
    excesses = numpy.geomspace(1e-3, 1e3, 1_000_000)
    targets = numpy.linspace(0.01, 0.49, 200)

    def sympy_substitution() -> object:
        return tanh.expression.subs(x, sympy.Rational(1, 3)).evalf(50)

    def ball() -> object:
        with ctx.workprec(170):
            return tanh(arb(1) / 3)

    for digits, repeats in ((15, 50), (50, 50), (100, 50), (1000, 5), (10_000, 1)):
        for road, root in (("secant", secant_root), ("Anderson", anderson_root)):
            compare(f"xi_a of tanh at 3/2, {digits} digits: mpmath {road} / all enclosures", partial(root, digits),
                    partial(enclose_fixed_points, tanh, gain, digits), repeats)  # fmt: skip
    compare("xi_a of tanh, 1,000,000 gains: brentq (2,000 of them, scaled) / one array",
            lambda: brentq_roots(excesses[::500]), lambda: fixed_point_array(tanh, excesses), 3, scale=500)  # fmt: skip
    compare("tanh(1/3), 50 digits: SymPy evalf / lowered ball program", sympy_substitution, ball, 50)
    compare("tanh on 100,000 doubles: our call / numpy.tanh", lambda: tanh(points), lambda: numpy.tanh(points), 50)
    compare("Langevin on 100,000 doubles: our call / 1/tanh(x) - 1/x", lambda: langevin(points),
            lambda: 1 / numpy.tanh(points + 1e-9) - 1 / (points + 1e-9), 50)  # fmt: skip
    compare("sigma* for 200 targets: correctly rounded scalars / NumPy path",
            lambda: [calibration.sigma_star(float(p), 50) for p in targets],
            lambda: calibration.sigma_star_array(targets, 50), 10)  # fmt: skip

    compare_wide_limit(Chain.of(tanh, 0.1843719), depth=100, particles=100_000)


def compare_wide_limit(chain: Chain, depth: int, particles: int) -> None:
    """P particles give a rate p with relative deviation sqrt((1-p)/(p P)); the solver's own error is about 10^-11."""
    rate = predict(chain, depth).layers[-1].negative_rate
    for accuracy in (1e-4, 1e-6):
        needed = (1 - rate) / rate / accuracy**2
        compare(f"negative rate to {accuracy:.0e}, 100 layers: particles ({particles} of {needed:.0e}, scaled) / quadrature",
                lambda: by_particles(chain, depth, particles, 1, seed=1), lambda: predict(chain, depth), 3,
                scale=round(needed / particles))  # fmt: skip


if __name__ == "__main__":
    main()
