"""Running claims and writing down what came out: the ledger, its pinned manifest, and the exit code they imply."""

import platform
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Sequence
from importlib import metadata, resources
from typing import Any

from verify import formal_evidence
from verify.certificates import certificate
from verify.claim import Check, Claim, Context
from verify.claims.premises import PREMISES
from verify.verdict import Refuted, Undecided, Verdict, strongest

SCHEMA = "oddsigmoid/ledger/1"
TIERS = ("quick", "full")
_PACKAGES = ("sympy", "mpmath", "python-flint", "numpy", "scipy", "hypothesis", "torch")

_RAISED = "the check raised"

Entry = dict[str, Any]
Manifest = dict[str, tuple[str, str | None]]  # claim id: pinned verdict and method
Progress = Callable[[int, int, str], None]


def load_manifest() -> Manifest:
    """The pinned {claim id: (verdict, method)}. A run that differs, weaker or stronger, fails until it is edited."""
    text = resources.files("verify").joinpath("manifest.toml").read_text(encoding="utf-8")
    return {claim: (pin[0], pin[1] or None) for claim, pin in tomllib.loads(text)["pinned"].items()}


def run_ledger(
    claims: Sequence[Claim],
    context: Context,
    manifest: Manifest,
    progress: Progress = lambda done, total, name: None,
) -> dict[str, Any]:
    """Run every claim of the tier with its twin; the result is the JSON object of ``oddsigmoid verify``."""
    return assemble(run_claims(in_tier(claims, context.tier), context, manifest, progress), claims, context)


def run_claims(claims: Sequence[Claim], context: Context, manifest: Manifest, progress: Progress) -> list[Entry]:
    """One after the other, in this process."""
    entries = []
    for done, claim in enumerate(claims):
        progress(done, len(claims), claim.id)
        entries.append(run_claim(claim, context, manifest.get(claim.id)))
    progress(len(claims), len(claims), "")
    return entries


def in_tier(claims: Sequence[Claim], tier: str) -> list[Claim]:
    return [claim for claim in claims if TIERS.index(claim.tier) <= TIERS.index(tier)]


def assemble(
    entries: list[Entry], claims: Sequence[Claim], context: Context, canaries: Sequence[dict[str, str]] = ()
) -> dict[str, Any]:
    """The ledger of these entries; those of `claims` without one count as skipped. canaries: what was heard (see there)."""
    counts, present = Counter(entry["verdict"] for entry in entries), {entry["id"] for entry in entries}
    skipped, manifest = [claim for claim in claims if claim.id not in present], load_manifest()
    return {
        "schema": SCHEMA,
        "claims": entries,
        "counts": {word: counts[word] for word in ("proved", "supported", "refuted", "undecided")},
        "skipped": [claim.id for claim in skipped],
        "skipped_claims": [described(claim, manifest.get(claim.id)) for claim in skipped],
        "premises": PREMISES,
        "canaries": list(canaries),
        "environment": environment(context),
    }


def described(claim: Claim, pin: tuple[str, str | None] | None) -> Entry:
    """What a claim says and what is pinned, before anything is run."""
    return {
        "id": claim.id,
        "topic": claim.topic,
        "statement": claim.statement,
        "latex": claim.latex,
        "hypotheses": list(claim.hypotheses),
        "source": claim.source,
        "derivation": claim.derivation,
        "tier": claim.tier,
        "uses": list(claim.uses),
        "twin": claim.twin.statement,
        "correction": claim.correction,
        "pinned": pin[0] if pin else None,
        "pinned_method": pin[1] if pin else None,
    }


def run_claim(claim: Claim, context: Context, pin: tuple[str, str | None] | None) -> Entry:
    """One claim's entry: every check on the subject, every decided check again on the false twin."""
    start = time.perf_counter()
    found, evidence, told_apart = [], [], []
    for check in claim.checks:
        began = time.perf_counter()
        verdict = _guarded(check, claim.subject, context)
        found.append((check.method, verdict))
        evidence.append(
            {
                "method": check.method,
                "verdict": verdict.word,
                "detail": verdict.reason,
                "witness": _witness(verdict),
                "seconds": round(time.perf_counter() - began, 3),
                "recorded": check.recorded,
            }
        )
        if check.theorems:
            evidence[-1]["proofs"] = proofs = formal_evidence.shown(check.theorems, context)
            evidence[-1]["recorded"] = proofs["status"] == "recorded"
        if check.problem is not None:
            evidence[-1]["certificate"] = _certificate(claim, context)
        if not isinstance(verdict, Undecided):
            twin = _guarded(check, claim.twin.make, context)
            told_apart.append(_told_apart(verdict, twin))
            evidence[-1]["twin"] = {"verdict": twin.word, "detail": twin.reason}
    method, verdict = strongest(found)
    twin_rejected = all(told_apart) if told_apart else None
    return described(claim, pin) | {
        "verdict": verdict.word,
        "method": method,
        "reason": verdict.reason,
        "missing": verdict.missing if isinstance(verdict, Undecided) else _missing(found, pin),
        "as_pinned": pin == (verdict.word, method) and twin_rejected is not False,
        "evidence": evidence,
        "twin_rejected": twin_rejected,
        "seconds": round(time.perf_counter() - start, 3),
    }


def _missing(found: list[tuple[str, Verdict]], pin: tuple[str, str | None] | None) -> str | None:
    """The backend that the pinned method would take."""
    pinned = [verdict for method, verdict in found if pin and method == pin[1] and isinstance(verdict, Undecided)]
    return next((verdict.missing for verdict in pinned if verdict.missing), None)


def _guarded(check: Check, make: Callable[[], Any], context: Context) -> Verdict:
    """A check that raises decides nothing, and says so; nor does one whose method is not to be trusted in this run."""
    if check.method in context.distrusted:
        return Undecided(context.distrusted[check.method])
    try:
        return check.run(make(), context)
    except Exception as error:  # noqa: BLE001 - whatever went wrong belongs into the ledger, not over it
        return Undecided(f"{_RAISED} {type(error).__name__}: {error}")


def _certificate(claim: Claim, context: Context) -> str | None:
    try:
        return certificate.status(claim, context.certificates or certificate.RECORD)
    except Exception:  # noqa: BLE001 - no conditions can be made today, so they are not those of the certificate
        return "stale"


def _told_apart(subject: Verdict, twin: Verdict) -> bool:
    if isinstance(twin, Undecided):
        return False
    return isinstance(subject, Refuted) != isinstance(twin, Refuted)


def _witness(verdict: Verdict) -> dict[str, str] | None:
    return vars(verdict.witness).copy() if isinstance(verdict, Refuted) and verdict.witness else None


def environment(context: Context) -> dict[str, Any]:
    """Versions, machine and seed: what is needed to run the same ledger again."""
    versions: dict[str, str | None] = {}
    for package in _PACKAGES:
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            versions[package] = None
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": versions,
        "tier": context.tier,
        "device": context.device,
        "seed": context.seed,
    }


def exit_code(ledger: dict[str, Any]) -> int:
    """0 as pinned; 4 if the only differences come from a missing backend; 1 otherwise."""
    differing = [entry for entry in ledger["claims"] if not entry["as_pinned"]]
    if not differing:
        return 0
    return 4 if all(entry["missing"] and _not_worse(entry) for entry in differing) else 1


def _not_worse(entry: Entry) -> bool:
    """Nothing is known against the claim, and no check broke; only evidence is lacking."""
    broken = any(item["detail"].startswith(_RAISED) for item in entry["evidence"])
    return not broken and entry["twin_rejected"] is not False and entry["verdict"] in ("undecided", entry["pinned"])
