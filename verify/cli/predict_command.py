"""``oddsigmoid predict``: the exact wide limit, layer by layer (THEORY E4, E5)."""

import argparse
from typing import Any

from theory import odd_sigmoid, validation
from theory.activation.parser import parse_activation
from theory.mean_field import odd_sigmoid_closure
from theory.wide_limit import Chain, predict
from verify.cli import OK
from verify.cli.membership_gate import require_member
from verify.cli.numbers import exact_value
from verify.cli.output import selected, table

SCHEMA = "oddsigmoid/predict/1"


def run(options: argparse.Namespace) -> tuple[dict[str, Any], int]:
    f = parse_activation(options.activation)
    depth = validation.depth(options.depth)
    noise = validation.positive("sigma", options.sigma)
    assumed = require_member(f, options)
    sigma = validation.positive_float("sigma", noise)
    prediction = predict(Chain.of(f, sigma), depth, gradients=True)
    closure = odd_sigmoid_closure(f, sigma, depth)
    result = {
        "schema": SCHEMA,
        "expression": str(f.expression),
        "omega": exact_value(odd_sigmoid.omega(f), 15),
        "sigma": sigma,
        "sigma_exact": str(noise),
        "depth": depth,
        "layers": [
            {
                "layer": layer.layer,
                "second_moment": layer.second_moment,
                "negative_rate": layer.negative_rate,
                "kurtosis": layer.kurtosis,
                "chi_gaussian": gaussian.chi,
                "gradient_ratio": layer.gradient_ratio,
            }
            for layer, gaussian in zip(prediction.layers, closure, strict=True)
        ],
        "error": prediction.error,
        "assumed_member": assumed,
    }
    return result, OK


def render(result: dict[str, Any], options: argparse.Namespace) -> str:
    layers = result["layers"]
    rows = [[str(layer["layer"]), *(f"{value:.6g}" for value in list(layer.values())[1:])] for layer in selected(layers)]
    header = ["layer", "second moment", "negative rate", "kurtosis", "chi (Gaussian)", "gradient ratio"]
    lines = [
        f"f(x) = {result['expression']}, omega = {result['omega']['exact']}, sigma = {result['sigma']:.6g}, "
        "x_0 ~ N(0, I), width -> oo",
        "",
        table(rows, header),
        "",
        f"relative error {result['error']:.1g}, from two grids; gradient ratio: |dLoss/dh_l| / |dLoss/dh_L|, root mean square.",
    ]
    if len(rows) < len(layers):
        lines.append(f"{len(rows)} of {len(layers)} layers; --format json has all.")
    return "\n".join(["ASSUMING f is an odd sigmoid", *lines] if result["assumed_member"] else lines)
