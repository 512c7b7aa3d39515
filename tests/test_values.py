"""Values of the theory and of the enclosures cannot be changed once they are made."""

import dataclasses
import importlib
import pkgutil

import pytest

import theory
import verify.checker
import verify.enclosure


def modules() -> list[str]:
    return [
        found.name
        for package in (theory, verify.enclosure, verify.checker)
        for found in pkgutil.walk_packages(package.__path__, package.__name__ + ".")
    ]


@pytest.mark.parametrize("name", modules())
def test_dataclasses_are_frozen(name: str) -> None:
    module = importlib.import_module(name)
    own = [thing for thing in vars(module).values() if dataclasses.is_dataclass(thing) and thing.__module__ == name]
    assert all(thing.__dataclass_params__.frozen for thing in own if isinstance(thing, type))
