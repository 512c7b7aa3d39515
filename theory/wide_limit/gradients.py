"""Backward through the wide limit: the mean square of the gradient, layer by layer (THEORY E5).

Let delta_l = dLoss/dh_l and let the loss's gradient dLoss/dx_L have independent entries N(0, 1), independent of the
forward pass. With v^l(h) = E(delta^2 | h^l = h): a neuron of layer l reaches itself through omega and every neuron
through sigma G, so as N -> oo

    v^L(h) = f'(h)^2,    v^l(h) = f'(h)^2 [omega^2 E(v^{l+1}(h^{l+1}) | h^l = h) + sigma^2 E v^{l+1}(h^{l+1})],

and E|delta_l|^2/N = E v^l(h^l). The identity path correlates the layers: this is no product of E f'^2's.

The recursion runs against the chain, whose laws would fill the memory at great depth. So the forward pass leaves a
checkpoint every few layers, and each segment between two of them is computed again when it is needed.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from theory.validation import InputError
from theory.wide_limit.chain import Chain, Law, advance
from theory.wide_limit.grid import Array, Resolution


def stride(depth: int) -> int:
    """Layers between checkpoints: a segment holds its transitions, each about ten times as large as a checkpoint."""
    return max(1, int(depth**0.5 / 3))


def checkpoint(law: Law) -> Law:
    """The law without the matrices that led to it."""
    return replace(law, arrival=None)


def log_gradient_moments(
    chain: Chain, depth: int, last: Law, checkpoints: Sequence[Law], resolution: Resolution
) -> list[float]:
    """log E v^l(h^l) for layers 1..depth, in logarithms so that no growth overflows.

    last: the law of layer `depth`. checkpoints: laws of some layers, in ascending order, the first of layer 1.
    """
    v = chain.slope(last.grid.nodes) ** 2
    moment = _alive(last, v)
    logs = [math.log(moment)]
    for law, following in _backwards(chain, depth, checkpoints, resolution):
        v = pull_back(chain, law, following, v / moment)
        moment = _alive(law, v)
        logs.append(logs[-1] + math.log(moment))
    return logs[::-1]


def _alive(law: Law, v: Array) -> float:
    moment = law.mean(v)
    if not moment > 0:
        raise InputError("depth", law.layer, "no gradient passes this layer: f' is 0 in doubles; choose smaller inputs")
    return moment


def pull_back(chain: Chain, law: Law, following: Law, v: Array) -> Array:
    """v^l at the nodes of `law` from v^{l+1} at the nodes of `following`."""
    assert following.arrival is not None
    through_itself = following.arrival.pull(following.grid.weights * v)
    inherited: Array = chain.omega**2 * through_itself + chain.sigma**2 * following.mean(v)
    return chain.slope(law.grid.nodes) ** 2 * inherited


def _backwards(chain: Chain, depth: int, checkpoints: Sequence[Law], resolution: Resolution) -> Iterator[tuple[Law, Law]]:
    """(law of layer l, law of layer l+1) for l = depth-1, ..., 1."""
    end = depth
    for start in reversed(checkpoints):
        segment = [start]
        while segment[-1].layer < end:
            segment.append(advance(chain, segment[-1], resolution))
        while len(segment) > 1:
            following = segment.pop()
            yield segment[-1], following
        end = start.layer
