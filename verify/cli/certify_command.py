"""``oddsigmoid certify``: write a certificate for every claim that is proved by enclosure."""

import argparse
from pathlib import Path
from typing import Any

from verify.certificates import certificate
from verify.certificates.writer import NotFoundError, find_parts
from verify.claims import all_claims
from verify.cli import OK, UNDECIDED
from verify.cli.output import progress_line, table
from verify.cli.verify_command import select
from verify.files import writable_folder, write_whole
from verify.parallel import each_in_processes


def run(options: argparse.Namespace) -> tuple[dict[str, Any], int]:
    claims = [claim for claim in select(all_claims(), options.names) if certificate.problem_of(claim) is not None]
    folder = writable_folder(Path(options.directory))
    found = []
    for done, (name, text) in enumerate(each_in_processes(written, [claim.id for claim in claims])):
        progress_line(done + 1, len(claims), name)
        path = folder / f"{name}.json"
        if text is None:
            path.unlink(missing_ok=True)
        else:
            write_whole(path, text)
        found.append({"claim": name, "path": None if text is None else str(path)})
    progress_line(len(claims), len(claims), "")
    result = {"schema": "oddsigmoid/certify/1", "directory": str(folder), "certificates": found}
    return result, OK if all(one["path"] for one in found) else UNDECIDED


def written(name: str) -> str | None:
    """The text of a certificate of this claim, or None where none was found."""
    claim = next(claim for claim in all_claims() if claim.id == name)
    problem = certificate.problem_of(claim)
    assert problem is not None
    try:
        return certificate.text_of(certificate.assemble(claim, *find_parts(problem, claim.subject())))
    except NotFoundError:
        return None


def render(result: dict[str, Any], options: argparse.Namespace) -> str:
    missing = [one["claim"] for one in result["certificates"] if one["path"] is None]
    counted = f"{len(result['certificates']) - len(missing)} certificates in {result['directory']}"
    rows = table([[name] for name in missing], ["no certificate found"]) + "\n\n" if missing else ""
    return f"{rows}{counted}; check them with: oddsigmoid check {result['directory']}"
