"""``oddsigmoid simulate``: signal, sign flips and gradient of random networks, layer by layer, beside the wide limit."""

import argparse
import math
from typing import Any

import numpy

from theory import odd_sigmoid, validation
from theory.activation import Activation
from theory.activation.parser import parse_activation
from theory.validation import InputError
from theory.wide_limit import Chain, Layer, predict
from verify.cli import OK
from verify.cli.membership_gate import require_member
from verify.cli.numbers import exact_value
from verify.cli.output import progress_line, require_device, selected, table
from verify.cross_check import statistics
from verify.cross_check.network import Network
from verify.cross_check.observables import Measurement
from verify.cross_check.simulation import simulate
from verify.cross_check.statistics import Interval

SCHEMA = "oddsigmoid/simulate/1"
CONFIDENCE = 0.999  # of each interval, two-sided
_ERROR = 1 - CONFIDENCE
_WORK = 50_000_000  # random numbers a pass by default: some seconds on one core
_FEWEST, _MOST = 12, 10_000  # networks by default
_SINGLE, _DOUBLE = 1e-30, 1e-290  # second moments below which float32 and float64 lose the signal
_BY_OMEGA = ("odd_sigmoid", "edge_of_chaos")  # whose weights are made from the critical gain

Json = dict[str, Any]


def run(options: argparse.Namespace) -> tuple[Json, int]:
    f = parse_activation(options.activation)
    noise = _noise(options)
    depth, width, batch = validation.depth(options.depth), validation.width(options.width), validation.batch(options.batch)
    replicas = _replicas(options, depth, width, batch)
    seed = validation.seed(options.seed)
    validation.simulation_size(depth, width, batch, replicas, options.sampler)
    require_device(options.device)
    assumed = require_member(f, options) if options.init in _BY_OMEGA else False
    network = Network.initialized(f, options.init, depth=depth, width=width, sigma=noise, batch=batch)
    found = _measured(network, replicas, options, seed)
    wide = None if noise is None else _predicted(f, noise, depth)
    result = {
        "schema": SCHEMA,
        "expression": str(f.expression),
        "init": options.init,
        "omega": exact_value(odd_sigmoid.omega(f), 15) if options.init in _BY_OMEGA else None,
        "sigma": noise,
        "sigma_exact": None if noise is None else str(validation.positive("sigma", options.sigma)),
        "depth": depth,
        "width": width,
        "batch": batch,
        "replicas": replicas,
        "layers": [_layer(found, layer, None if wide is None else wide[layer - 1]) for layer in found.layers],
        "confidence": CONFIDENCE,
        "device": found.device,
        "sampler": found.sampler,
        "seed": seed,
        "assumed_member": assumed,
    }
    return result, OK


def _noise(options: argparse.Namespace) -> float | None:
    """sigma, which odd_sigmoid needs and no other initialization has."""
    if options.init == "odd_sigmoid":
        if options.sigma is None:
            raise InputError("sigma", "", "odd_sigmoid needs a noise scale; give --sigma, for one see: oddsigmoid calibrate")
        return validation.positive_float("sigma", validation.positive("sigma", options.sigma))
    if options.sigma is not None:
        raise InputError(
            "sigma", options.sigma, f"belongs to --init odd_sigmoid; {options.init} has a scale of its own, leave it out"
        )
    return None


