"""``oddsigmoid verify``: run the ledger, write build/ledger.json, print the table."""

import argparse
import difflib
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from theory import validation
from theory.validation import InputError
from verify import canaries
from verify.claim import Claim, Context
from verify.claims import TOPICS, all_claims
from verify.cli.output import colour, progress_line, require_device, table
from verify.cli.proofs_command import proofs_or_missing
from verify.files import write_whole
from verify.formal import STATEMENTS
from verify.ledger import assemble, exit_code, in_tier, load_manifest, run_claims
from verify.parallel import WORTHWHILE, processes, run_in_processes

LEDGER = Path("build/ledger.json")
PROOFS = Path("build/proofs.json")
_COLOURS = {"proved": "32", "supported": "36", "refuted": "31", "undecided": "33"}


def run(options: argparse.Namespace) -> tuple[dict[str, Any], int]:
    if options.device == "cuda":
        require_device(options.device)
    claims = all_claims()
    chosen = select(claims, options.names)
    context = Context(tier=options.tier, device=options.device)
    if options.seed is not None:
        context = replace(context, seed=validation.seed(options.seed))
    if options.proofs:
        context = replace(context, proofs=_proved_now())
    if options.certificates is not None:
        context = replace(context, certificates=_folder(options.certificates))
    heard = canaries.listen()
    context = replace(context, distrusted=canaries.distrusted(heard))
    inside = in_tier(chosen, context.tier)
    run_all = run_in_processes if len(inside) >= WORTHWHILE and processes() > 1 else run_claims
    ledger = assemble(run_all(inside, context, load_manifest(), progress_line), claims, context, heard)
    if not options.names:  # a partial run must not replace the whole ledger
        write_whole(LEDGER, json.dumps(ledger, indent=2) + "\n")
    return ledger, exit_code(ledger)


def _folder(name: str) -> Path:
    if not Path(name).is_dir():
        raise InputError("certificates", name, "there is no such folder; write certificates with: oddsigmoid certify")
    return Path(name).resolve()


def _proved_now() -> Path:
    write_whole(PROOFS, json.dumps(proofs_or_missing(recheck=True)) + "\n")
    return PROOFS.resolve()


def select(claims: Sequence[Claim], names: Sequence[str]) -> list[Claim]:
    """The claims that `names` ask for: a topic, an id, or the beginning of an id up to a dot. No names: all."""
    known = {*TOPICS, *(claim.id for claim in claims), *(claim.id.rsplit(".", 1)[0] for claim in claims)}
    for name in names:
        if name not in known:
            close = difflib.get_close_matches(name, sorted(known), n=1)
            hint = f"; did you mean '{close[0]}'?" if close else f"; the topics are {', '.join(TOPICS)}"
            raise InputError("claim", name, f"no topic or claim of this name{hint}")
    return [c for c in claims if not names or any(c.id == name or c.id.startswith(f"{name}.") for name in names)]


def render(ledger: dict[str, Any], options: argparse.Namespace) -> str:
    """Changed claims first, then a table a topic, the counts, and what is false in the paper."""
    entries = ledger["claims"]
    blocks = _silent(ledger)
    blocks += [_changed(entries)] if any(not entry["as_pinned"] for entry in entries) else []
    for topic in TOPICS:
        inside = [entry for entry in entries if entry["topic"] == topic]
        if inside:
            blocks.append(f"{topic}\n{_details(inside, options) if options.verbose else _table(inside)}")
    blocks.append(_summary(ledger, options))
    false = [entry for entry in entries if entry["verdict"] == "refuted"]
    if false:
        blocks.append("\n".join(["What is false in the paper:", *(_falsehood(entry) for entry in false)]))
    return "\n\n".join(blocks)


def _silent(ledger: dict[str, Any]) -> list[str]:
    failed = canaries.distrusted(ledger["canaries"])
    return [colour("\n".join(f"{method} is {reason}" for method, reason in failed.items()), "1;31")] if failed else []


def _changed(entries: list[dict[str, Any]]) -> str:
    lines = [colour("CHANGED: these claims are not as pinned in verify/manifest.toml", "1;31")]
    for entry in entries:
        if not entry["as_pinned"]:
            lines.append(colour(f"  {entry['id']}: {_difference(entry)}", "31"))
            lines.append(f"    {entry['reason']}")
    return "\n".join(lines)


