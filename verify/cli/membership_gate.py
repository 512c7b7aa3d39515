"""The gate before every calculation that rests on f being an odd sigmoid."""

import argparse

from theory.activation import Activation
from theory.activation.taylor import sign_of
from theory.odd_sigmoid import slope_at_zero
from verify.cli import REFUTED
from verify.cli.numbers import exit_code
from verify.membership import decide_membership
from verify.verdict import Proved


class NotAMemberError(Exception):
    """Membership is not proved; `code` is the exit code that says how."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


def require_member(f: Activation, options: argparse.Namespace) -> bool:
    """True if membership had to be assumed, which the output must say.

    Raises `NotAMemberError` unless it is proved or ``--assume-member`` is given.
    """
    verdict = decide_membership(f).verdict
    if isinstance(verdict, Proved):
        return False
    message = f"activation={f.expression}: membership in the odd sigmoids is {verdict.word}: {verdict.reason}"
    if not options.assume_member:
        raise NotAMemberError(f"{message}; use --assume-member to go on at your own risk", exit_code(verdict))
    if sign_of(slope_at_zero(f)) <= 0:
        raise NotAMemberError(f"activation={f.expression}: f'(0) is not positive, so there is no critical gain", REFUTED)
    return True
