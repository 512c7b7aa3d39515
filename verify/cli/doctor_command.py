"""``oddsigmoid doctor``: is this installation able to verify, and is its arithmetic sound?"""

import argparse
import importlib.util
from typing import Any

from verify.canaries import listen
from verify.claim import Context
from verify.cli import MISSING, OK, REFUTED
from verify.cli.output import table
from verify.ledger import environment

SCHEMA = "oddsigmoid/doctor/1"


def run(options: argparse.Namespace) -> tuple[dict[str, Any], int]:
    checks = [*listen(), _backend("torch", "simulation"), _backend("matplotlib", "figures")]
    states = {check["status"] for check in checks}
    code = REFUTED if "failed" in states else MISSING if "missing" in states else OK
    return {"schema": SCHEMA, "environment": environment(Context()), "checks": checks}, code


def _backend(package: str, extra: str) -> dict[str, str]:
    if importlib.util.find_spec(package):
        return {"name": package, "status": "ok", "detail": ""}
    return {"name": package, "status": "missing", "detail": f"pip install 'oddsigmoid[{extra}]'"}


def render(result: dict[str, Any], options: argparse.Namespace) -> str:
    versions = [[name, version or "not installed"] for name, version in result["environment"]["packages"].items()]
    checks = [[check["name"], check["status"], check["detail"]] for check in result["checks"]]
    return "\n\n".join(
        [
            f"Python {result['environment']['python']} on {result['environment']['platform']}",
            table(versions, ["package", "version"]),
            table(checks, ["check", "status", "detail"]),
        ]
    )
