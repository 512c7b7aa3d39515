"""``oddsigmoid list``: the catalogue of activations and the claims."""

import argparse
from typing import Any

from theory.activation import CATALOGUE
from verify.claims import TOPICS, all_claims
from verify.cli import OK
from verify.cli.output import table

SCHEMA = "oddsigmoid/list/1"


def run(options: argparse.Namespace) -> tuple[dict[str, Any], int]:
    result = {
        "schema": SCHEMA,
        "activations": [{"name": name, "expression": str(f.expression)} for name, f in CATALOGUE.items()],
        "claims": [{"id": c.id, "statement": c.statement, "source": c.source, "tier": c.tier} for c in all_claims()],
    }
    return result, OK


def render(result: dict[str, Any], options: argparse.Namespace) -> str:
    activations = table([[a["name"], a["expression"]] for a in result["activations"]], ["activation", "f(x)"])
    lines = [activations]
    for topic in TOPICS:
        inside = [claim for claim in result["claims"] if claim["id"].startswith(f"{topic}.")]
        lines.append("\n".join([f"{topic}: {len(inside)} claims", *(f"  {claim['id']}" for claim in inside)]))
    return "\n\n".join(lines)
