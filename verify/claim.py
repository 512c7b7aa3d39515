"""One claim, one form.

A `Claim` states something, names its hypotheses and source, and carries the checks that confront its `subject` (the
formula, function or prediction that the theory gives) with roads that do not use it. The same checks are run on the
`twin`: a near miss of the subject, which each of them must tell apart. So a check that cannot fail is found out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from verify.certificates.problem import Problem
from verify.verdict import Verdict


@dataclass(frozen=True)
class Context:
    """What a check may know about the run.

    seed: of every random choice. device: for simulations. proofs: the file of the theorems that were proved in this run;
    None: they are recorded. distrusted: methods that are not used, and why (see `verify.canaries`).
    """

    tier: str = "quick"
    device: str = "auto"
    seed: int = 2509_23085
    proofs: Path | None = None
    distrusted: Mapping[str, str] = field(default_factory=dict, hash=False)  # contexts are keys of caches


@dataclass(frozen=True)
class Check:
    """method: one of `verify.verdict.METHODS`. run(subject, context) gives a verdict on the subject. recorded: from what was
    measured before and is kept in ``evidence/``. theorems: the formal propositions that it rests on. problem: what a
    certificate has to show (see `verify.certificates`)."""

    method: str
    run: Callable[[Any, Context], Verdict]
    recorded: bool = False
    theorems: tuple[str, ...] = ()
    problem: Problem | None = None


@dataclass(frozen=True)
class Twin:
    """A near miss: `statement` says what is wrong with it (or right, where the claim itself is false)."""

    statement: str
    make: Callable[[], Any]


@dataclass(frozen=True)
class Claim:
    """A statement with its evidence to be.

    id: ``topic.rest``, unique. subject: makes what the checks confront, when they run (so that it looks the theory's
    function up then, and a changed function is confronted as it is). correction: for a claim of the
    paper that is expected to be false, the correct statement; its twin is that correct statement. uses: the claims and
    premises without which it has no ground (see `verify.claims.graph`).
    """

    id: str
    statement: str
    latex: str
    source: str
    subject: Callable[[], Any]
    twin: Twin
    checks: tuple[Check, ...]
    hypotheses: tuple[str, ...] = field(default=())
    correction: str | None = None
    tier: str = "quick"
    uses: tuple[str, ...] = ()

    @property
    def topic(self) -> str:
        return self.id.split(".")[0]
