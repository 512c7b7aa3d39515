"""Figure `density`: when a neuron of a wide network is Gaussian, and when it is not (THEORY E4; digest, Mechanism 3).

Plotted for tanh in the exact wide limit: the density of z = h/d, h a preactivation and d its standard deviation. Above, small
noise: the stationary law at s = sigma/omega = 0.2 and, as circles, the last of 100 layers at sigma = 1.83/sqrt(100) for
x_0 ~ N(0, I). Below, the stationary law at s = 2. Beside them the Gaussian, and the limit of the stationary law for s -> 0,

    rho(z) = exp(-r^2 z^4) sqrt(r)/(2 Gamma(5/4)),    r = Gamma(3/4)/Gamma(1/4),    E z^2 = 1,  E z^4 = 1/(4 r^2) = 2.18844,

which is exp(-u^4/(2 c^2 Q)) at its variance Q = 2 c^2 r^2. So preactivations are not Gaussian where the method works.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import pi, sqrt
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy
import sympy
from numpy.typing import NDArray

from paper_figures import captions, style
from theory.activation import CATALOGUE
from theory.activation.arithmetic import evaluate
from theory.activation.floats import numpy_
from theory.scaling_limit import stationary
from theory.wide_limit import Atoms, Chain, Gaussian, Resolution, laws

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_NODES = 0.02, 3.3  # the range of z
_LAWS = {  # law: label, colour, line
    "exact": ("exact", style.BLUE, "-"),
    "limit": (r"limit $s \to 0$", style.VERMILLION, (0, (4, 2))),
    "gaussian": ("Gaussian", "black", (0, (1, 1.2))),
}


class _Case(NamedTuple):
    """The law of layer `depth` at s; the stationary ones start at two values that are about the stationary deviation."""

    s: float
    depth: int
    input: Atoms | Gaussian


_CASES = {
    "small": _Case(0.2, 300, Atoms((0.16,))),
    "network": _Case(1.83 / sqrt(100), 100, Gaussian()),
    "large": _Case(2.0, 30, Atoms((0.8,))),
}


@dataclass(frozen=True)
class Row:
    """Densities of z > 0 (they are even), exact: of h/d. kurtosis: E h^4/d^4 of the case, not in excess."""

    case: str
    s: float
    depth: int
    kurtosis: float
    z: float
    exact: float
    limit: float
    gaussian: float


def data(cases: Sequence[str] = tuple(_CASES)) -> list[Row]:
    """The three laws at the nodes of the quadrature; nine digits."""
    return [row for case in cases for row in _rows(case, *_CASES[case])]


def _rows(case: str, s: float, depth: int, start: Atoms | Gaussian) -> Iterator[Row]:
    (law,) = deque(laws(Chain.of(CATALOGUE["tanh"], s, start), depth, Resolution()), maxlen=1)
    deviation = sqrt(law.mean(law.grid.nodes**2))
    z = law.grid.nodes / deviation
    three = law.density / 2 * deviation, _limit(z), numpy.exp(-z * z / 2) / sqrt(2 * pi)
    for numbers in zip(z, *three, strict=True):
        if _NODES[0] < numbers[0] < _NODES[1]:
            yield Row(case, s, depth, *(style.significant(number) for number in (law.mean(z**4), *numbers)))


def _limit(z: NDArray[numpy.float64]) -> NDArray[numpy.float64]:
    """The density of u/sqrt(Q) at c = 1, k = 2."""
    at = {stationary.c: 1, stationary.k: 2}
    deviation = sqrt(stationary.stationary_second_moment().subs(at))
    rho = stationary.stationary_density(sympy.Integer(2)).subs(at)
    return numpy.asarray(deviation * evaluate(rho, {stationary.u: deviation * z}, numpy_()))


def caption(rows: Sequence[Row]) -> str:
    cases = {case: [row for row in rows if row.case == case] for case in _CASES}
    said = [
        rf"at $s = {found[0].s:.3g}$ (layer {found[0].depth}) ${captions.number(found[0].kurtosis)}$"
        for found in cases.values()
    ]
    far = max(abs(row.exact - row.gaussian) for row in cases["small"])
    near = max(abs(row.exact - row.limit) for row in cases["small"])
    return (
        r"Density of a standardized preactivation of a wide $\tanh$ network: exact, its limit for small noise, and the "
        "normal density. The kurtosis is "
        + captions.listed(said)
        + f"; that of a normal law is 3. At $s = {cases['small'][0].s:g}$ the exact density is within "
        f"${captions.number(near, 1)}$ of the limit and up to ${captions.number(far, 1)}$ from the normal one."
    )


def figure(rows: Sequence[Row]) -> "Figure":
    """Small noise above, large noise below."""
    drawing, (above, below) = style.panels(4.1, 2)
    for axes, case in ((above, "small"), (below, "large")):
        chosen = [row for row in rows if row.case == case]
        for law, (label, colour, line) in _LAWS.items():
            axes.plot(*_mirrored(chosen, law), color=colour, linestyle=line, label=label)
        axes.set_title(f"$s = {chosen[0].s:g}$, kurtosis {chosen[0].kurtosis:.2f}", fontsize=9)
        axes.set(xlim=(-3.2, 3.2), ylim=(0, 0.42), yticks=[0, 0.2, 0.4], xlabel=r"$z = h/\sqrt{\mathrm{E}\,h^2}$")
    network = _mirrored([row for row in rows if row.case == "network"], "exact")
    looks: dict[str, Any] = {
        "color": style.BLUE,
        "marker": "o",
        "markersize": 3.5,
        "markerfacecolor": "white",
        "label": "layer 100",
    }
    above.plot(*network, linestyle="none", markevery=0.09, **looks)
    above.legend(loc="upper left", bbox_to_anchor=(0.66, 1.04), handlelength=1.7)
    above.set_ylabel("density")
    return drawing


def _mirrored(rows: Sequence[Row], law: str) -> tuple[list[float], list[float]]:
    """The even density on both sides."""
    half = [(row.z, getattr(row, law)) for row in rows]
    whole = [(-z, density) for z, density in reversed(half)] + half
    return [z for z, _ in whole], [density for _, density in whole]
