"""Claims that are theorems of `theory/formal`, most of them about all functions of a kind; the near miss there is the twin."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from verify import formal_evidence
from verify.claim import Claim, Twin
from verify.formal import NEAR_MISSES, STATEMENTS


@dataclass(frozen=True)
class Row:
    """name: of the theorem and of its near miss. twin: what the near miss says."""

    topic: str
    name: str
    statement: str
    latex: str
    hypotheses: tuple[str, ...]
    source: str
    twin: str


_MEMBER = ("f is an odd sigmoid",)
_MEMBERS = ("f and g are odd sigmoids",)
_CLASS = (
    "f is odd and continuous",
    "on x > 0, f(x)/x falls strictly, from 1/omega at 0 to 0 far out",
)
_MONOTONE = (*_CLASS, "f does not decrease")
_CONCAVE = ("f is odd, bounded and has a derivative, which falls strictly on x >= 0",)

ROWS = (
    Row(
        "odd_sigmoid",
        "members_are_in_the_weak_class",
        "every odd sigmoid is continuous, and f(x)/x falls from 1/omega to 0: it has what the pitchfork needs",
        r"f \in \mathcal F \Rightarrow f \in C^0,\ f(x)/x \searrow \text{ from } 1/\omega \text{ to } 0",
        _MEMBER,
        "THEORY A1",
        "whatever has what the pitchfork needs is an odd sigmoid",
    ),
    Row(
        "odd_sigmoid",
        "gain_is_unique",
        "an odd sigmoid has one critical gain",
        r"f \in \mathcal F_\omega \cap \mathcal F_{\omega'} \Rightarrow \omega = \omega'",
        _MEMBER,
        "THEORY A1",
        "odd sigmoids with the same critical gain agree at 1",
    ),
    Row(
        "odd_sigmoid",
        "tilted_functions_are_no_members",
        "an odd sigmoid minus c x, c > 0, is none",
        r"f \in \mathcal F,\ c > 0 \Rightarrow f - c\,\mathrm{id} \notin \mathcal F",
        _MEMBER,
        "THEORY A1",
        "nor for c = 0",
    ),
    Row(
        "odd_sigmoid",
        "concave_functions_are_members",
        "an odd, bounded function whose derivative falls strictly on x >= 0 is an odd sigmoid, omega = 1/f'(0)",
        r"f' \searrow \text{ on } [0, \infty) \Rightarrow f \in \mathcal F",
        _CONCAVE,
        "THEORY A1, A3",
        "also where it is not bounded",
    ),
    Row(
        "odd_sigmoid",
        "family_members",
        "x/(1 + |x|^k)^(1/k) is an odd sigmoid with omega = 1",
        r"x (1 + |x|^k)^{-1/k} \in \mathcal F",
        ("every real k > 0",),
        "THEORY A2",
        "its omega is k",
    ),
    Row(
        "odd_sigmoid",
        "scaling",
        "c f(k x) is an odd sigmoid with critical gain omega/(c k)",
        r"\omega_{c f(k \cdot)} = \omega_f/(c k)",
        (*_MEMBER, "c, k > 0"),
        "THEORY A3",
        "its critical gain is omega c k",
    ),
    Row(
        "odd_sigmoid",
        "composition",
        "f(g(x)) is an odd sigmoid; its critical gain is the product of those of f and g",
        r"\omega_{f \circ g} = \omega_f\, \omega_g",
        _MEMBERS,
        "THEORY A3",
        "it is their sum",
    ),
    Row(
        "odd_sigmoid",
        "convex_combination",
        "t f + (1 - t) g is an odd sigmoid; its critical gain is the harmonic mean of those of f and g with weights t, 1 - t",
        r"1/\omega = t/\omega_f + (1 - t)/\omega_g",
        (*_MEMBERS, "0 < t < 1"),
        "THEORY A3",
        "it is their arithmetic mean",
    ),
    Row(
        "odd_sigmoid",
        "nearer_of_two",
        "of two odd sigmoids the one nearer to 0 at each x makes an odd sigmoid; its critical gain is the larger one",
        r"\omega_{\min(f, g)} = \max(\omega_f, \omega_g) \quad (x > 0)",
        _MEMBERS,
        "THEORY A3",
        "it is the smaller one",
    ),
    Row(
        "odd_sigmoid",
        "farther_of_two",
        "of two odd sigmoids the one farther from 0 at each x makes an odd sigmoid; its critical gain is the smaller one",
        r"\omega_{\max(f, g)} = \min(\omega_f, \omega_g) \quad (x > 0)",
        _MEMBERS,
        "THEORY A3",
        "it is the larger one",
    ),
    Row(
        "bifurcation",
        "pitchfork",
        "x -> f(a x) has the fixed point 0 alone for 0 < a <= omega, and exactly -xi, 0, xi for a > omega",
        r"f(ax) = x \iff x = 0 \ (0 < a \le \omega),\quad x \in \{-\xi, 0, \xi\} \ (a > \omega)",
        (*_CLASS, "all real x, all a > 0"),
        "digest, Mechanism 1; THEORY B1",
        "0 alone for a <= omega + 1",
    ),
    Row(
        "bifurcation",
        "fixed_points_tell_omega",
        "the gain beyond which, and up to which not, there are fixed points besides 0 is omega",
        r"(\exists x \ne 0: f(ax) = x) \iff a > b \quad \text{for all } a > 0 \quad \Rightarrow \quad b = \omega",
        _CLASS,
        "THEORY B1",
        "a gain up to which there are none is omega",
    ),
    Row(
        "bifurcation",
        "star_shape_is_necessary",
        "where every gain has at most one positive fixed point, f(x)/x falls strictly on x > 0",
        r"\#\{x > 0 : f(ax) = x\} \le 1 \ \forall a > 0 \Rightarrow f(x)/x \searrow",
        ("f is continuous, f > 0 on x > 0", "f(x)/x tends to 0 far out"),
        "THEORY A1",
        "an odd, bounded, increasing f of slope 1 at 0 has at most one positive fixed point at every gain",
    ),
    Row(
        "bifurcation",
        "look_alike_fails",
        "tanh(x + x^3) is odd, bounded, increasing, of slope 1 at 0, and has two positive fixed points at the gain 9/10",
        r"f(x) = \tanh(x + x^3):\quad \#\{x > 0 : f(9x/10) = x\} \ge 2",
        (),
        "THEORY A4",
        "it has a positive fixed point at the gain 1/2",
    ),
    Row(
        "bifurcation",
        "fixed_point_rises",
        "the positive fixed point rises strictly with the gain",
        r"\omega < a < b \Rightarrow \xi_a < \xi_b",
        (*_CLASS, "f increases strictly"),
        "THEORY B2",
        "also where f does not increase",
    ),
    Row(
        "bifurcation",
        "multiplier_below_one",
        "the slope of x -> f(a x) at its positive fixed point lies in (0, 1)",
        r"0 < a f'(a \xi_a) < 1",
        _CONCAVE,
        "THEORY B2",
        "it lies in (0, 1/2)",
    ),
    Row(
        "bifurcation",
        "two_signs_enclose",
        "l < f(a l) and f(a u) < u enclose the positive fixed point: l < xi_a < u",
        r"l < f(al),\ f(au) < u \Rightarrow l < \xi_a < u",
        (*_CLASS, "a, l, u > 0"),
        "THEORY B2",
        "l < f(a l) and l < u suffice",
    ),
    Row(
        "bifurcation",
        "tanh_fixed_point",
        "the positive fixed point of x -> tanh(3 x/2) lies in (0.858559636, 0.858559637)",
        r"0.858559636 < \xi_{3/2} < 0.858559637",
        (),
        "THEORY B2",
        "it lies in (0.858559637, 0.858559638)",
    ),
    Row(
        "bifurcation",
        "collapse",
        "orbits of x -> f(a x) tend to 0 for 0 < a <= omega",
        r"0 < a \le \omega \Rightarrow x_n \to 0",
        (*_CLASS, "every x_0"),
        "digest, Mechanism 1; THEORY B1",
        "also for a <= omega + 1",
    ),
    Row(
        "bifurcation",
        "attraction",
        "orbits of x -> f(a x) with x_0 > 0 tend to the positive fixed point for a > omega",
        r"a > \omega,\ x_0 > 0 \Rightarrow x_n \to \xi_a",
        _MONOTONE,
        "digest, Mechanism 1; THEORY B1",
        "also from x_0 = 0",
    ),
    Row(
        "bifurcation",
        "softsign_critical_orbit",
        "x_n = x_0/(1 + n |x_0|) for softsign at its critical gain",
        r"x_n = x_0/(1 + n |x_0|)",
        ("every real x_0, every n",),
        "THEORY B5",
        "n + 1 stands for n",
    ),
    Row(
        "gains",
        "gains_from_above",
        "if |a_n| <= b in the end, b > omega, then limsup |x_n| <= xi_b for x_(n+1) = f(a_n x_n)",
        r"\limsup |x_n| \le \xi_b",
        (*_MONOTONE, "gains of any sign, every x_0"),
        "THEORY B6",
        "|x_n| < xi_b in the end",
    ),
    Row(
        "gains",
        "gains_from_below",
        "if |a_n| >= b in the end, b > omega, then liminf |x_n| >= xi_b for x_(n+1) = f(a_n x_n)",
        r"\liminf |x_n| \ge \xi_b",
        (*_MONOTONE, "gains of any sign, no x_n is 0"),
        "THEORY B6",
        "also where some x_n is 0",
    ),
    Row(
        "calibration",
        "parity",
        "an odd number among L independent flips of probability q has probability (1 - (1 - 2q)^L)/2",
        r"\sum_{k\ \mathrm{odd}} \binom{L}{k} q^k (1 - q)^{L - k} = \frac{1 - (1 - 2q)^L}{2}",
        ("L = 0, 1, 2, ...",),
        "digest, Mechanism 2; THEORY D1",
        "it is (1 + (1 - 2q)^L)/2",
    ),
    Row(
        "calibration",
        "flip_rate_is_unique",
        "(1 - (1 - 2p)^(1/L))/2 is the only q in (0, 1/2) for which an odd number of L flips has probability p",
        r"q = \tfrac12 \left(1 - (1 - 2p)^{1/L}\right)",
        ("0 < p < 1/2", "L = 1, 2, ..."),
        "THEORY D2",
        "it is the only one in (0, 1)",
    ),
    Row(
        "calibration",
        "sigma_star_is_unique",
        "exactly one sigma > 0 gives the surrogate the negative rate p",
        r"\exists!\, \sigma > 0:\ \pi_L(\Phi(-\omega/\sigma)) = p",
        (
            "0 < p < 1/2",
            "L = 1, 2, ...",
            "omega > 0",
            "Phi increases strictly and continuously from 0, Phi(0) = 1/2: the normal distribution function, or another",
        ),
        "digest, Mechanism 2; THEORY D2",
        "also for p above 1/2",
    ),
    Row(
        "mean_field",
        "closure_identity",
        "omega x + noise has the second moments of noise alone with sigma^2 + omega^2 for sigma^2, for one input and for two",
        r"\mathbb E\, (\omega x + \sigma \xi)(\omega y + \sigma \eta) = (\omega^2 + \sigma^2)\, \mathbb E\, x y",
        ("E is linear", "the noise is uncorrelated with the inputs x, y, and E xi eta = E x y"),
        "THEORY E2; digest, Mechanism 3",
        "with (sigma + omega)^2 for sigma^2",
    ),
)


_PREMISES = {"calibration": "premise.surrogate", "mean_field": "premise.closure"}  # of the topics; else the class F


def claims(topic: str) -> Iterator[Claim]:
    for row in ROWS:
        if row.topic == topic:
            yield _claim(row)


def _claim(row: Row) -> Claim:
    def proposition(about: str) -> str:
        return f"{about}.{row.name}"

    return Claim(
        id=f"{row.topic}.theorem.{row.name}",
        statement=row.statement,
        latex=row.latex,
        hypotheses=row.hypotheses,
        source=row.source,
        uses=(_PREMISES.get(row.topic, "premise.odd_sigmoid"),),
        subject=partial(proposition, STATEMENTS),
        twin=Twin(row.twin, partial(proposition, NEAR_MISSES)),
        checks=(formal_evidence.theorem_check(row.name),),
    )
