"""The gate before every calculation that rests on f being an odd sigmoid."""

import argparse
import sys

from theory.activation import Activation
from verify.checker.membership import decide_membership
from verify.cli.numbers import exit_code
from verify.verdict import Proved


class NotAMemberError(Exception):
    """Membership is not proved; `code` is the exit code that says how."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


def require_member(f: Activation, options: argparse.Namespace) -> bool:
    """True if membership had to be assumed. Raises `NotAMemberError` unless it is proved or ``--assume-member`` is given."""
    verdict = decide_membership(f).verdict
    if isinstance(verdict, Proved):
        return False
    message = f"activation={f.expression}: membership in the odd sigmoids is {verdict.word}: {verdict.reason}"
    if not options.assume_member:
        raise NotAMemberError(f"{message}; use --assume-member to go on at your own risk", exit_code(verdict))
    print(f"oddsigmoid: warning: {message}; going on as assumed", file=sys.stderr)
    return True
