"""The pages of the documentation, taken apart: fenced blocks, the commands in them, and commands between backticks."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_CODE = re.compile(r"(?<!`)`([^`]+)`(?!`)")
_COMMAND = re.compile(r"(?:\.venv/bin/\S+|\.ci/run|(?:oddsigmoid|make|pytest|pip|apt-get|git|OMP_NUM_THREADS=1) \S)")
_COMMENT = re.compile(r"(?:^|\s+)#\s.*$")
_PREFIX = re.compile(r"^(?:OMP_NUM_THREADS=1 )?(?:\.venv/bin/)?")


@dataclass(frozen=True)
class Block:
    """What stands between fences: the language behind the first one, the text, and the page."""

    page: str
    language: str
    text: str

    def commands(self) -> tuple[str, ...]:
        """Of a block `sh`, one after the other."""
        lines = (_COMMENT.sub("", line.removeprefix("$ ")) for line in self.text.splitlines())
        return tuple(plain(part) for line in lines if line for part in line.split(" && "))

    def comments(self) -> str:
        return "\n".join(found[0] for line in self.text.splitlines() if (found := _COMMENT.search(line)))


def plain(command: str) -> str:
    """In one line, without the folder of the environment and its variables: `oddsigmoid ...` whichever way it is called."""
    return _PREFIX.sub("", " ".join(command.split()))


def blocks(text: str, page: str = "") -> list[Block]:
    return [Block(page, *found) for found in _FENCE.findall(text)]


def inline(text: str) -> list[str]:
    """The commands between backticks, outside of blocks. The bare names of programs are none."""
    return [plain(code) for code in codes(text) if is_command(code)]


def codes(text: str) -> list[str]:
    """All that stands between backticks, outside of blocks, each in one line."""
    return [" ".join(code.split()) for code in _CODE.findall(_FENCE.sub("", text))]


def is_command(text: str) -> bool:
    return _COMMAND.match(text) is not None


def of_all_pages() -> list[Block]:
    return [block for page in PAGES for block in blocks(page.read_text(encoding="utf-8"), page.name)]


def scripts() -> list[tuple[str, ...]]:
    """What is documented to be run, each once: the blocks `sh`, whose commands follow each other, then the commands inline."""
    found = dict.fromkeys(block.commands() for block in of_all_pages() if block.language == "sh")
    within = {command for script in found for command in script}
    alone = [command for page in PAGES for command in inline(page.read_text(encoding="utf-8"))]
    return [*found, *dict.fromkeys((command,) for command in alone if command not in within)]


def shown_in(shown: str, output: str) -> str | None:
    """Where the block `shown` departs from `output`: None, or its first part that is not there in this order.

    `...`, on a line of its own or at the end of one, leaves something out. Seconds, line breaks and the widths of columns may
    differ.
    """
    rest = _levelled(output)
    for wanted in filter(None, map(_levelled, re.split(r"\s*\.\.\.(?=\n|$)", shown))):
        _, found, rest = rest.partition(wanted)
        if not found:
            return wanted
    return None


def _levelled(text: str) -> str:
    text = re.sub(r"\b\d+(?:\.\d+)? s\b", "_ s", re.sub(r"-{3,}", "---", text))
    return " ".join(text.split())
