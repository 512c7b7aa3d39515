"""A verdict is a type, not a boolean: Proved, Supported, Refuted or Undecided, each with its reason."""

from dataclasses import dataclass

METHODS = ("formal", "enclosure", "symbolic", "precision", "property", "simulation")  # strongest first
RIGOROUS = frozenset({"formal", "enclosure", "symbolic"})


@dataclass(frozen=True)
class Witness:
    """A certified violation: at `x` the quantity named in `inequality` lies in [lower, upper], on the wrong side.

    x, lower, upper: decimal strings; the bounds are rounded outward.
    """

    axiom: str
    x: str
    lower: str
    upper: str
    inequality: str

    def __str__(self) -> str:
        return f"{self.inequality} at x = {self.x}: value in [{self.lower}, {self.upper}]"


@dataclass(frozen=True)
class Verdict:
    """Base of the four verdicts. Truth-testing one raises: ask which type it is."""

    reason: str

    @property
    def word(self) -> str:
        return type(self).__name__.lower()

    def __bool__(self) -> bool:
        raise TypeError("a verdict is not a boolean; ask isinstance(verdict, Proved)")


@dataclass(frozen=True)
class Proved(Verdict):
    """True for every input of the stated domain, by a rigorous method."""


@dataclass(frozen=True)
class Supported(Verdict):
    """Sampled or measured: consistent with the statement, with the effort or error probability in the reason."""


@dataclass(frozen=True)
class Refuted(Verdict):
    """False; `witness` is certified where the method is rigorous."""

    witness: Witness | None = None


@dataclass(frozen=True)
class Undecided(Verdict):
    """Neither shown nor refuted; the reason says what was missing. `missing` names an absent backend, if that is why."""

    missing: str | None = None


def strongest(found: list[tuple[str, Verdict]]) -> tuple[str | None, Verdict]:
    """The (method, verdict) of the strongest decided evidence; Undecided where evidence disagrees or decides nothing.

    Raises `ValueError` if a method that only samples says Proved.
    """
    for method, verdict in found:
        if isinstance(verdict, Proved) and method not in RIGOROUS:
            raise ValueError(f"method={method}: samples, so it may not say Proved")
    decided = sorted(
        ((method, verdict) for method, verdict in found if not isinstance(verdict, Undecided)),
        key=lambda pair: METHODS.index(pair[0]),
    )
    if not decided:
        reasons = "; ".join(f"{method}: {verdict.reason}" for method, verdict in found)
        missing = next((v.missing for _, v in found if isinstance(v, Undecided) and v.missing), None)
        return None, Undecided(reasons or "no check was run", missing=missing)
    against = [method for method, verdict in decided if isinstance(verdict, Refuted)]
    if against and len(against) < len(decided):
        others = [method for method, _ in decided if method not in against]
        internal = "INTERNAL ERROR, rigorous " if RIGOROUS & set(against) and RIGOROUS & set(others) else ""
        return None, Undecided(f"{internal}evidence disagrees: {', '.join(against)} refuted, {', '.join(others)} did not")
    return decided[0]
