"""The ledger in several processes: a topic at a time, each process started afresh, the entries in their usual order."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from itertools import groupby
from typing import TypeVar

from verify.claim import Claim, Context
from verify.claims import all_claims
from verify.ledger import Entry, Manifest, Progress, run_claim

Result = TypeVar("Result")

WORTHWHILE = 50  # claims; starting a process costs seconds


def run_in_processes(claims: Sequence[Claim], context: Context, manifest: Manifest, progress: Progress) -> list[Entry]:
    """`run_claim` for each; the claims must be among `all_claims()`, where each process looks them up by id."""
    topics = [list(group) for _, group in groupby(claims, key=lambda claim: claim.topic)]
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # in the processes to come: threads of each would wait for one another
    entries: list[Entry] = []
    with _pool() as pool:
        futures = {}
        with _interrupts_held_back():
            for topic in sorted(topics, key=_weight, reverse=True):  # so that no long one starts when the others are done
                futures[topic[0].id] = pool.submit(_run_topic, context, manifest, [claim.id for claim in topic])
        for topic in topics:
            entries += futures[topic[0].id].result()
            progress(len(entries), len(claims), topic[0].topic)
    progress(len(claims), len(claims), "")
    return entries


def each_in_processes(work: Callable[[str], Result], names: Sequence[str]) -> Iterator[tuple[str, Result]]:
    """(name, work(name)) in their order; work: a function of a module, which each process imports."""
    if len(names) < WORTHWHILE // 5 or processes() == 1:
        yield from ((name, work(name)) for name in names)
        return
    with _pool() as pool:
        with _interrupts_held_back():
            found = pool.map(work, names, chunksize=2)
        yield from zip(names, found, strict=True)


@contextmanager
def _pool() -> Iterator[ProcessPoolExecutor]:
    """Processes that end with what they are for: at once where it is interrupted, and also where this process is killed."""
    others = set(multiprocessing.active_children())
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes(), mp_context=context, initializer=_end_with_the_parent) as pool:
        try:
            yield pool
        except BaseException:
            for process in set(multiprocessing.active_children()) - others:
                process.terminate()
            raise


def _end_with_the_parent() -> None:
    """A killed parent tells its children nothing: they would wait for work for ever."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def follow() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """Ctrl-C goes to all processes of a terminal; those started here leave it to their parent, which gets it at the end."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _weight(topic: Sequence[Claim]) -> int:
    """A guess at the time it takes; simulations are slow."""
    return sum(2 if any(check.method == "simulation" for check in claim.checks) else 1 for claim in topic)


def processes() -> int:
    """As many as there are cores for us, at most 4."""
    return min(4, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


def _run_topic(context: Context, manifest: Manifest, ids: list[str]) -> list[Entry]:
    known = {claim.id: claim for claim in all_claims()}
    return [run_claim(known[claim], context, manifest.get(claim)) for claim in ids]
