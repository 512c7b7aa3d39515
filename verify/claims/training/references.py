"""The solutions that physics-informed networks are measured against are solutions."""

from collections.abc import Callable, Iterator
from fractions import Fraction

import numpy
import sympy
from hypothesis import strategies as st

from theory.training import EQUATIONS, burgers
from verify.checker.burgers import burgers_ball
from verify.claim import Check, Claim, Context, Twin
from verify.methods import identity_verdict, property_verdict
from verify.training.comparison import Array
from verify.verdict import Proved, Verdict

_CLOSE, _EXAMPLES = 1e-12, 60
_HEAT = sympy.symbols("p0:5", positive=True)  # phi and its derivatives by x


def claims() -> Iterator[Claim]:
    yield cole_hopf_claim()
    yield quadrature_claim()
    yield manufactured_claim()


def cole_hopf_claim() -> Claim:
    return Claim(
        id="training.reference.cole_hopf",
        statement="u = -2 nu phi_x/phi solves Burgers' equation u_t + u u_x = nu u_xx, nu = 0.01/pi, for every phi > 0 that "
        "solves the heat equation phi_t = nu phi_xx, and has the initial value -sin(pi x) for phi = exp(-cos(pi x)/(2 pi nu))",
        latex=r"u = -2\nu\,\phi_x/\phi",
        hypotheses=("phi(x, t) > 0, smooth", "phi_t = nu phi_xx"),
        source="THEORY F4; E. Hopf, Comm. Pure Appl. Math. 3 (1950)",
        subject=lambda: burgers.cole_hopf,
        twin=Twin(
            "u is larger by the factor 1 + 10^-6", lambda: lambda phi: (1 + sympy.Rational(1, 10**6)) * burgers.cole_hopf(phi)
        ),
        checks=(Check("symbolic", _solves_burgers),),
    )


def _solves_burgers(transform: Callable[[sympy.Expr], sympy.Expr], _: Context) -> Verdict:
    equation = EQUATIONS["burgers"]
    x, t = equation.coordinates
    phi, nu = sympy.Function("phi")(x, t), burgers.viscosity
    residual = equation.residual.subs(equation.unknown, transform(phi)).doit()
    for order in (3, 2, 1, 0):  # phi_xt before phi_t
        residual = residual.subs(phi.diff(x, order, t) if order else phi.diff(t), nu * phi.diff(x, order + 2))
    for order in range(len(_HEAT) - 1, -1, -1):
        residual = residual.subs(phi.diff(x, order) if order else phi, _HEAT[order])
    start = transform(sympy.exp(-sympy.cos(sympy.pi * x) / (2 * sympy.pi * nu))) - equation.given
    sample = dict(zip(_HEAT, (Fraction(n) for n in (2, 3, 5, 7, 11)), strict=True))
    reason = "the residual in phi, phi_x, ..., phi_xxxx, and the initial value"
    verdict = identity_verdict(residual, sample, reason)
    return identity_verdict(start, {x: Fraction(1, 3)}, reason) if isinstance(verdict, Proved) else verdict


def quadrature_claim() -> Claim:
    """Places crowd around 0, where the solution has a layer of width 1/150 for t above 0.4, and at the ends."""
    return Claim(
        id="training.reference.burgers",
        statement="the reference solution of Burgers' equation is within 10^-12 of the exact one, -1 <= x <= 1, 0 < t <= 1",
        latex=r"|\tilde u(x, t) - u(x, t)| \le 10^{-12}",
        hypotheses=("nu = 0.01/pi", "sampled points, each against a ball that encloses u"),
        source="THEORY F4",
        uses=("training.reference.cole_hopf",),
        subject=lambda: burgers.burgers_solution,
        twin=Twin(
            "the solution is larger by the factor 1 + 10^-9", lambda: lambda x, t: (1 + 1e-9) * burgers.burgers_solution(x, t)
        ),
        checks=(Check("property", _lies_in_the_balls),),
    )


def _lies_in_the_balls(solution: Callable[[Array, Array], Array], context: Context) -> Verdict:
    def problem(point: tuple[float, float]) -> str | None:
        x, t = point
        ball = burgers_ball(Fraction(x), Fraction(t), 60)
        found, exact = float(solution(numpy.array(x), numpy.array(t))), float(ball.mid())
        close = abs(found - exact) + float(ball.rad()) <= _CLOSE
        return None if close else f"at x = {x}, t = {t} it is {found}, and u is {exact}"

    sizes = st.floats(0, 6).map(lambda digits: 10**-digits)
    places = st.one_of(st.floats(-1, 1), sizes, sizes.map(lambda size: size - 1))
    moments = st.one_of(st.floats(1e-6, 1), st.floats(0, 12).map(lambda digits: 10**-digits))
    return property_verdict(
        st.tuples(places, moments),
        problem,
        examples=_EXAMPLES,
        seed=context.seed,
        what="points, each within 10^-12 of a ball that encloses u",
    )


def manufactured_claim() -> Claim:
    """The solution is what u is given as on the sides, taken inside too."""
    return Claim(
        id="training.reference.manufactured",
        statement="x^2 cos(pi x) e^-t solves the Allen-Cahn equation and sin(pi x) sin(pi y) the Helmholtz equation, with the "
        "sources that networks are trained on",
        latex=r"\mathcal{L}[u] - q = 0",
        hypotheses=(),
        source="THEORY F4",
        subject=lambda: {name: EQUATIONS[name].given for name in ("allen_cahn", "helmholtz")},
        twin=Twin(
            "the solutions are larger by the factor 1 + 10^-6",
            lambda: {name: (1 + sympy.Rational(1, 10**6)) * EQUATIONS[name].given for name in ("allen_cahn", "helmholtz")},
        ),
        checks=(Check("symbolic", _solves_its_equation),),
    )


def _solves_its_equation(solutions: dict[str, sympy.Expr], _: Context) -> Verdict:
    for name, solution in solutions.items():
        equation = EQUATIONS[name]
        defect = equation.residual.subs(equation.unknown, solution).doit()
        sample = dict(zip(equation.coordinates, (Fraction(1, 3), Fraction(1, 5)), strict=True))
        verdict = identity_verdict(defect, sample, "the residual of each, as an expression in the coordinates")
        if not isinstance(verdict, Proved):
            return verdict
    return verdict
