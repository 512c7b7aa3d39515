"""Enclosures of the growth constant Lambda from a trial polynomial, by moments of the stationary law in balls (THEORY E6).

`theory.scaling_limit.growth` shows, for every v in the domain of B with <v, B v> > 0,

    <v, B v>/<v, v> <= Lambda <= <B v, B v>/<v, B v>.

For c = 1, whole k and v = sum a_j |u|^j without the power 1 (so v' is continuous at 0 and v lies in the domain)

    B |u|^j = (Q/2) j (j-1) |u|^(j-2) - (j + 2 (k+1)) |u|^(j+k) + E|u|^j,
    E|u|^j = Gamma((j+1)/(k+2))/Gamma(1/(k+2)) ((k+2) Q/2)^(j/(k+2)),    Q = E u^2:

finite sums of Gamma values. Where the polynomial came from does not matter.
"""

from collections.abc import Mapping
from fractions import Fraction
from functools import cache

from flint import arb, ctx

from theory.rounding import as_ball

Polynomial = Mapping[int, arb]


def rayleigh_bounds(k: int, trial: Mapping[int, Fraction]) -> tuple[arb, arb]:
    """(lower, upper) bounds of Lambda as balls, at the precision of `flint.ctx`; their errors are those of `trial`, squared.

    trial: power of |u| -> coefficient. Raises `ValueError` for a power below 0 or the power 1, and unless <v, B v> > 0.
    """
    if any(power < 0 or power == 1 for power in trial):
        raise ValueError("trial: the power 1 of |u| has a kink at 0 and does not lie in the domain")
    v = {power: as_ball(a) for power, a in trial.items()}
    image = _apply(k, v)
    norm, form, square = _mean(k, v, v), _mean(k, v, image), _mean(k, image, image)
    if not form > 0:
        raise ValueError("trial: <v, B v> > 0 is not seen")
    return form / norm, square / form


def _apply(k: int, v: Polynomial) -> dict[int, arb]:
    """B v."""
    moment = absolute_moment(k, 2, ctx.prec)
    image = {0: arb(0)}
    for j, a in v.items():
        image[0] += a * absolute_moment(k, j, ctx.prec)
        image[j + k] = image.get(j + k, arb(0)) - a * (j + 2 * (k + 1))
        if j >= 2:
            image[j - 2] = image.get(j - 2, arb(0)) + a * moment * j * (j - 1) / 2
    return image


def _mean(k: int, v: Polynomial, w: Polynomial) -> arb:
    """<v, w> = E v w."""
    product: dict[int, arb] = {}
    for i, a in v.items():
        for j, b in w.items():
            product[i + j] = product.get(i + j, arb(0)) + a * b
    return sum((c * absolute_moment(k, j, ctx.prec) for j, c in product.items()), arb(0))


@cache
def absolute_moment(k: int, j: int, bits: int) -> arb:
    """E|u|^j for c = 1, at `bits` bits: from E u^2 = Q, Q^(k/(k+2)) = Gamma(3/(k+2))/Gamma(1/(k+2)) ((k+2)/2)^(2/(k+2))."""
    with ctx.workprec(bits):
        one, third = (arb(n) / (k + 2) for n in (1, 3))
        ratio = third.gamma() / one.gamma()
        size = ratio ** (arb(1) / k) * (arb(k + 2) / 2) ** (arb(1) / k)  # ((k+2) Q/2)^(1/(k+2))
        return (arb(j + 1) / (k + 2)).gamma() / one.gamma() * size**j
