"""Evidence by formal proofs: what the ledger takes from `verify.formal`, proved in this run or recorded before.

A proposition is named as in the sources, ``Statements.pitchfork`` or ``NearMisses.pitchfork``. The first kind is proved, the
second refuted, so a claim about it and its twin are both decided by the prover.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from verify import formal
from verify.claim import Check, Context
from verify.formal import NEAR_MISSES, STATEMENTS, Theorem
from verify.verdict import Proved, Refuted, Undecided, Verdict

RECORD = Path(__file__).resolve().parents[1] / "evidence" / "proofs.json"
SCHEMA = "oddsigmoid/proofs/1"
_ANEW = "make it anew: oddsigmoid proofs --record"


class ProofsError(Exception):
    """The proofs are evidence of nothing now; status: stale, failed or unavailable. The message says why, and what to do."""

    def __init__(self, status: str, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class Proofs:
    """status: this_run or recorded. theorems: by the name of their proposition."""

    status: str
    prover: str
    theorems: Mapping[str, Theorem]

    def __str__(self) -> str:
        how = "proved in this run with" if self.status == "this_run" else "recorded, sources as they are now, with"
        return f"{how} {self.prover}"


def prove_all(*, recheck: bool) -> dict[str, Any]:
    """`formal.prove`, as the JSON object of ``oddsigmoid proofs``. Raises `formal.ProverMissingError`."""
    result = {"schema": SCHEMA, "prover": f"Coq {formal.version()}", "axioms": sorted(formal.AXIOMS)}
    try:
        found = formal.prove(recheck=recheck)
    except formal.ProofError as error:
        return result | {"sources": formal.digest(), "theorems": [], "checked": False, "problem": str(error)}
    theorems = [asdict(theorem) for theorem in found.theorems]
    return result | {"sources": found.sources, "theorems": theorems, "checked": found.rechecked, "problem": None}


def load(context: Context) -> Proofs:
    """The proofs of this run, else the recorded ones. Raises `ProofsError`."""
    path = context.proofs or RECORD
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        theorems = [Theorem(**theorem | {"axioms": tuple(theorem["axioms"])}) for theorem in found["theorems"]]
        schema, prover, sources, problem = (found[key] for key in ("schema", "prover", "sources", "problem"))
        checked = found["checked"] is True
    except FileNotFoundError:
        raise ProofsError("unavailable", f"there is no {path.name} here: it comes with the repository") from None
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ProofsError("failed", f"{path.name} cannot be read ({error}); {_ANEW}") from None
    if problem is not None:
        raise ProofsError("failed", f"the proofs failed: {problem}")
    if sources != formal.digest():
        raise ProofsError("stale", f"{path.name} is of other sources than theory/formal; {_ANEW}")
    if schema != SCHEMA or not checked or not _of_the_sources(theorems):
        raise ProofsError("failed", f"{path.name} is not what the proofs come to; {_ANEW}")
    status = "recorded" if context.proofs is None else "this_run"
    return Proofs(status, prover, {f"{theorem.about}.{theorem.name}": theorem for theorem in theorems})


def _of_the_sources(theorems: Sequence[Theorem]) -> bool:
    stated = {
        (about, name): text for about in (STATEMENTS, NEAR_MISSES) for name, text in formal.statements(file=about).items()
    }
    return all(
        stated.get((theorem.about, theorem.name)) == theorem.statement and set(theorem.axioms) <= formal.AXIOMS
        for theorem in theorems
    )


def shown(names: Sequence[str], context: Context) -> dict[str, Any]:
    """For the ledger: where the proofs come from, and the theorems about the propositions `names`, with their sources."""
    try:
        proofs = load(context)
    except ProofsError as error:
        return {"status": error.status, "prover": None, "theorems": []}
    theorems = [asdict(proofs.theorems[name]) for name in names if name in proofs.theorems]
    return {"status": proofs.status, "prover": proofs.prover, "theorems": theorems}


def theorem_check(name: str) -> Check:
    """Of a claim whose subject is the proposition Statements.`name`, and the twin's is the near miss."""
    names = (f"{STATEMENTS}.{name}", f"{NEAR_MISSES}.{name}")
    return Check("formal", _decided, theorems=names)


def _decided(proposition: str, context: Context) -> Verdict:
    return _resting_on([proposition], context, holds=proposition.startswith(f"{STATEMENTS}."))


def instance_check(agrees: Callable[[Any], bool | None], *, proves: Sequence[str], refutes: Sequence[str] = ()) -> Check:
    """Of a claim about one function or formula, which theorems on that one, or on all, decide.

    agrees(subject): True if the subject is what the statements `proves` say, False if it is another one, so that the claim is
    false by them and `refutes`; None if they say nothing about it.
    """
    whole = [f"{STATEMENTS}.{name}" for name in proves], [f"{STATEMENTS}.{name}" for name in refutes]
    return Check("formal", partial(_read, agrees, *whole), theorems=(*whole[0], *whole[1]))


def _read(
    agrees: Callable[[Any], bool | None], proves: list[str], refutes: list[str], subject: object, context: Context
) -> Verdict:
    same = agrees(subject)
    if same is None:
        return Undecided("no theorem is about this one")
    return _resting_on(proves if same else proves + refutes, context, holds=same)


def _resting_on(propositions: list[str], context: Context, *, holds: bool) -> Verdict:
    try:
        proofs = load(context)
    except ProofsError as error:
        return Undecided(str(error), missing="coq" if error.status == "unavailable" else None)
    absent = [name for name in propositions if name not in proofs.theorems]
    if absent:
        return Undecided(f"no theorem is about {', '.join(absent)}")
    rest = ", ".join(f"{proofs.theorems[name].name} ({proofs.theorems[name].file})" for name in propositions)
    return (Proved if holds else Refuted)(f"{rest}; {proofs}")
