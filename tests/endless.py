"""Work that reports itself to the pipe named in ENDLESS and is never done, for processes that are to be interrupted."""

import os
import threading
from typing import Any


def work(*_: Any) -> None:
    with open(os.environ["ENDLESS"], "w") as pipe:  # held open: its reader sees the end of this process
        print(os.getpid(), file=pipe, flush=True)
        threading.Event().wait()
