"""``oddsigmoid proofs``: compile the formal proofs, list the theorems with their axioms, and have them checked again."""

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from verify import formal
from verify.cli import OK, REFUTED
from verify.cli.output import MissingBackendError, table

SCHEMA = "oddsigmoid/proofs/1"
BUILD = Path("build/proofs")


def run(options: argparse.Namespace) -> tuple[dict[str, Any], int]:
    try:
        prover = formal.version()
        problem, theorems = None, formal.prove(BUILD, check=not options.unchecked)
    except formal.ProverMissingError as error:
        raise MissingBackendError(str(error)) from None
    except formal.ProofError as error:
        problem, theorems = str(error), []
    result = {
        "schema": SCHEMA,
        "prover": f"Coq {prover}",
        "sources": formal.digest(),
        "theorems": [asdict(theorem) for theorem in theorems],
        "axioms": sorted(formal.AXIOMS),
        "checked": problem is None and not options.unchecked,
        "problem": problem,
    }
    return result, OK if problem is None else REFUTED


def render(result: dict[str, Any], options: argparse.Namespace) -> str:
    if result["problem"]:
        return f"not proved: {result['problem']}"
    rows = [[theorem["name"], theorem["file"], str(len(theorem["axioms"]))] for theorem in result["theorems"]]
    return "\n\n".join(
        [
            table(rows, ["theorem", "file", "axioms"]),
            f"{len(rows)} theorems by {result['prover']}, {_checked(result)}. What they say: theory/formal/Statements.v.\n"
            f"No axioms but {', '.join(result['axioms'])}.",
        ]
    )


def _checked(result: dict[str, Any]) -> str:
    """The independent checker looks at all that has no numbers in it (`verify.formal`)."""
    if not result["checked"]:
        return "not checked again"
    again = sum(theorem["file"] == "Theorems.v" for theorem in result["theorems"])
    return f"{again} of them checked again by coqchk"
