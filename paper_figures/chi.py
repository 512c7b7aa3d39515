"""Figure `chi`: what amplifies gradients in the stationary state is no chi (THEORY E3-E6; digest, Mechanism 3).

Plotted against s = sigma/omega for tanh and softsign, far from the input: three factors by which E|delta|^2, delta = dLoss/dh,
is said to grow from a layer to the one before it,

    exact         its growth in the wide limit: the largest eigenvalue of the backward step at the stationary law of h
    closure       chi* = (omega^2 + sigma^2) E f'(h)^2 with the Gaussian closure's stationary h; at least 1
    marginal      (omega^2 + sigma^2) E f'(h)^2 with the exact stationary h

For small s, where the method works, chi* - 1 is too low, s^4/3 beside 0.127 s^2 for tanh, and the marginal factor is below 1,
so that its products let gradients vanish that grow.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, hypot, sqrt
from typing import TYPE_CHECKING, Annotated, Any

from paper_figures import captions, style
from paper_figures.accuracy import Within
from theory import mean_field
from theory.activation import CATALOGUE
from theory.wide_limit import Atoms, Chain, Law, Resolution, laws
from theory.wide_limit.chain import advance
from theory.wide_limit.gradients import pull_back

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NOISES = (0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
_TITLES = {"tanh": r"$\tanh x$, $k = 2$", "softsign": r"$x/(1+|x|)$, $k = 1$"}
_LOOKS = {  # quantity: label, colour, line, marker
    "exact": ("exact growth", style.BLUE, "-", "o"),
    "closure": (r"closure $\chi^*$", style.VERMILLION, (0, (4, 2)), "none"),
    "marginal": (r"exact law, $\chi$", style.GREEN, (0, (1, 1.2)), "none"),
}
_RELAXATION = 20  # s^2 times the layers until the law and the gradient are stationary, to about 1e-5
_DIGITS = 6
_Factor = Annotated[float, Within(relative=2e-5)]


@dataclass(frozen=True)
class Row:
    """The three factors at one s, to about 1e-5."""

    activation: str
    s: float
    exact: _Factor
    closure: _Factor
    marginal: _Factor


def data(noises: Sequence[float] = NOISES) -> list[Row]:
    """Both activations at these s; omega = 1 for both."""
    return [_row(name, s) for name in _TITLES for s in noises]


def _row(name: str, s: float) -> Row:
    f, sigma_w = CATALOGUE[name], hypot(1, s)
    variance = mean_field.fixed_variance(f, sigma_w)
    closure = 1 + float(mean_field.excess(f, sigma_w, variance))
    chain = Chain.of(f, s, Atoms((sqrt(variance),)))
    depth = ceil(_RELAXATION / s**2) + _RELAXATION
    (law,) = deque(laws(chain, depth, Resolution()), maxlen=1)
    marginal = sigma_w**2 * law.mean(chain.slope(law.grid.nodes) ** 2)
    exact = _growth(chain, law, depth)
    return Row(name, s, *(style.significant(number, _DIGITS) for number in (exact, closure, marginal)))


def _growth(chain: Chain, law: Law, steps: int) -> float:
    """The power method: at a stationary law the grids of two layers are the same, and so v may pass from one to the other."""
    following = advance(chain, law, Resolution())
    v = chain.slope(law.grid.nodes) ** 2
    for _ in range(steps):
        v = pull_back(chain, law, following, v / law.mean(v))
    return law.mean(v)


def caption(rows: Sequence[Row]) -> str:
    first = [min((row for row in rows if row.activation == name), key=lambda row: row.s) for name in _TITLES]
    said = [
        f"{row.activation} ${captions.number(row.exact, 5)}$, ${captions.number(row.closure, 5)}$ and "
        f"${captions.number(row.marginal, 5)}$"
        for row in first
    ]
    return (
        rf"Growth of $\mathrm{{E}}\,|\delta|^2$ from a layer to the one before it, in the stationary regime, against $s = "
        r"\sigma/\omega$: exactly in the wide limit, by the Gaussian closure's $\chi^*$, and by the same $\chi$ with the "
        f"exact law of the preactivations. At $s = {first[0].s:g}$ these are, in this order, for " + captions.listed(said) + "."
    )


def figure(rows: Sequence[Row]) -> "Figure":
    """One panel an activation; at s -> 0 all factors are 1."""
    drawing, panels = style.panels(4.2, len(_TITLES))
    for axes, (name, title) in zip(panels, _TITLES.items(), strict=True):
        chosen = [row for row in rows if row.activation == name]
        axes.axhline(1, color=style.GREY, linewidth=0.7)
        for quantity, (label, colour, line, marker) in _LOOKS.items():
            curve = [(0.0, 1.0), *((row.s, getattr(row, quantity)) for row in chosen)]
            looks: dict[str, Any] = {"color": colour, "linestyle": line, "marker": marker, "label": label}
            axes.plot(*zip(*curve, strict=True), markersize=3, clip_on=False, **looks)
        axes.set(xlim=(0, 1), xlabel=r"relative noise $s = \sigma/\omega$")
        axes.set_title(title, fontsize=9)
    panels[0].legend(loc="upper left")
    panels[0].set_ylabel(r"growth of $\mathrm{E}\,|\delta|^2$ per layer")
    return drawing
