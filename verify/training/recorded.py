"""The records of the experiments as they are now."""

from pathlib import Path
from typing import Any

from verify.training import records
from verify.training.experiments import EXPERIMENTS, experiment
from verify.training.pinn.experiment import described
from verify.training.pinn.settings import FULL
from verify.training.records import EVIDENCE, Record

DATA = "fashion-mnist"  # of all records of images
EQUATION = "pinn_"  # before the name of an equation


def read(name: str, folder: Path = EVIDENCE) -> Record:
    """The record of one of `EXPERIMENTS`, or of an equation, `pinn_NAME`.

    Raises `RecordMissingError` where there is none in `folder`, `RecordStaleError` where the experiment of a committed record
    is another one by now, and `InputError` where the files are damaged.
    """
    return records.read(name, folder, expected(name) if folder == EVIDENCE else None)


def expected(name: str) -> dict[str, Any]:
    """What the header of a record says if the record is of the experiment as it is now."""
    if name in EXPERIMENTS:
        return experiment(name, quick=False).described() | {"dataset": {"name": DATA}}
    return described(FULL[name.removeprefix(EQUATION)])
