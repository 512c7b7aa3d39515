"""``oddsigmoid list``: the catalogue of activations, the claims and what they rest on."""

import argparse
import difflib
from typing import Any

from theory.activation import CATALOGUE
from theory.validation import InputError
from verify.claims import TOPICS, all_claims, graph
from verify.claims.premises import PREMISES
from verify.cli import OK
from verify.cli.output import table

SCHEMA = "oddsigmoid/list/1"


def run(options: argparse.Namespace) -> tuple[dict[str, Any], int]:
    claims = all_claims()
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
        "claims": [
            {"id": c.id, "statement": c.statement, "source": c.source, "tier": c.tier, "uses": list(c.uses)} for c in claims
        ],
    }
    return result, OK


def _unknown(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return "is no claim or premise" + (
        f"; did you mean '{close[0]}'?" if close else f"; the premises are {', '.join(PREMISES)}"
    )


def render(result: dict[str, Any], options: argparse.Namespace) -> str:
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
