"""Enclosures of the Lyapunov exponent by its Poisson series: a road without 2F2 and without quadrature (THEORY C1-C3).

With tau = N/(2 s^2) and K ~ Poisson(tau), 2 lambda_N = -log tau + E psi(N/2 + K), and as
d/dtau E psi(N/2 + K) = E 1/(N/2 + K),  s lambda_N'(s) = 1 - tau E 1/(N/2 + K). All terms from k = 2 on are positive, so
nothing cancels; psi runs by psi(b + 1) = psi(b) + 1/b.
"""

from collections.abc import Iterator

from flint import arb, ctx


def exponent(noise: arb, width: arb) -> arb:
    """lambda_N(s) for s > 0 and real N >= 1, enclosed at the precision of `flint.ctx`; about tau terms."""
    rate = width / (2 * noise * noise)
    return (poisson_mean(rate, _digammas(width / 2), width / 2) - rate.log()) / 2


def slope(noise: arb, width: arb) -> arb:
    """lambda_N'(s)."""
    rate = width / (2 * noise * noise)
    return (1 - rate * poisson_mean(rate, _reciprocals(width / 2), width / 2)) / noise


def poisson_mean(rate: arb, values: Iterator[arb], offset: arb) -> arb:
    """E g_K, K ~ Poisson(rate), for values g_0, g_1, ... with 0 <= g_k <= offset + k from k = 2 on.

    The terms u_k = P(K = k) (offset + k) have falling ratios, so once u_{k+1}/u_k <= 1/2 the tail lies in [0, 2 u_k].
    """
    total, probability, count = arb(0), (-rate).exp(), 0
    while True:
        bound = 2 * probability * (offset + count)
        falling = 2 * rate * (offset + count + 1) < (count + 1) * (offset + count)
        if count >= 2 and falling and bound < arb(2) ** -(ctx.prec + 10):
            return total + bound.union(arb(0))
        total += probability * next(values)
        count += 1
        probability = probability * rate / count


def _digammas(start: arb) -> Iterator[arb]:
    """psi(b + k) <= log(b + k) <= b + k; positive where b + k >= 2."""
    value = start.digamma()
    for reciprocal in _reciprocals(start):
        yield value
        value += reciprocal


def _reciprocals(start: arb) -> Iterator[arb]:
    while True:
        yield 1 / start
        start = start + 1
