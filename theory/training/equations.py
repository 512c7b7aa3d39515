r"""Three benchmarks of physics-informed networks, each with an exact solution.

==========  ==================================  ==========================  =====================  ====================
name        equation                            domain                      u is given on          solution
==========  ==================================  ==========================  =====================  ====================
burgers     u_t + u u_x = u_xx/(100 pi)         -1 <= x <= 1, 0 <= t <= 1   t = 0: -sin(pi x),     Cole-Hopf integrals
                                                                            x = +-1: 0
allen_cahn  u_t = u_xx/1000 + 5 (u - u^3) + q   -1 <= x <= 1, 0 <= t <= 1   t = 0 and x = +-1      x^2 cos(pi x) e^-t
helmholtz   u_xx + u_yy + u = q                 -1 <= x, y <= 1             all sides              sin(pi x) sin(pi y)
==========  ==================================  ==========================  =====================  ====================

Burgers' is that of Raissi, Perdikaris and Karniadakis (J. Comput. Phys. 378, 2019). The other two are manufactured: q is what
the operator makes of the stated solution. Allen-Cahn has the reaction, the domain and the initial value of the usual benchmark,
which has q = 0, no elementary solution, and a diffusion of 1/1000 with u = -1 at the ends, or of 1/10000 and periodic ends.
Helmholtz is that of Wang, Teng and Perdikaris (SIAM J. Sci. Comput. 43, 2021), where u = sin(pi x) sin(4 pi y) calls for
adaptive weights and for more steps; the lower frequency does without. Its residual is 2 pi^2 times as large as u, so errors on
the sides weigh 100-fold.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy
import sympy
from numpy.typing import NDArray

from theory.activation.arithmetic import evaluate
from theory.activation.floats import numpy_
from theory.training.burgers import burgers_solution, t, viscosity, x

Array = NDArray[numpy.float64]
Order = tuple[int, int]  # of the derivative in each coordinate
Side = tuple[int, int]  # (coordinate, 0 for its lower and 1 for its upper end)

y = sympy.Symbol("y", real=True)
_EVOLUTION: tuple[Side, ...] = ((0, 0), (0, 1), (1, 0))  # both ends of x and the start
_ALL: tuple[Side, ...] = (*_EVOLUTION, (1, 1))


@dataclass(frozen=True)
class Equation:
    """residual = 0 on a rectangle and u = given on some of its sides.

    coordinates: two symbols; unknown: u as a function of them. residual: an expression in u, its derivatives and the
    coordinates. domain: (low, high) of each coordinate. solution: u at points, arrays of one shape -> that shape.
    weight: of the mean square error on the sides beside the mean square residual.
    """

    name: str
    coordinates: tuple[sympy.Symbol, sympy.Symbol]
    residual: sympy.Expr
    domain: tuple[tuple[float, float], tuple[float, float]]
    sides: tuple[Side, ...]
    given: sympy.Expr
    solution: Callable[[Array, Array], Array]
    weight: float = 1.0

    @property
    def unknown(self) -> sympy.Expr:
        return _unknown(self.coordinates)

    @cached_property
    def derivatives(self) -> dict[Order, sympy.Expr]:
        """u and the derivatives of it that the residual holds, by their orders."""
        found = {self._order(node): node for node in self.residual.atoms(sympy.Derivative)}
        return {(0, 0): self.unknown} | dict(sorted(found.items()))

    def _order(self, derivative: sympy.Expr) -> Order:
        first, second = (dict(derivative.variable_count).get(symbol, 0) for symbol in self.coordinates)
        return int(first), int(second)

    @cached_property
    def pointwise(self) -> tuple[sympy.Expr, dict[Order, sympy.Symbol]]:
        """The residual with a symbol for u and for each derivative, so that any arithmetic evaluates it; and the symbols."""
        symbols = {order: sympy.Symbol("u_{}{}".format(*order), real=True) for order in self.derivatives}
        orders = sorted(self.derivatives, reverse=True)  # u itself last: it is part of its derivatives
        expression = self.residual
        for order in orders:
            expression = expression.subs(self.derivatives[order], symbols[order])
        return expression, symbols


def _unknown(coordinates: tuple[sympy.Symbol, sympy.Symbol]) -> sympy.Expr:
    return sympy.Function("u")(*coordinates)


def burgers() -> Equation:
    u = _unknown((x, t))
    residual = u.diff(t) + u * u.diff(x) - viscosity * u.diff(x, 2)
    return Equation("burgers", (x, t), residual, ((-1, 1), (0, 1)), _EVOLUTION, -sympy.sin(sympy.pi * x), burgers_solution)


def allen_cahn() -> Equation:
    u = _unknown((x, t))
    operator = u.diff(t) - u.diff(x, 2) / 1000 - 5 * (u - u**3)
    return manufactured("allen_cahn", operator, (x, t), x**2 * sympy.cos(sympy.pi * x) * sympy.exp(-t), (0, 1), _EVOLUTION)


def helmholtz() -> Equation:
    u = _unknown((x, y))
    operator = u.diff(x, 2) + u.diff(y, 2) + u
    solution = sympy.sin(sympy.pi * x) * sympy.sin(sympy.pi * y)
    return replace(manufactured("helmholtz", operator, (x, y), solution, (-1, 1), _ALL), weight=100.0)


def manufactured(
    name: str,
    operator: sympy.Expr,
    coordinates: tuple[sympy.Symbol, sympy.Symbol],
    solution: sympy.Expr,
    second: tuple[float, float],
    sides: tuple[Side, ...],
) -> Equation:
    """operator(u) = operator(solution) on [-1, 1] x second, u = solution on the sides."""
    source = operator.subs(_unknown(coordinates), solution).doit()

    def at(first: Array, other: Array) -> Array:
        values = dict(zip(coordinates, numpy.broadcast_arrays(first, other), strict=True))
        return numpy.asarray(evaluate(solution, values, numpy_()))

    return Equation(name, coordinates, operator - source, ((-1, 1), second), sides, solution, at)


EQUATIONS = {equation.name: equation for equation in (burgers(), allen_cahn(), helmholtz())}
