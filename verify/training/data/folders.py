"""Where the files of a data set are looked for.

One rule: where ``ODDSIGMOID_DATA`` is set, the folder that it names and no other; where it is not, that of the system. So the
folder that a user points to is never passed over in silence. In it a subfolder named like the data set, or like the unpacked
archive, comes before the folder itself, because MNIST and Fashion-MNIST name their files alike.
"""

import os
from collections.abc import Sequence
from pathlib import Path

VARIABLE = "ODDSIGMOID_DATA"
SYSTEM = Path("/usr/share/datasets")


class DatasetMissingError(Exception):
    """A data set is not on this machine; the message says where it was looked for and where to put it."""


def find(name: str, archive: str, files: Sequence[str], package: str | None) -> tuple[list[Path], str]:
    """The paths of the files, each as it is or with .gz, all in one folder; and the source to record.

    archive: the folder into which the published archive unpacks; package: the system package with the data set, if any.
    Raises `DatasetMissingError`.
    """
    set_folder = os.environ.get(VARIABLE)
    if set_folder:
        root, source = Path(set_folder), VARIABLE
        folders = list(dict.fromkeys((root / name, root / archive, root)))
    else:
        source = f"system package {package}"
        folders = [SYSTEM / name] if package else []
    for folder in folders:
        paths = [path for file in files if (path := _present(folder, file))]
        if len(paths) == len(files):
            return paths, source
    raise DatasetMissingError(_missing(name, files, folders, package))


def _present(folder: Path, file: str) -> Path | None:
    choices = folder / file, folder / f"{file}.gz"
    return next((path for path in choices if os.path.isfile(path)), None)  # a folder that may not be entered holds nothing


def _missing(name: str, files: Sequence[str], folders: Sequence[Path], package: str | None) -> str:
    """One line: what is absent where, and the remedies."""
    absent = [f"{folder} (no {next(f for f in files if _present(folder, f) is None)})" for folder in folders]
    looked = f"was not found in {', '.join(absent)}" if absent else f"is looked for where {VARIABLE} says, which is not set"
    remedy = f"set {VARIABLE} to the folder with {', '.join(files)}, each as it is or with .gz"
    if package:
        remedy += f", or leave it unset and install the system package {package}"
    return f"dataset={name}: {looked}; {remedy}"
