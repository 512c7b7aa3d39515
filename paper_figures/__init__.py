"""What it looks like: one module a figure, its data first, its drawing second. matplotlib is imported on drawing only."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from paper_figures import style
from paper_figures.catalogue import FIGURES, SIMULATED, Recipe
from paper_figures.tables import to_csv
from theory.validation import InputError
from verify.files import write_whole
from verify.training.records import RecordMissingError

__all__ = ["FIGURES", "SIMULATED", "Recipe", "draw", "each"]

Progress = Callable[[int, int, str], None]


def each(names: Sequence[str], progress: Progress = lambda done, total, name: None) -> Iterator[str]:
    """The named figures, once each (all, if none is named), told to `progress` as they come.

    Raises `InputError` for an unknown name, before the first one comes.
    """
    for name in names:
        if name not in FIGURES:
            raise InputError("figure", name, f"is not a figure; the figures are {', '.join(FIGURES)}")
    chosen = list(dict.fromkeys(names or FIGURES))
    for done, name in enumerate(chosen):
        progress(done, len(chosen), name)
        yield name
    progress(len(chosen), len(chosen), "")


def draw(names: Sequence[str], directory: Path, progress: Progress = lambda done, total, name: None) -> list[Path]:
    """Draw the named figures (all, if none is named) as NAME.pdf, NAME.png, NAME.csv, NAME.tex in `directory`.

    Returns the files. The CSV holds exactly what the pictures show, and the TeX is a caption whose numbers are formatted from
    it. Each file is written whole or not at all, and the same data give the same bytes. If none is named, the figures whose
    record is not here are left out: the records are in the source tree and not in a wheel.
    Raises `InputError` for an unknown name, before anything is drawn, and where a named figure's record is missing, and
    `verify.files.OutputError` for a directory that cannot be written.
    """
    drawn: list[Path] = []
    for name in each(names, progress):
        with suppress(*() if names else (RecordMissingError,)):
            drawn += _draw_one(name, directory)
    return drawn


def _draw_one(name: str, directory: Path) -> list[Path]:
    recipe = FIGURES[name]
    rows = recipe.data()
    with style.paper_style():
        figure = recipe.figure(rows)
        contents: dict[str, str | bytes] = {kind: style.picture(figure, kind) for kind in ("pdf", "png")}
    contents |= {"csv": to_csv(rows), "tex": recipe.caption(rows) + "\n"}
    files = {directory / f"{name}.{kind}": content for kind, content in contents.items()}
    for path, content in files.items():
        write_whole(path, content)
    return list(files)
