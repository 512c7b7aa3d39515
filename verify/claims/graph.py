"""What rests on what: claims name the claims and premises that they use.

A claim uses another one if its statement, or what its checks take for granted, would be without ground were that one false.
"""

from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from verify.claim import Claim
from verify.claims.premises import PREMISES

Graph = Mapping[str, frozenset[str]]  # name -> names


def graph(claims: Sequence[Claim]) -> Graph:
    """For every claim and premise what it uses."""
    return {claim.id: frozenset(claim.uses) for claim in claims} | dict.fromkeys(PREMISES, frozenset[str]())


def problems(uses: Graph) -> Iterator[str]:
    """Names that do not exist, circles, and what stands alone: it uses nothing, and nothing uses it."""
    for name, used in uses.items():
        for other in sorted(used - uses.keys()):
            yield f"{name} uses {other}, which does not exist"
    try:
        TopologicalSorter(uses).prepare()
    except CycleError as error:
        yield f"a circle: {' uses '.join(reversed(error.args[1]))}"
    needed = frozenset[str]().union(*uses.values())
    for name, used in uses.items():
        if not used and name not in needed:
            yield f"{name} uses nothing, and nothing uses it"


def reachable(uses: Graph, name: str) -> frozenset[str]:
    """All that `name` rests on, through any number of steps."""
    found, open_ends = set[str](), [name]
    while open_ends:
        for other in uses.get(open_ends.pop(), frozenset()) - found:
            found.add(other)
            open_ends.append(other)
    return frozenset(found)


def reversed_graph(uses: Graph) -> Graph:
    """For every claim and premise what uses it: `reachable` here is what falls with it."""
    return {name: frozenset(other for other, used in uses.items() if name in used) for name in uses}
