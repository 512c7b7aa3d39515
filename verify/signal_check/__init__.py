"""Does a network of your own keep its signal and its gradient? One pass forward and back, layer by layer, and a verdict.

`trace` runs the network and takes down what each layer did, `stacks` recognizes W = omega I + (sigma/sqrt N) G in its weights,
`band` says within which bounds random networks of that kind stay, `diagnosis` names what leaves them and why, and
`report` holds the result.

>>> import torch
>>> from verify.signal_check import signal_check
>>> generator = torch.Generator().manual_seed(0)
>>> def layer(width, sigma):
...     linear = torch.nn.Linear(width, width, bias=False)
...     with torch.no_grad():
...         linear.weight.normal_(0, sigma / width**0.5, generator=generator).add_(torch.eye(width))
...     return linear
>>> def network(sigma):
...     return torch.nn.Sequential(*(module for _ in range(50) for module in (layer(32, sigma), torch.nn.Tanh())))
>>> batch = torch.randn(8, 32, generator=generator)
>>> signal_check(network(0.26), batch).ok
True
>>> report = signal_check(network(2.0), batch)
>>> report.first_bad, report.cause
('0', 'noise is too large')
"""

from typing import TYPE_CHECKING

from theory import odd_sigmoid
from theory.activation import Activation
from theory.activation.parser import parse_activation
from theory.validation import InputError
from theory.validation import seed as valid_seed
from verify.signal_check.report import SignalReport

if TYPE_CHECKING:
    import torch

__all__ = ["SignalReport", "signal_check"]


def signal_check(
    model: "torch.nn.Module", batch: "torch.Tensor", *, nonlinearity: str | Activation | None = None, seed: int = 0
) -> SignalReport:
    """Run `model` once on `batch`, forward and back from a random gradient N(0, I) at its output, and judge each layer.

    Layers are the Linear and convolution modules, in the order in which they are called. All numbers are of the *first* input
    of the batch; the others only take part in the forward pass. x_l is what follows layer l: the first known activation that
    is called after it, as a module or as a function (`torch.tanh`, `F.softsign`, ...), else its output h_l. An activation
    written by hand is not seen: name it by `nonlinearity`, a catalogue name, an expression in x or an `Activation`.

    *Band.* A run of square Linear layers, each followed by the same odd sigmoid and by the next layer, is compared with random
    networks: 999 of the same depth and width (fewer for large ones, at least 99), with the same input and with
    W = omega I + (sigma/sqrt N) G, sigma as the weights show it but within 0.5..4.5 omega/sqrt(L) (a wide tanh network of 100
    layers flips 4% of its signs there, and 49.99%), simulated with `seed`. The band is m +- T s for log E x_l^2,
    the negative rate and log |delta_l|/|delta_L|, with m and s their mean and deviation in 249 more networks, and T so wide
    that all 999 stay inside in all layers. One more network of that law then leaves it anywhere with probability 1/1000
    (`false_alarm`); finite width and the given input are part of the law, the error of sigma, 1/(N sqrt L) relatively, is not.
    Other layers are measured, and judged by coarse limits only.

    The model is left as it was: mode, parameters, gradients, buffers, hooks and the global generators; what it keeps in plain
    Python attributes is its own affair. Raises `InputError` for a model without such layers, with lazy parameters that were
    never set, or that does not map a tensor to a tensor. Source: THEORY F6 and the digest's failure signatures.
    """
    import torch

    from verify.signal_check.diagnosis import diagnose
    from verify.signal_check.trace import trace

    f = nonlinearity if isinstance(nonlinearity, Activation) or nonlinearity is None else parse_activation(nonlinearity)
    if f is not None:
        _require_slope(f)
    with torch.inference_mode(False):
        return diagnose(trace(model, batch, f, valid_seed(seed)), seed)


def _require_slope(f: Activation) -> None:
    try:
        positive = odd_sigmoid.slope_at_zero(f).is_positive
    except odd_sigmoid.UndeterminedError:
        positive = False
    if not positive:
        raise InputError("nonlinearity", str(f.expression), "f'(0) must be positive and finite, as for an odd sigmoid")
