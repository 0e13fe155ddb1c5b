"""Loaded by Python at the start of a server process whose PYTHONPATH names this directory.

It plays tricks on the process from outside: the production code knows nothing of them.

FAULTS_CLOCK   seconds by which this process's clock is wrong
FAULTS_TRAP    a file: when it exists at an announcement (committed, not yet published) and says
               "die", the process kills itself
FAULTS_BREAK   a deliberate bug, see deliberate.py: the checker must find it
"""

import importlib.abc
import importlib.machinery
import os
import signal
import sys
from collections.abc import Callable
from types import ModuleType

Patch = Callable[[ModuleType], None]


class _AfterImport(importlib.abc.MetaPathFinder):
    """Calls `patch(module)` once the module of that name has been imported."""

    def __init__(self, patches: dict[str, Patch]) -> None:
        self.patches = patches

    def find_spec(
        self, name: str, path: object = None, target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        patch = self.patches.pop(name, None)
        if patch is None:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)  # type: ignore[arg-type]
        if spec is not None and spec.loader is not None:
            spec.loader = _Patching(spec.loader, patch)  # type: ignore[assignment]
        return spec


class _Patching(importlib.abc.Loader):
    def __init__(self, loader: importlib.abc.Loader, patch: Patch) -> None:
        self.loader = loader
        self.patch = patch

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        return self.loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self.loader.exec_module(module)
        self.patch(module)


def _die_when_told(broadcast: ModuleType) -> None:
    announce_now, trap = broadcast.announce_now, os.environ["FAULTS_TRAP"]

    def announce_or_die(events: object) -> None:
        if os.path.exists(trap):
            os.kill(os.getpid(), signal.SIGKILL)
        announce_now(events)

    broadcast.announce_now = announce_or_die


def _move_clock(seconds: float) -> None:
    import datetime

    import time_machine

    now = datetime.datetime.now(datetime.UTC)
    time_machine.travel(now + datetime.timedelta(seconds=seconds), tick=True).start()


if "server_process" in " ".join(sys.orig_argv):
    patches: dict[str, Patch] = {}
    if os.environ.get("FAULTS_TRAP"):
        patches["chat.broadcast"] = _die_when_told
    if os.environ.get("FAULTS_BREAK"):
        import deliberate

        patches.update(deliberate.patches(os.environ["FAULTS_BREAK"]))
    sys.meta_path.insert(0, _AfterImport(patches))
    if os.environ.get("FAULTS_CLOCK"):
        _move_clock(float(os.environ["FAULTS_CLOCK"]))
