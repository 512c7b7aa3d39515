"""What is claimed, topic by topic, in reading order: each module has `claims()`."""

from collections.abc import Iterator
from functools import cache
from importlib import import_module

from verify.claim import Claim
from verify.claims import graph

TOPICS = (
    "odd_sigmoid",
    "bifurcation",
    "gains",
    "calibration",
    "mean_field",
    "wide_limit",
    "scaling_limit",
    "jacobian",
    "overlap",
    "initialization",
    "training",
)


@cache
def all_claims() -> tuple[Claim, ...]:
    """Every claim of every topic.

    Raises `ValueError` if two share an id, an id does not start with its topic, or what they use is not in order.
    """
    found = tuple(claim for topic in TOPICS for claim in _claims_of(topic))
    ids = [claim.id for claim in found]
    if len(set(ids)) != len(ids):
        raise ValueError(f"claim ids repeat: {sorted(i for i in set(ids) if ids.count(i) > 1)}")
    for problem in graph.problems(graph.graph(found)):
        raise ValueError(problem)
    return found


def _claims_of(topic: str) -> Iterator[Claim]:
    for claim in import_module(f"verify.claims.{topic}").claims():
        if claim.topic != topic:
            raise ValueError(f"claim {claim.id} stands in the room {topic}")
        yield claim
