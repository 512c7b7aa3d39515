"""``oddsigmoid proofs``: compile the formal proofs, list the theorems with their axioms, and have coqchk type them again."""

import argparse
import json
from typing import Any

from theory.validation import InputError
from verify import formal, formal_evidence
from verify.cli import OK, REFUTED
from verify.cli.output import MissingBackendError, table
from verify.files import write_whole


def run(options: argparse.Namespace) -> tuple[dict[str, Any], int]:
    if options.record and options.unchecked:
        raise InputError("record", "--unchecked", "what is recorded has to be typed again; leave out --unchecked")
    result = proofs_or_missing(recheck=not options.unchecked)
    if options.record and result["problem"] is None:
        write_whole(formal_evidence.RECORD, json.dumps(result, indent=1) + "\n")
    return result, OK if result["problem"] is None else REFUTED


def proofs_or_missing(*, recheck: bool) -> dict[str, Any]:
    """`formal_evidence.prove_all`. Raises `MissingBackendError`."""
    try:
        return formal_evidence.prove_all(recheck=recheck)
    except formal.ProverMissingError as error:
        raise MissingBackendError(str(error)) from None


def render(result: dict[str, Any], options: argparse.Namespace) -> str:
    if result["problem"]:
        return f"not proved: {result['problem']}"
    proved, refuted = (
        [theorem for theorem in result["theorems"] if theorem["about"] == about]
        for about in (formal.STATEMENTS, formal.NEAR_MISSES)
    )
    near = {theorem["name"]: f"refuted in {theorem['file']}" for theorem in refuted}
    rows = [[theorem["name"], theorem["file"], str(len(theorem["axioms"])), near[theorem["name"]]] for theorem in proved]
    return "\n\n".join(
        [
            table(rows, ["theorem", "file", "axioms", "near miss"]),
            f"{len(proved)} statements proved, {len(refuted)} near misses refuted by {result['prover']}, {_checked(result)}.\n"
            f"What they say: theory/formal/Statements.v and NearMisses.v. No axioms but {', '.join(result['axioms'])}.",
        ]
    )


def _checked(result: dict[str, Any]) -> str:
    """coqchk goes through all whose proof needs no interval arithmetic (`verify.formal`)."""
    if not result["checked"]:
        return "not checked again"
    again = sum(theorem["file"].removesuffix(".v") in formal.RECHECKED for theorem in result["theorems"])
    return f"{again} of these checked again by coqchk"
