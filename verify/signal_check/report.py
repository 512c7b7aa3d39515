"""The result of a signal check: what was measured layer by layer, what was found, and the table that shows it."""

from dataclasses import dataclass
from typing import Literal

from verify.cli.output import table

Range = tuple[float, float]

Cause = Literal[
    "input is not finite",
    "input is zero",
    "input is constant",
    "weights are not finite",
    "signal is not finite",
    "gradient is not finite",
    "weights are zero",
    "no gradient arrives",
    "rectangular layer saturates",
    "diagonal is missing",
    "diagonal is not omega",
    "noise is too large",
    "noise is too small",
    "noise is scaled by 1/N",
    "bias is not zero",
    "signal vanishes",
    "signal grows",
    "signs are lost",
    "gradient vanishes",
    "gradient explodes",
    "layer saturates",
    "activation is not odd",
    "weights are frozen",
]


@dataclass(frozen=True)
class Finding:
    """layer: the name of the module, or `input`."""

    layer: str
    cause: Cause
    detail: str


@dataclass(frozen=True)
class LayerSignal:
    """One layer, for the first input. second_moment: mean of x_l^2.

    negative_rate: the fraction of neurons with another sign than at the start of the run of layers of this width; None for the
    others. gradient_ratio: |delta_l| over that of the last layer with an activation; None where no gradient arrived. saturated:
    the fraction of neurons where |f'| is below a tenth of |f'(0)|. The bands are (low, high), None outside recognized stacks.
    """

    name: str
    kind: str
    second_moment: float
    negative_rate: float | None
    gradient_ratio: float | None
    saturated: float | None
    second_moment_band: Range | None = None
    negative_rate_band: Range | None = None
    gradient_ratio_band: Range | None = None


@dataclass(frozen=True)
class Recognized:
    """A stack of square layers: its place, omega, and what the weights show of it and of the noise scale sigma."""

    first: str
    last: str
    depth: int
    width: int
    activation: str
    omega: float
    diagonal: float
    sigma: float


@dataclass(frozen=True)
class SignalReport:
    """findings: the first bad layer first. false_alarm: the probability that a healthy recognized network leaves a band."""

    layers: tuple[LayerSignal, ...]
    stacks: tuple[Recognized, ...]
    findings: tuple[Finding, ...]
    false_alarm: float

    @property
    def ok(self) -> bool:
        return not self.findings

    @property
    def first_bad(self) -> str | None:
        """The name of the first bad layer, or `input`."""
        return self.findings[0].layer if self.findings else None

    @property
    def cause(self) -> Cause | None:
        return self.findings[0].cause if self.findings else None

    def __str__(self) -> str:
        header = ["layer", "module", "second moment", "negative rate", "gradient ratio", "saturated"]
        lines = [table([_row(layer) for layer in self.layers], header), ""]
        lines += [
            f"{stack.first} to {stack.last}: {stack.depth} layers of width {stack.width}, {stack.activation}, "
            f"omega = {stack.omega:.4g}; the weights show a diagonal of {stack.diagonal:.4g} and sigma = {stack.sigma:.4g}"
            for stack in self.stacks
        ]
        if self.false_alarm:
            lines.append(f"[band]: left anywhere by a healthy network with probability {self.false_alarm:.1g}")
        else:
            why = ": no stack of square layers with one odd sigmoid was recognized" if self.ok else ""
            lines.append(f"measured only, not compared with random networks{why}")
        lines.append(
            "ok" if self.ok else "\n".join(f"BAD {found.layer}: {found.cause}: {found.detail}" for found in self.findings)
        )
        return "\n".join(lines)


def _row(layer: LayerSignal) -> list[str]:
    return [
        layer.name,
        layer.kind,
        _shown(layer.second_moment, layer.second_moment_band),
        _shown(layer.negative_rate, layer.negative_rate_band),
        _shown(layer.gradient_ratio, layer.gradient_ratio_band),
        "-" if layer.saturated is None else f"{layer.saturated:.2f}",
    ]


def _shown(value: float | None, band: Range | None) -> str:
    text = "-" if value is None else f"{value:.3g}"
    if value is None or band is None:
        return text
    mark = "" if band[0] <= value <= band[1] else " <--"
    return f"{text} [{band[0]:.2g}, {band[1]:.2g}]{mark}"
