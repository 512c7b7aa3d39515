r"""A macro for each verdict of a ledger, each number and what a reader needs to know of the run.

A name that does not exist is an error of TeX, which says so and prints ??: a paper cannot quote what was not computed.
Names keep their dots and underscores: ``\oddsigmoidVerdict{bifurcation.trichotomy.tanh}``. All macros are expandable.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import sympy

from verify.tex.numbers import Number, decimals
from verify.tex.text import decimal, escaped

NOT_RUN = "not run"
_LOOKUPS = {  # macro: kind, what the error calls it
    "Verdict": ("verdict", "claim"),
    "Method": ("method", "claim"),
    "Number": ("value", "number"),
    "Lower": ("lower", "number"),
    "Upper": ("upper", "number"),
    "Exact": ("exact", "number with a closed form"),
    "Count": ("count", "count"),
    "Environment": ("environment", "entry of the environment"),
}
_LOOK_UP = r"""\newcommand\oddsigmoid@define[3]{\expandafter\gdef\csname oddsigmoid@#1@#2\endcsname{#3}}
\newcommand\oddsigmoid@get[3]{\ifcsname oddsigmoid@#1@#3\endcsname\csname oddsigmoid@#1@#3\endcsname\else
  \PackageError{oddsigmoid}{There is no #2 named '#3'}{oddsigmoid tex writes macros.tex, which lists the names.}??\fi}"""


def macros(ledger: Mapping[str, Any], numbers: Iterable[Number], version: str) -> str:
    """The file macros.tex. version: of oddsigmoid."""
    tier = ledger["environment"]["tier"]
    lines = [
        f"% Made by oddsigmoid tex, version {version}, from a ledger of the {tier} tier. Not to be edited.",
        r"\makeatletter",
        _LOOK_UP,
        *(rf"\newcommand\oddsigmoid{macro}{{\oddsigmoid@get{{{kind}}}{{{word}}}}}" for macro, (kind, word) in _LOOKUPS.items()),
        rf"\newcommand\oddsigmoidVersion{{{escaped(version)}}}",
        rf"\newcommand\oddsigmoidSeed{{{ledger['environment']['seed']}}}",
        "% Verdicts",
        *_verdicts(ledger),
        "% Counts",
        *(_define("count", word, str(count)) for word, count in _counts(ledger).items()),
        "% The run",
        *(_define("environment", name, escaped(text)) for name, text in _environment(ledger).items()),
        *_numbers(numbers),
        r"\makeatother",
    ]
    return "\n".join(lines) + "\n"


def _define(kind: str, name: str, text: str) -> str:
    return rf"\oddsigmoid@define{{{kind}}}{{{name}}}{{{text}}}"


def _verdicts(ledger: Mapping[str, Any]) -> Iterator[str]:
    for entry in ledger["claims"]:
        yield _define("verdict", entry["id"], entry["verdict"])
        yield _define("method", entry["id"], entry["method"] or "none")
    for claim in ledger["skipped"]:
        yield _define("verdict", claim, NOT_RUN)


def _counts(ledger: Mapping[str, Any]) -> dict[str, int]:
    ran, skipped = len(ledger["claims"]), len(ledger["skipped"])
    return {"claims": ran + skipped, "run": ran, "skipped": skipped} | ledger["counts"]


def _environment(ledger: Mapping[str, Any]) -> dict[str, str]:
    """Versions by the name of the package, and python, platform, tier, device."""
    environment = ledger["environment"]
    packages = {name: version or "not installed" for name, version in environment["packages"].items()}
    return packages | {name: environment[name] for name in ("python", "platform", "tier", "device")}


def _numbers(numbers: Iterable[Number]) -> Iterator[str]:
    yield "% Numbers: Number is rounded to nearest, Lower down and Upper up; the value lies between these"
    for number in numbers:
        shown = decimals(number.ends())
        yield f"% {number.name}: {number.meaning} ({'certified' if number.certified else 'estimated'})"
        for kind in ("value", "lower", "upper"):
            yield _define(kind, number.name, decimal(getattr(shown, kind)))
        if number.exact is not None:
            yield _define("exact", number.name, rf"\ensuremath{{{sympy.latex(number.exact)}}}")
