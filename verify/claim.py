"""One claim, one form.

A `Claim` states something, names its hypotheses and source, and carries the checks that confront its `subject` (the
formula, function or prediction that the theory gives) with roads that do not use it. The same checks are run on the
`twin`: a near miss of the subject, which each of them must tell apart. So a check that cannot fail is found out.
"""

import inspect
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from verify.certificates.problem import Problem
from verify.verdict import Verdict


@dataclass(frozen=True)
class Context:
    """What a check may know about the run.

    seed: of every random choice. device: for simulations. proofs: the file of the theorems that were proved in this run;
    None: they are recorded. certificates: their folder; None: the recorded ones. distrusted: methods that are not used, and
    why (see `verify.canaries`).
    """

    tier: str = "quick"
    device: str = "auto"
    seed: int = 2509_23085
    proofs: Path | None = None
    certificates: Path | None = None
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

    @property
    def derivation(self) -> str | None:
        """The docstring of the function that made the claim, where its statement is derived; else that of the module.

        It is the function inside which the subject, the twin or a check was defined.
        """
        parts = [_unwrapped(part) for part in (self.subject, self.twin.make, *(check.run for check in self.checks))]
        module = sys.modules[parts[0].__module__]
        for part in parts:
            builder, inside, _ = part.__qualname__.partition(".<locals>")
            if inside:
                module = sys.modules[part.__module__]
                return inspect.getdoc(getattr(module, builder, None)) or inspect.getdoc(module)
        return inspect.getdoc(module)


def _unwrapped(function: Any) -> Any:
    return _unwrapped(function.func) if isinstance(function, partial) else function
