"""``oddsigmoid check PATH``: are these certificates what they say they are? No proof is searched for."""

import argparse
from collections import Counter
from pathlib import Path
from typing import Any

from theory.validation import InputError
from verify.certificates import certificate
from verify.certificates.checker import RejectedError
from verify.claims import all_claims
from verify.cli import OK, REFUTED
from verify.cli.output import progress_line, table
from verify.parallel import each_in_processes


def run(options: argparse.Namespace) -> tuple[dict[str, Any], int]:
    paths = [path for name in options.paths for path in _files(Path(name))]
    found = []
    for done, (path, checked) in enumerate(each_in_processes(judged, [str(path) for path in paths])):
        progress_line(done + 1, len(paths), path)
        found.append({"path": path, **checked})
    progress_line(len(paths), len(paths), "")
    shown = {one["claim"] for one in found if one["accepted"]}
    for one in found:
        one["given"] = [name for name in one["given"] if name not in shown]
    counts = Counter(one["accepted"] for one in found)
    result = {
        "schema": "oddsigmoid/check/1",
        "certificates": found,
        "counts": {"accepted": counts[True], "rejected": counts[False]},
    }
    return result, OK if counts[False] == 0 else REFUTED


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        found = sorted(path.glob("*.json"))
        if not found:
            raise InputError("path", str(path), "holds no certificates; write them with: oddsigmoid certify")
        return found
    if not path.exists():
        raise InputError("path", str(path), "there is no such file; write certificates with: oddsigmoid certify")
    return [path]


def judged(path: str) -> dict[str, Any]:
    """Whether the file is accepted, whose claim it shows, and what that claim rests on."""
    try:
        claim = certificate.check_text(certificate.read_text(Path(path)), {claim.id: claim for claim in all_claims()})
    except RejectedError as error:
        return {"accepted": False, "claim": None, "reason": str(error), "given": []}
    return {"accepted": True, "claim": claim.id, "reason": None, "given": list(claim.uses)}


def render(result: dict[str, Any], options: argparse.Namespace) -> str:
    rejected = [[_printable(one["path"]), _printable(one["reason"])] for one in result["certificates"] if not one["accepted"]]
    given = sorted({name for one in result["certificates"] for name in one["given"]})
    lines = [table(rejected, ["rejected", "why"])] if rejected else []
    if given:
        lines.append("They rest on what has no certificate among these: " + ", ".join(given))
    counts = result["counts"]
    lines.append(f"{counts['accepted']} certificates accepted, {counts['rejected']} rejected")
    return "\n\n".join(lines)


def _printable(text: str) -> str:
    """What a file says of itself must not reach the terminal as a command."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