def _difference(entry: dict[str, Any]) -> str:
    found = f"{entry['verdict']} by {entry['method'] or 'nothing'}"
    pinned = f"{entry['pinned']} by {entry['pinned_method'] or 'nothing'}" if entry["pinned"] else "not pinned"
    twin = "; ITS FALSE TWIN WAS NOT TOLD APART" if entry["twin_rejected"] is False else ""
    return f"pinned {pinned}, now {found}{twin}" if found != pinned else f"{found}{twin}"


def _table(entries: list[dict[str, Any]]) -> str:
    rows = []
    for entry in entries:
        twin = {True: "rejected", False: "NOT TOLD APART", None: "not run"}[entry["twin_rejected"]]
        rows.append([f"  {entry['id']}", entry["verdict"], entry["method"] or "-", twin, f"{entry['seconds']:.1f} s"])
    text = table(rows, ["  claim", "verdict", "method", "twin", "time"])
    lines = text.split("\n")
    for index, entry in enumerate(entries, start=2):
        lines[index] = lines[index].replace(
            f" {entry['verdict']} ", colour(f" {entry['verdict']} ", _COLOURS[entry["verdict"]]), 1
        )
    return "\n".join(lines)


def _details(entries: list[dict[str, Any]], options: argparse.Namespace) -> str:
    blocks = []
    for entry in entries:
        lines = [
            f"  {entry['id']}: {colour(entry['verdict'], _COLOURS[entry['verdict']])} by {entry['method'] or 'nothing'}",
            f"    statement   {entry['statement']}",
            f"    hypotheses  {'; '.join(entry['hypotheses']) or 'none'}",
            f"    source      {entry['source']}",
            f"    rests on    {', '.join(entry['uses']) or 'nothing'}",
        ]
        for item in entry["evidence"]:
            lines.append(f"    {item['method']:<11} {item['verdict']} in {item['seconds']:.2f} s: {item['detail']}")
            if "twin" in item:
                lines.append(f"      its twin  {item['twin']['verdict']}: {item['twin']['detail']}")
            if "certificate" in item:
                lines.append(f"      certificate {_certificate(entry['id'], item['certificate'], options)}")
            for theorem in item["proofs"]["theorems"] if "proofs" in item else ():
                lines += _theorem(theorem)
        lines.append(f"    false twin  {entry['twin']}")
        if entry["correction"]:
            lines.append(f"    instead     {entry['correction']}")
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def _certificate(claim: str, status: str, options: argparse.Namespace) -> str:
    """What is recorded, and the command that mends it or looks closer."""
    folder = options.certificates or "evidence/certificates"
    if status == "recorded":
        return f"recorded; check it with: oddsigmoid check {folder}/{claim}.json"
    return f"{status}; write it with: oddsigmoid certify {claim} --directory {folder}"


def _theorem(theorem: dict[str, Any]) -> list[str]:
    """Its statement in the source, beside the one of the ledger."""
    says = "proved" if theorem["about"] == STATEMENTS else "refuted"
    axioms = ", ".join(axiom.rpartition(".")[2] for axiom in theorem["axioms"]) or "none"
    head = f"      {theorem['about']}.v, {says} in {theorem['file']}; axioms: {axioms}"
    return [head, *(f"        {line}" for line in theorem["statement"].splitlines())]


def _summary(ledger: dict[str, Any], options: argparse.Namespace) -> str:
    counts = ", ".join(f"{count} {word}" for word, count in ledger["counts"].items())
    changed = sum(not entry["as_pinned"] for entry in ledger["claims"])
    seconds = sum(entry["seconds"] for entry in ledger["claims"])
    state = colour(f"{changed} changed", "1;31") if changed else "all as pinned"
    skipped = f", {len(ledger['skipped'])} skipped" if ledger["skipped"] else ""
    written = f"written to {LEDGER}" if not options.names else f"a partial run, {LEDGER} is as it was"
    return f"{len(ledger['claims'])} claims: {counts}{skipped}; {state}; {seconds:.0f} s of checks; {written}"


def _falsehood(entry: dict[str, Any]) -> str:
    instead = f" Instead: {entry['correction']}." if entry["correction"] else ""
    return f"  {entry['id']}: {entry['statement']}: {entry['reason']}.{instead}"
