"""What rests on what, drawn: premises on the left, topics on the right, lines for the claims of a topic that rest on a premise.

Hundreds of claims would be a hairball; a claim's own neighbourhood is drawn when it is chosen (script.js).
"""

from collections.abc import Mapping, Sequence
from math import log
from typing import Any

from verify.claims.graph import reachable, reversed_graph
from verify.report.markup import Html, element, joined
from verify.report.prose import link
from verify.report.verdicts import bar, in_words

Entry = Mapping[str, Any]
WIDTH, ROW, LEFT, RIGHT = 360, 40, 112, 234  # fits a phone as it is; LEFT and RIGHT: where the lines start and end
_STROKES = (0.8, 4.5)


def fallen(entries: Sequence[Entry], premises: Mapping[str, str]) -> dict[str, list[Entry]]:
    """For every premise the claims that rest on it, through any number of steps."""
    uses = {entry["id"]: frozenset(entry["uses"]) for entry in entries} | dict.fromkeys(premises, frozenset())
    used_by = reversed_graph(uses)
    falling = {name: reachable(used_by, name) for name in premises}
    return {name: [entry for entry in entries if entry["id"] in names] for name, names in falling.items()}


def topics(entries: Sequence[Entry]) -> list[str]:
    return list(dict.fromkeys(entry["topic"] for entry in entries))


def drawing(entries: Sequence[Entry], resting: Mapping[str, Sequence[Entry]]) -> Html:
    """Each premise is a link to its description and lights its lines up."""
    rooms = topics(entries)
    height = ROW * max(len(rooms), len(resting))
    places = {room: _row(index, len(rooms), height) for index, room in enumerate(rooms)}
    most = max((sum(entry["topic"] == room for entry in falling) for falling in resting.values() for room in rooms), default=1)
    premises = [
        _premise(name, falling, _row(index, len(resting), height), places, most)
        for index, (name, falling) in enumerate(resting.items())
    ]
    boxes = [_node(room, [e for e in entries if e["topic"] == room], RIGHT + 6, y) for room, y in places.items()]
    return element(
        "svg",
        element("title", "Premises and the topics whose claims rest on them"),
        *premises,
        *(element("a", box, href=f"#topic.{room}") for room, box in zip(rooms, boxes, strict=True)),
        viewBox=f"0 0 {WIDTH} {height}",
        role="group",
        class_="overview",
    )


def _row(index: int, rows: int, height: float) -> float:
    return round((index + 0.5) * height / rows, 1)


def _premise(name: str, falling: Sequence[Entry], y: float, places: Mapping[str, float], most: int) -> Html:
    counts = {room: sum(entry["topic"] == room for entry in falling) for room in places}
    lines = [_line(y, places[room], count, most) for room, count in counts.items() if count]
    label = f"{name}: {len(falling)} claims rest on it: {in_words(entry['verdict'] for entry in falling)}"
    box = _node(name.removeprefix("premise."), falling, 2, y)
    return element("a", *lines, box, href=f"#{name}", aria_label=label, class_="premise")


def _line(start: float, end: float, count: int, most: int) -> Html:
    thin, thick = _STROKES
    stroke = thin + (thick - thin) * log(count) / log(max(most, 2))
    middle = (LEFT + RIGHT) / 2
    path = f"M{LEFT},{start:g}C{middle:g},{start:g} {middle:g},{end:g} {RIGHT},{end:g}"
    return element("path", d=path, stroke_width=f"{stroke:.1f}")


def _node(label: str, entries: Sequence[Entry], x: float, y: float) -> Html:
    """A name with the number of claims, and under it the bar of their verdicts."""
    width = LEFT - 6
    background = element("rect", x=f"{x - 2:g}", y=f"{y - 16:g}", width=f"{width + 4:g}", height="30", class_="node")
    name = element("text", label, x=f"{x + 2:g}", y=f"{y - 3:g}")
    number = element("text", str(len(entries)), x=f"{x + width - 2:g}", y=f"{y - 3:g}", text_anchor="end", class_="number")
    bars = bar((entry["verdict"] for entry in entries), x + 2, y + 3, width - 4, 6) if entries else Html("")
    return element("g", background, name, number, bars)


def table(entries: Sequence[Entry], resting: Mapping[str, Sequence[Entry]]) -> Html:
    """The same in numbers."""
    rooms = topics(entries)
    head = element("tr", element("th", "premise", scope="col"), *(element("th", room, scope="col") for room in rooms))
    rows = [
        element(
            "tr",
            element("th", link(name, name.removeprefix("premise.")), scope="row"),
            *(element("td", str(sum(entry["topic"] == room for entry in falling))) for room in rooms),
        )
        for name, falling in resting.items()
    ]
    return element("table", element("thead", head), element("tbody", joined(rows)), class_="numbers")
