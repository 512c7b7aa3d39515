"""Gain sequences: x_{n+1} = f(a_n x_n) with any signed gains (THEORY B6, G3; digest, Mechanism 1).

**Proposition.** Let f be an odd sigmoid, xi_a its positive fixed point for a > omega, xi_a = 0 for 0 <= a <= omega. Then

    xi(liminf |a_n|)  <=  liminf |x_n|  <=  limsup |x_n|  <=  xi(limsup |a_n|),

where the lower bound needs x_0 != 0 and no zero gain (and xi(oo) = sup f).

*Proof.* f is odd and increasing, so r_n = |x_n| obeys r_{n+1} = |f(a_n x_n)| = f(|a_n| r_n): signs never matter. The map
(a, r) -> f(a r) increases in both arguments on a, r >= 0. If |a_n| <= b from some n on, induction keeps r_n below the
orbit of the constant gain b, which tends to xi_b, or to 0 if it starts there (B1), so limsup r_n <= xi_b. That holds
for every b > limsup |a_n|. Likewise r_n > 0 for all n, and |a_n| >= c > omega from some n on keeps r_n above the orbit
of the gain c, which tends to xi_c > 0. Finally xi is continuous: f is (an upward jump would raise f(x)/x), so f(y)/y is
continuous and strictly decreasing, its inverse y(1/a) is continuous, and xi_a = y/a tends to 0 as a -> omega. Let b and c
tend to the limits. QED

Both bounds are sharp: constant gains attain them. A constant gain a < -omega is the case |a_n| = |a|: r_n -> xi_|a| while
the sign alternates, so the orbit tends to the 2-cycle +-xi_|a|.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction

from theory import validation

FixedPointOf = Callable[[Fraction], Fraction]  # a >= 0 -> xi_a, which is 0 up to omega


def tail_bounds(xi: FixedPointOf, gains: Sequence[validation.Exact]) -> tuple[Fraction, Fraction]:
    """(lower, upper) with lower <= liminf |x_n| and limsup |x_n| <= upper, if every late gain is one of `gains`.

    xi: gives xi_a for a > omega and 0 for 0 <= a <= omega. gains: the values that the tail of the sequence takes (say one
    period), of any sign; only the least and the greatest of their sizes matter, so two values +-alpha, +-beta describe a
    tail with alpha <= |a_n| <= beta. lower holds for x_0 != 0 and if no gain was 0. Raises `InputError` for no gains.
    """
    sizes = [abs(validation.exact_number("gain", gain)) for gain in gains]
    if not sizes:
        raise validation.InputError("gains", gains, "is empty; pass the gains of one period, or the two bounds of their sizes")
    return xi(min(sizes)), xi(max(sizes))


def limit_cycle(xi: FixedPointOf, gain: validation.Exact) -> tuple[Fraction, ...]:
    """What the orbit of x -> f(a x) from x_0 > 0 tends to: (xi_a,) for a >= 0, and (xi_|a|, -xi_|a|) in turn for a < 0.

    Even iterates tend to the first point. Both points are 0 for |a| <= omega. Raises `InputError` for inexact gains.
    """
    exact = validation.exact_number("gain", gain)
    top = xi(abs(exact))
    return (top,) if exact >= 0 else (top, -top)
