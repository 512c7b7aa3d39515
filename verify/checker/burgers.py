r"""Enclosures of the solution of Burgers' equation, by integrals over the initial point y instead of z (see `theory.training`).

u(x, t) = -int sin(pi y) K(y) dy / int K(y) dy,  K(y) = exp(-50 (1 + cos(pi y)) - (x - y)^2/(4 nu t)),  nu = 1/(100 pi).
"""

from fractions import Fraction

from flint import acb, arb, ctx

from theory.rounding import as_ball


def burgers_ball(x: Fraction, t: Fraction, bits: int) -> arb:
    """u(x, t), t > 0, to about `bits` bits.

    int K has the same sign and about the size of its largest value, not below e^-100, times sqrt(4 pi nu t). Beyond a distance
    r sqrt(4 nu t) from x both integrals are at most erfc(r) times that root, as 0 <= K <= exp(-(x - y)^2/(4 nu t)).
    """
    with ctx.workprec(bits + 200):
        place, scale = as_ball(x), (as_ball(t) / (25 * arb.pi())).sqrt()  # sqrt(4 nu t)
        reach = arb(bits + 160).sqrt().ceil()
        tail = scale * arb.pi().sqrt() * reach.erfc()
        goal = (scale * arb(2) ** -(bits + 150)).mid()

        def integral(weighted: bool) -> arb:
            def integrand(r: acb, _: bool) -> acb:
                y = place + scale * r
                kernel = (-50 * (1 + (arb.pi() * y).cos()) - r * r).exp()
                return kernel * (arb.pi() * y).sin() if weighted else kernel

            found = scale * acb.integral(integrand, acb(-reach), acb(reach), abs_tol=goal, rel_tol=arb(2) ** -ctx.prec).real
            return found + tail * (arb(-1).union(arb(1)) if weighted else arb(0).union(arb(1)))

        return -integral(weighted=True) / integral(weighted=False)
