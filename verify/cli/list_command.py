"""``oddsigmoid list``: the catalogue of activations, the claims and what they rest on."""

import argparse
import difflib
import re
from collections import Counter
from typing import Any

from theory.activation import CATALOGUE
from theory.validation import InputError
from verify.claims import TOPICS, all_claims, graph
from verify.claims.premises import PREMISES
from verify.cli import OK
from verify.cli.output import table
from verify.ledger import described, load_manifest

SCHEMA = "oddsigmoid/list/1"
_WORDS = ("proved", "supported", "refuted", "undecided")


def run(options: argparse.Namespace) -> tuple[dict[str, Any], int]:
    claims, manifest = all_claims(), load_manifest()
    if options.falls_with is not None:
        used_by = graph.reversed_graph(graph.graph(claims))
        if options.falls_with not in used_by:
            raise InputError("falls-with", options.falls_with, _unknown(options.falls_with, list(used_by)))
        falling = graph.reachable(used_by, options.falls_with)
        claims = tuple(claim for claim in claims if claim.id in falling)
    result = {
        "schema": SCHEMA,
        "activations": [{"name": name, "expression": str(f.expression)} for name, f in CATALOGUE.items()],
        "premises": PREMISES,
        "claims": [described(claim, manifest.get(claim.id)) for claim in claims],
    }
    return result, OK


def _unknown(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return "is no claim or premise" + (
        f"; did you mean '{close[0]}'?" if close else f"; the premises are {', '.join(PREMISES)}"
    )


def render(result: dict[str, Any], options: argparse.Namespace) -> str:
    if options.markdown:
        return _markdown(result)
    if options.falls_with is None:
        lines = [
            table([[a["name"], a["expression"]] for a in result["activations"]], ["activation", "f(x)"]),
            table([[name, text] for name, text in result["premises"].items()], ["premise", "what it says"]),
        ]
    else:
        lines = [f"{len(result['claims'])} claims rest on {options.falls_with} and would fall with it."]
    for topic in TOPICS:
        inside = [claim for claim in result["claims"] if claim["id"].startswith(f"{topic}.")]
        if inside:
            lines.append("\n".join([f"{topic}: {len(inside)} claims", *(f"  {claim['id']}" for claim in inside)]))
    return "\n\n".join(lines)


def _markdown(result: dict[str, Any]) -> str:
    """A table a topic: every claim, its verdict as pinned, and what it rests on."""
    claims = result["claims"]
    counts = Counter(claim["pinned"] for claim in claims)
    lines = [
        "# Claims",
        "",
        "Made by `oddsigmoid list --markdown`: every claim with its hypotheses, the verdict and the method that",
        "`verify/manifest.toml` pins, and what it rests on. Claims of the full tier are marked *full*.",
        "",
        f"{len(claims)} claims: {', '.join(f'{counts[word]} {word}' for word in _WORDS)}.",
        "",
        "## Premises",
        "",
        "| premise | what it says |",
        "|---|---|",
        *(f"| `{name}` | {_escaped(text)} |" for name, text in result["premises"].items()),
    ]
    for topic in TOPICS:
        inside = [claim for claim in claims if claim["id"].startswith(f"{topic}.")]
        if inside:
            lines += ["", f"## {topic}", "", "| claim | says | verdict | rests on |", "|---|---|---|---|", *map(_row, inside)]
    return "\n".join(lines)


def _row(claim: dict[str, Any]) -> str:
    assuming = f" ({_escaped('; '.join(claim['hypotheses']))})" if claim["hypotheses"] else ""
    verdict = ", ".join(filter(None, (claim["pinned"] or "not pinned", claim["pinned_method"])))
    verdict += ", *full*" * (claim["tier"] == "full")
    uses = ", ".join(f"`{name}`" for name in claim["uses"])
    return f"| `{claim['id']}` | {_escaped(claim['statement'])}{assuming} | {verdict} | {uses} |"


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_|<>~\[\]])", r"\\\1", text)
