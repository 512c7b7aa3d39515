"""Certificates as files: JSON with exact numbers, bound to their claim by hashes, checked without the code that wrote them.

===================  ===========================================================================================
field                what it is
===================  ===========================================================================================
`schema`             oddsigmoid/certificate/1
`claim, statement`   whose certificate it is, and what is claimed
`uses`               the claims and premises that are taken as shown
`problem_sha256`     of the conditions as they are rebuilt from the claim, with the numbers below
`numbers`            rationals that the conditions are about, as brackets: ``{"name": "p/q"}``
`parts`              for each condition its name, and the points and precision at which it is seen to hold
`sha256`             of all other fields
===================  ===========================================================================================

The hashes find mistakes; they stop nobody who makes new ones. What convinces is that the conditions hold with this data.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from verify.certificates.checker import Condition, RejectedError, check_conditions, exact
from verify.certificates.problem import Problem
from verify.claim import Claim

SCHEMA = "oddsigmoid/certificate/1"
RECORD = Path(__file__).resolve().parents[2] / "evidence" / "certificates"
Certificate = dict[str, Any]
_FIELDS = {"schema", "claim", "statement", "uses", "problem_sha256", "numbers", "parts", "sha256"}
_MOST_BYTES = 4 << 20


def problem_of(claim: Claim) -> Problem | None:
    """What a certificate of this claim has to show; None where no check of it is by enclosure."""
    return next((check.problem for check in claim.checks if check.problem is not None), None)


def assemble(claim: Claim, numbers: Mapping[str, Fraction], parts: Sequence[dict[str, Any]]) -> Certificate:
    problem = problem_of(claim)
    assert problem is not None
    found = {
        "schema": SCHEMA,
        "claim": claim.id,
        "statement": claim.statement,
        "uses": list(claim.uses),
        "problem_sha256": problem_hash(claim, problem.conditions(claim.subject(), numbers)),
        "numbers": {name: str(value) for name, value in numbers.items()},
        "parts": list(parts),
    }
    return found | {"sha256": content_hash(found)}


def content_hash(certificate: Mapping[str, Any]) -> str:
    return _sha256({name: value for name, value in certificate.items() if name != "sha256"})


def problem_hash(claim: Claim, conditions: Sequence[Condition]) -> str:
    return _sha256([claim.id, claim.statement, list(claim.hypotheses), *map(_described, conditions)])


def _described(condition: Condition) -> list[str]:
    return [type(condition).__name__, *(f"{name}={value}" for name, value in vars(condition).items())]


def _sha256(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def text_of(certificate: Certificate) -> str:
    return json.dumps(certificate, indent=1) + "\n"


# --- checking ---------------------------------------------------------------------------------------------------------


def check_text(text: str, claims: Mapping[str, Claim]) -> Claim:
    """The claim that the certificate shows, given what it `uses`. Raises `RejectedError` with the reason."""
    certificate = _read(text)
    claim = claims.get(certificate["claim"])
    problem = problem_of(claim) if claim is not None else None
    if claim is None or problem is None:
        raise RejectedError(f"claim={certificate['claim']}: no claim with an enclosure has this id")
    _require_statement(certificate, claim)
    _require_conditions(certificate, claim, check_for(problem, claim.subject(), certificate))
    return claim


def check_for(problem: Problem, subject: Any, certificate: Certificate) -> Sequence[Condition]:
    """The conditions of this subject. Raises `RejectedError` unless the numbers and parts of the certificate show them."""
    conditions = _conditions(problem, subject, certificate)
    check_conditions(conditions, certificate["parts"])
    return conditions


def status(claim: Claim, folder: Path = RECORD) -> str | None:
    """Of the claim's certificate in a folder, without checking it; None where no check of the claim is by enclosure.

    `recorded`: it has the statement and uses of the claim, and the hashes of its content and of the conditions as they are
    today; `stale`: it has not, or cannot be read; `none`: there is none. Whether the conditions hold is for `check_text`.
    """
    problem, path = problem_of(claim), folder / f"{claim.id}.json"
    if problem is None:
        return None
    if not path.exists():
        return "none"
    try:
        certificate = _read(read_text(path))
        if certificate["claim"] != claim.id:
            raise RejectedError(f"claim={certificate['claim']}: expected {claim.id}")
        _require_statement(certificate, claim)
        _require_conditions(certificate, claim, _conditions(problem, claim.subject(), certificate))
    except RejectedError:
        return "stale"
    return "recorded"


def _require_statement(certificate: Certificate, claim: Claim) -> None:
    if certificate["statement"] != claim.statement or certificate["uses"] != list(claim.uses):
        raise RejectedError(f"claim={claim.id}: the certificate states something else; write it again")


def _require_conditions(certificate: Certificate, claim: Claim, conditions: Sequence[Condition]) -> None:
    if certificate["problem_sha256"] != problem_hash(claim, conditions):
        raise RejectedError(f"problem_sha256: the conditions of {claim.id} are others today; write the certificate again")


def _conditions(problem: Problem, subject: Any, certificate: Certificate) -> Sequence[Condition]:
    """With the numbers of the certificate. Raises `RejectedError` where they allow none."""
    try:
        return problem.conditions(subject, _numbers(certificate))
    except KeyError as error:
        raise RejectedError(f"numbers: {error} is missing") from error
    except RejectedError:
        raise
    except (ArithmeticError, ValueError, RecursionError) as error:
        raise RejectedError(f"numbers: no conditions with them: {error}") from error


def _numbers(certificate: Certificate) -> dict[str, Fraction]:
    return {name: exact(value) for name, value in certificate["numbers"].items()}


def _read(text: str) -> Certificate:
    try:
        found = json.loads(text, object_pairs_hook=_object)
    except (ValueError, RecursionError) as error:
        raise RejectedError(f"not JSON: {error}") from error
    if not _is_shallow(found, 4):  # parts, a part, its points
        raise RejectedError("nested more deeply than a certificate is")
    if not isinstance(found, dict) or set(found) != _FIELDS or found["schema"] != SCHEMA:
        raise RejectedError(f"schema: expected an object of {SCHEMA} with the fields {', '.join(sorted(_FIELDS))}")
    if not isinstance(found["numbers"], dict) or not isinstance(found["parts"], list) or not isinstance(found["claim"], str):
        raise RejectedError("numbers, parts, claim: must be an object, a list and a string")
    if not all(isinstance(part, dict) for part in found["parts"]):
        raise RejectedError("parts: must be objects")
    if found["sha256"] != content_hash(found):
        raise RejectedError("sha256: the certificate was altered after it was written")
    return found


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _is_shallow(value: object, depth: int) -> bool:
    """Whether lists and objects stand at most `depth` deep in one another."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return all(depth > 0 and _is_shallow(one, depth - 1) for one in inner)


def read_text(path: Path) -> str:
    """Raises `RejectedError` where the file cannot be a certificate."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise RejectedError(f"more than {_MOST_BYTES} bytes")
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RejectedError(f"cannot be read: {error}") from error
