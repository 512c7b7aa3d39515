"""Claims A1 and omega: each catalogue member is an odd sigmoid, and omega = 1/f'(0) is the stated number."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from itertools import pairwise

import mpmath
import sympy
from flint import ctx
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from sympy import tanh

from theory import odd_sigmoid
from theory.activation import CATALOGUE, Activation, x
from theory.activation.arithmetic import evaluate
from theory.activation.parser import parse_activation
from theory.activation.samples import MPMATH
from theory.rounding import as_ball
from verify.certificates.checker import Condition
from verify.certificates.problem import Problem
from verify.certificates.problems import membership as outside
from verify.certificates.problems.membership import membership
from verify.certificates.terms import Term
from verify.checker.slope import exact_slope
from verify.claim import Check, Claim, Context, Twin
from verify.claims import formalized, theorems
from verify.claims.members import MEMBERS
from verify.membership import Road, decide_membership
from verify.methods import identity_verdict, precision_verdict, property_verdict
from verify.strategies import members, positive_points
from verify.verdict import Proved, Refuted, Undecided, Verdict

_TINY = sympy.Rational(1, 10**6)
_BENT = (2.0**-20, 2.0**5)  # where 60 digits tell tanh from x and from 1
_PAIRS = st.lists(positive_points, min_size=2, max_size=2, unique=True)


def claims() -> Iterator[Claim]:
    for name, f in MEMBERS.items():
        yield membership_claim(name, f)
        yield omega_claim(name, f)
    for name, (f, violated) in LOOK_ALIKES.items():
        yield look_alike_claim(name, f, violated)
    yield closure_claim()
    yield from theorems.claims("odd_sigmoid")


def membership_claim(name: str, f: Activation) -> Claim:
    """f is odd, bounded, strictly increasing, star-shaped, with 0 < f'(0) < oo.

    The twin f(x) - x/10^6 is odd, smooth and star-shaped too, but turns down far out.
    """
    return Claim(
        id=f"odd_sigmoid.member.{name}",
        statement=f"f(x) = {f.expression} is an odd sigmoid",
        latex=rf"f(x) = {sympy.latex(f.expression)} \in \mathcal F",
        hypotheses=("all real x",),
        source="digest, Mechanism 1; THEORY A1, A2",
        uses=("premise.odd_sigmoid",),
        subject=lambda: f,
        twin=Twin("f(x) - x/10^6 is an odd sigmoid", lambda: Activation(f.expression - x * _TINY)),
        checks=(
            *formalized.membership(f),
            Check("enclosure", partial(_axioms, "balls"), problem=membership()),
            Check("symbolic", partial(_axioms, "rules")),
            Check("property", _axioms_at_points),
        ),
    )


def _axioms(road: Road, f: Activation, _: Context) -> Verdict:
    return decide_membership(f, road).verdict


def _axioms_at_points(f: Activation, context: Context) -> Verdict:
    def problem(pair: list[Fraction]) -> str | None:
        return _violation(f, *sorted(pair))

    return property_verdict(_PAIRS, problem, examples=100, seed=context.seed, what="point pairs in [2^-30, 2^31]")


def _violation(f: Activation, low: Fraction, high: Fraction) -> str | None:
    """Certified comparisons at 0 < low < high: 0 < f(low) < f(high), f(low)/low > f(high)/high, f(-low) = -f(low)."""
    with ctx.workprec(256):
        left, right = as_ball(low), as_ball(high)
        f_left, f_right = f(left), f(right)
        if not (f(-left) + f_left).contains(0):
            return f"f(-x) != -f(x) at x = {low} for f = {f.expression}"
        if f_left <= 0 or f_right <= f_left:
            return f"f = {f.expression} does not increase from {low} to {high}"
        if f_right / right >= f_left / left:
            return f"f(x)/x, f = {f.expression}, does not decrease from {low} to {high}"
    return None


LOOK_ALIKES: dict[str, tuple[Activation, frozenset[str]]] = {  # A4, and the axioms that each violates
    "tanh_cubic": (Activation(tanh(x + x**3)), frozenset({"star_shaped"})),
    "late_fold": (Activation(tanh(x) + 2 * tanh((x / 4) ** 5)), frozenset({"star_shaped"})),
    "clip": (parse_activation("clip(x,-1,1)"), frozenset({"increasing", "star_shaped"})),
    "tanh_of_cube": (Activation(tanh(x**3)), frozenset({"slope_at_zero", "star_shaped"})),
    "root": (Activation(x / sympy.sqrt(sympy.Abs(x))), frozenset({"slope_at_zero", "bounded"})),
    "asinh": (Activation(sympy.asinh(x)), frozenset({"bounded"})),
    "rational": (Activation(x / (1 + x**2)), frozenset({"increasing"})),
    "sine": (Activation(sympy.sin(x)), frozenset({"increasing", "star_shaped"})),
    "identity": (Activation(x), frozenset({"bounded", "star_shaped"})),
    "logistic_curve": (Activation(1 / (1 + sympy.exp(-x))), frozenset({"odd"})),
    "gelu": (Activation(x * (1 + sympy.erf(x / sympy.sqrt(2))) / 2), frozenset({"odd"})),
    "softplus": (Activation(sympy.log(1 + sympy.exp(x))), frozenset({"odd"})),
}
_MEMBER = CATALOGUE["tanh"]


def look_alike_claim(name: str, f: Activation, violated: frozenset[str]) -> Claim:
    """Each stated axiom fails at a certified witness; for an odd f all the others hold. The twin is tanh in the place of f."""
    return Claim(
        id=f"odd_sigmoid.look_alike.{name}",
        statement=f"f(x) = {f.expression} is not an odd sigmoid: it violates {', '.join(sorted(violated))}"
        + ("" if "odd" in violated else " and no other axiom"),
        latex=rf"f(x) = {sympy.latex(f.expression)} \notin \mathcal F",
        hypotheses=("all real x",),
        source="THEORY A4",
        uses=("premise.odd_sigmoid",),
        subject=lambda: f,
        twin=Twin(f"tanh violates {', '.join(sorted(violated))}", lambda: _MEMBER),
        checks=(
            Check("enclosure", partial(_violates, violated), problem=_outside(name)),
            Check("precision", partial(_violates_at_samples, violated)),
        ),
    )


def _outside(name: str) -> Problem:
    """How each look-alike is seen to violate what it violates."""
    half = Fraction(1, 2)
    how: dict[str, dict[str, Callable[[Term], Condition]]] = {
        "tanh_cubic": {"star_shaped": partial(outside.ratio_rises_between, Fraction(1, 4), half)},
        "late_fold": {"star_shaped": partial(outside.ratio_rises_between, 3, 4)},
        "clip": {
            "increasing": partial(outside.is_constant, 2, 3),
            "star_shaped": partial(outside.ratio_is_constant, half),
        },
        "tanh_of_cube": {
            "slope_at_zero": partial(outside.starts_like, Fraction(3)),
            "star_shaped": partial(outside.ratio_rises_between, Fraction(1, 4), half),
        },
        "root": {
            "slope_at_zero": partial(outside.starts_like, half),
            "bounded": partial(outside.grows_like, half),
        },
        "asinh": {"bounded": partial(outside.grows_like_logarithm, 2)},
        "rational": {"increasing": partial(outside.falls_between, 1, 2)},
        "sine": {
            "increasing": partial(outside.falls_between, 2, 3),
            "star_shaped": partial(outside.ratio_rises_between, 5, 7),
        },
        "identity": {
            "bounded": partial(outside.grows_like, Fraction(1)),
            "star_shaped": partial(outside.ratio_is_constant, Fraction(1)),
        },
    }
    return outside.violation(how.get(name, {"odd": partial(outside.is_not_odd_at, 1)}), concave=name == "asinh")


def _violates(violated: frozenset[str], f: Activation, _: Context) -> Verdict:
    axioms = decide_membership(f).axioms
    wrong = [name for name in violated if isinstance(axioms[name], Proved)]
    if wrong:
        return Refuted(f"{', '.join(wrong)}: {axioms[wrong[0]].reason}")
    found = {name for name, verdict in axioms.items() if isinstance(verdict, Refuted)}
    held = {name for name, verdict in axioms.items() if isinstance(verdict, Proved)}
    if not violated <= found or ("odd" not in violated and held != axioms.keys() - violated):
        return Undecided(f"refuted: {sorted(found)}, proved: {sorted(held)}")
    return Proved("; ".join(f"{name}: {axioms[name].reason}" for name in sorted(violated)))


def _violates_at_samples(violated: frozenset[str], f: Activation, _: Context) -> Verdict:
    """In mpmath at 60 digits, on 400 points of [2^-100, 2^100]: how many of the stated axioms are seen to fail."""

    def pairs() -> list[tuple[str, mpmath.mpf, mpmath.mpf]]:
        grid = {mpmath.mpf(2) ** (mpmath.mpf(n) / 2) for n in range(-200, 201)} | {mpmath.mpf(n) / 16 for n in range(1, 64)}
        values = [(point, f(point)) for point in sorted(grid)]
        bent = [(u, v) for u, v in values if _BENT[0] <= u <= _BENT[1]]
        seen = {
            "odd": any(abs(f(-u) + v) > mpmath.eps * abs(v) * 1000 for u, v in values),
            "increasing": any(v >= w for (_, v), (_, w) in pairwise(bent)),
            "star_shaped": any(v / u <= w / y * (1 + mpmath.eps) for (u, v), (y, w) in pairwise(bent)),
            "bounded": abs(values[-1][1]) > 10 * abs(f(mpmath.mpf(2))),
            "slope_at_zero": not mpmath.mpf("1e-6") < values[0][1] / values[0][0] < 10**6,
        }
        return [(name, mpmath.mpf(1), mpmath.mpf(seen[name])) for name in sorted(violated)]

    return precision_verdict(pairs, 35)


def closure_claim() -> Claim:
    """Sums, compositions and rescalings keep every axiom; 2F - 1 is concave on (0, oo) because the density falls there."""
    return Claim(
        id="odd_sigmoid.closure",
        statement="rescalings c f(k x), convex combinations, compositions of odd sigmoids, and 2F - 1 for symmetric falling "
        "densities, are odd sigmoids",
        latex=r"f, g \in \mathcal F \Rightarrow c f(k\,\cdot),\ \lambda f + (1 - \lambda) g,\ g \circ f \in \mathcal F",
        hypotheses=("c, k > 0", "members of the catalogue and of its family"),
        source="THEORY A3",
        uses=("premise.odd_sigmoid",),
        subject=lambda: members,
        twin=Twin(
            "such functions minus x/10^6 are odd sigmoids",
            lambda: members.map(lambda f: Activation(f.expression - x * _TINY)),
        ),
        checks=(Check("property", _members_obey_at_points),),
    )


def _members_obey_at_points(drawn: SearchStrategy[Activation], context: Context) -> Verdict:
    def problem(example: tuple[Activation, list[Fraction]]) -> str | None:
        return _violation(example[0], *sorted(example[1]))

    examples = st.tuples(drawn, _PAIRS)
    return property_verdict(examples, problem, examples=150, seed=context.seed, what="(function, point pair)")


def omega_claim(name: str, f: Activation) -> Claim:
    """omega f'(0) = 1: exactly for the derivative at 0, and numerically for the difference quotient."""
    critical = odd_sigmoid.omega(f)
    return Claim(
        id=f"odd_sigmoid.omega.{name}",
        statement=f"the critical gain of {f.expression} is omega = 1/f'(0) = {critical}",
        latex=rf"\omega = 1/f'(0) = {sympy.latex(critical)}",
        hypotheses=("f differentiable at 0",),
        source="digest, Mechanism 1; THEORY A2",
        uses=("premise.odd_sigmoid",),
        subject=lambda: odd_sigmoid.omega(f),
        twin=Twin(f"omega is larger by the factor 1 + 10^-6 than {critical}", lambda: odd_sigmoid.omega(f) * (1 + _TINY)),
        checks=(
            *formalized.critical_gain(f),
            Check("symbolic", partial(_inverse_slope, f)),
            Check("precision", partial(_difference_quotient, f)),
        ),
    )


def _inverse_slope(f: Activation, critical: sympy.Expr, _: Context) -> Verdict:
    """f'(0+) by differentiation or by dividing t out: the theory's omega comes from truncated power series instead."""
    slope = exact_slope(f)
    if slope is None:
        return Undecided("f'(0) was not found by a second road")
    return identity_verdict(critical * slope - 1, {}, f"omega f'(0) - 1 has normal form 0 with f'(0) = {slope}")


def _difference_quotient(f: Activation, critical: sympy.Expr, _: Context) -> Verdict:
    """omega f(h)/h = 1 + O(h^k) at h = 10^-200, with k >= 1/2 for every member."""

    def pairs() -> list[tuple[str, mpmath.mpf, mpmath.mpf]]:
        step = mpmath.mpf(10) ** -200
        return [("h = 1e-200", evaluate(critical, {}, MPMATH), step / f(step))]

    return precision_verdict(pairs, 40)