def _replicas(options: argparse.Namespace, depth: int, width: int, batch: int) -> int:
    """As asked; by default so many that the run takes some seconds, from _FEWEST to _MOST."""
    if options.replicas is not None:
        return validation.replicas(options.replicas)
    numbers = depth * width * (batch if options.sampler == "law" else max(batch, width))
    fit = max(2, validation.MOST_OBSERVED // (depth * batch))
    return min(fit, max(_FEWEST, min(_MOST, _WORK // numbers)))


def _measured(network: Network, replicas: int, options: argparse.Namespace, seed: int) -> Measurement:
    """In float32; again in float64 where the signal grows too faint. Raises `InputError` where it leaves the doubles too."""
    for dtype, faintest in (("float32", _SINGLE), ("float64", _DOUBLE)):
        found = simulate(
            network,
            replicas,
            seed=seed,
            sampler=options.sampler,
            gradients=True,
            device=options.device,
            dtype=dtype,
            progress=lambda done, total: progress_line(done, total, "networks" if done < total else ""),
        )
        moments = found.second_moment.mean(axis=(1, 2))
        held = numpy.isfinite(moments) & (moments > faintest)
        if held.all():
            return found
    layer = found.layers[int(numpy.argmin(held))]
    if numpy.isnan(moments[layer - 1]):
        raise InputError("activation", options.activation, f"is not a real number for some signals, first at layer {layer}")
    raise InputError("depth", network.depth, f"at layer {layer} the signal is 0 or beyond doubles; ask for fewer layers")


def _predicted(f: Activation, sigma: float, depth: int) -> tuple[Layer, ...] | None:
    """The wide limit, or None where `predict` does not reach: too deep, hardly any noise, f not bounded."""
    try:
        return predict(Chain.of(f, sigma), depth, gradients=True).layers
    except InputError:
        return None


def _layer(found: Measurement, layer: int, wide: Layer | None) -> Json:
    with numpy.errstate(over="ignore", invalid="ignore"):  # a gradient that explodes or is 0: null
        ratio, median = found.gradient_ratio_at(layer, _ERROR), _median_ratio(found, layer)
    predicted = None
    if wide is not None:
        predicted = {name: getattr(wide, name) for name in ("second_moment", "negative_rate", "gradient_ratio")}
    return {
        "layer": layer,
        "second_moment": _interval(found.second_moment_at(layer, _ERROR)),
        "negative_rate": _interval(_rate(found, layer), largest=1.0),
        "gradient_ratio": _interval(ratio) if ratio.mean > 0 else None,
        "median_gradient_ratio": _interval(median),
        "predicted": predicted,
    }


def _rate(found: Measurement, layer: int) -> Interval:
    """If no sign was flipped in any network, the rate is still bounded: by the probability that a network flips one."""
    rate = found.negative_rate_at(layer, _ERROR)
    return rate if rate.mean > 0 else statistics.proportion(0, rate.replicas, _ERROR)


def _median_ratio(found: Measurement, layer: int) -> Interval | None:
    """None from fewer than 12 networks: their order statistics do not reach the confidence."""
    return found.median_gradient_ratio_at(layer, _ERROR) if found.second_moment.shape[1] >= _FEWEST else None


def _interval(measured: Interval | None, largest: float = math.inf) -> Json | None:
    """Every quantity here lies in [0, largest], so an interval ends there; null where it is beyond doubles."""
    if measured is None or not all(map(math.isfinite, (measured.mean, measured.low, measured.high))):
        return None
    return {"mean": measured.mean, "low": max(0.0, measured.low), "high": min(largest, measured.high)}


def render(result: Json, options: argparse.Namespace) -> str:
    layers = result["layers"]
    shown = selected(layers)
    names = ("second_moment", "negative_rate", "gradient_ratio")
    header, rows = ["layer"], [[str(layer["layer"])] for layer in shown]
    for name in names:
        header += [name.replace("_", " "), *(["predicted"] if layers[0]["predicted"] else [])]
        for row, layer in zip(rows, shown, strict=True):
            row += [_measurement(layer[name]), *([f"{layer['predicted'][name]:.4g}"] if layer["predicted"] else [])]
    scale = "" if result["sigma"] is None else f", sigma = {result['sigma']:.6g}"
    lines = [
        f"f(x) = {result['expression']}, {result['init']}{scale}, x_0 ~ N(0, I), width {result['width']}",
        "",
        table(rows, header),
        "",
        f"{result['replicas']} networks, batch {result['batch']}, sampler {result['sampler']}, seed {result['seed']}, "
        f"{result['device']}; [two-sided {CONFIDENCE:.1%} interval]"
        + ("; predicted: width -> oo." if layers[0]["predicted"] else "."),
        "gradient ratio: |dLoss/dh_l| / |dLoss/dh_L|, root mean square; --format json has its median.",
    ]
    if len(shown) < len(layers):
        lines.append(f"{len(shown)} of {len(layers)} layers; --format json has all.")
    return "\n".join(["ASSUMING f is an odd sigmoid", *lines] if result["assumed_member"] else lines)


def _measurement(interval: Json | None) -> str:
    return "beyond doubles" if interval is None else "{mean:.4g} [{low:.3g}, {high:.3g}]".format(**interval)
