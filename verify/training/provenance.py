"""Where a number comes from: code, versions, machine."""

import json
import os
import platform
import subprocess
import time
from collections.abc import Iterable
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parents[2]


def provenance(device: str) -> dict[str, Any]:
    """commit: of a checkout, with `+` where tracked files differ from it; None elsewhere. As it was when first asked for."""
    return dict(_provenance(device))


@cache
def _provenance(device: str) -> dict[str, Any]:
    return {
        "commit": commit(),
        "oddsigmoid": _version("oddsigmoid"),
        "python": platform.python_version(),
        "torch": _version("torch"),
        "system": platform.system(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "threads": _threads(),
        "device": _accelerator() if device.startswith("cuda") else device,
    }


class Origins:
    """Of the processes that worked at one thing, one after the other. earlier: of those before this one."""

    def __init__(self, device: str) -> None:
        self.earlier, self._here, self._began = list[dict[str, Any]](), provenance(device), time.monotonic()

    def all(self) -> list[dict[str, Any]]:
        """Each with its seconds, this process's until now."""
        return [*self.earlier, self._here | {"seconds": round(time.monotonic() - self._began, 1)}]


def summarized(origins: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The distinct origins of programs, and the seconds that all took."""
    origins = list(origins)
    distinct = {json.dumps({name: value for name, value in origin.items() if name != "seconds"}): 0 for origin in origins}
    return {"origins": [json.loads(origin) for origin in distinct], "seconds": round(sum(o["seconds"] for o in origins), 1)}


def commit() -> str | None:
    def git(*arguments: str) -> str:
        return subprocess.run(("git", *arguments), cwd=_ROOT, capture_output=True, text=True, check=True).stdout.strip()

    try:
        if Path(git("rev-parse", "--show-toplevel")) != _ROOT:  # installed somewhere inside another repository
            return None
        changed = git("status", "--porcelain", "--untracked-files=no", "--", "theory", "verify")
        return git("rev-parse", "HEAD") + ("+" if changed else "")
    except (OSError, subprocess.CalledProcessError):
        return None


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _processor() -> str:
    """The model's name where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _threads() -> int:
    import torch

    return torch.get_num_threads()


def _accelerator() -> str:
    import torch

    return torch.cuda.get_device_name()
