"""Speed, as ratios between two things measured in one run. Nothing here is asserted: machines are shared and vary.

Run: make bench. Each line: what is compared, the ratio of median times, and how often each side was run.
"""

import statistics
import time
from collections.abc import Callable

import mpmath
import numpy
import sympy
from flint import arb, ctx

from theory import CATALOGUE, calibration
from theory.activation.expression import x
from verify.claims.bifurcation import fixed_point_by_mpmath
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


def compare(label: str, slow: Callable[[], object], fast: Callable[[], object], repeats: int) -> None:
    ratio = median_seconds(slow, repeats) / median_seconds(fast, repeats)
    print(f"{label:<88} {ratio:9.2f}  (median of {repeats})")


def main() -> None:
    tanh, langevin = CATALOGUE["tanh"], CATALOGUE["langevin"]
    points = numpy.linspace(-3, 3, 100_000)
    gain = sympy.Rational(3, 2)
    targets = numpy.linspace(0.01, 0.49, 200)

    def mpmath_root() -> object:
        with mpmath.workdps(60):
            return fixed_point_by_mpmath(tanh, mpmath.mpf(3) / 2)

    def sympy_substitution() -> object:
        return tanh.expression.subs(x, sympy.Rational(1, 3)).evalf(50)

    def ball() -> object:
        with ctx.workprec(170):
            return tanh(arb(1) / 3)

    compare("xi_a of tanh at 3/2, 50 digits: mpmath root / ball enclosure", mpmath_root,
            lambda: enclose_fixed_points(tanh, gain, 50), 20)  # fmt: skip
    compare("tanh(1/3), 50 digits: SymPy evalf / lowered ball program", sympy_substitution, ball, 50)
    compare("tanh on 100,000 doubles: our call / numpy.tanh", lambda: tanh(points), lambda: numpy.tanh(points), 50)
    compare("Langevin on 100,000 doubles: our call / 1/tanh(x) - 1/x", lambda: langevin(points),
            lambda: 1 / numpy.tanh(points + 1e-9) - 1 / (points + 1e-9), 50)  # fmt: skip
    compare("sigma* for 200 targets: correctly rounded scalars / NumPy path",
            lambda: [calibration.sigma_star(float(p), 50) for p in targets],
            lambda: calibration.sigma_star_array(targets, 50), 10)  # fmt: skip


if __name__ == "__main__":
    main()
