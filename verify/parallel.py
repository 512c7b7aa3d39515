"""The ledger in several processes: a topic at a time, each process started afresh, the entries in their usual order."""

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import groupby
from multiprocessing import get_context

from verify.claim import Claim, Context
from verify.claims import all_claims
from verify.ledger import Entry, Manifest, Progress, run_claim

WORTHWHILE = 50  # claims; starting a process costs seconds


def run_in_processes(claims: Sequence[Claim], context: Context, manifest: Manifest, progress: Progress) -> list[Entry]:
    """`run_claim` for each; the claims must be among `all_claims()`, where each process looks them up by id."""
    topics = [[claim.id for claim in group] for _, group in groupby(claims, key=lambda claim: claim.topic)]
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # in the processes to come: threads of each would wait for one another
    entries: list[Entry] = []
    with ProcessPoolExecutor(processes(), mp_context=get_context("spawn")) as pool:
        for found in pool.map(partial(_run_topic, context, manifest), topics):
            entries += found
            progress(len(entries), len(claims), found[-1]["topic"])
    progress(len(claims), len(claims), "")
    return entries


def processes() -> int:
    """As many as there are cores for us, at most 4."""
    return min(4, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


def _run_topic(context: Context, manifest: Manifest, ids: list[str]) -> list[Entry]:
    known = {claim.id: claim for claim in all_claims()}
    return [run_claim(known[claim], context, manifest.get(claim)) for claim in ids]
