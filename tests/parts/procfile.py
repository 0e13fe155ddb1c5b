"""The Procfile's own lines, run by a local runner as a platform would run them."""

import os
import subprocess
import sys
from pathlib import Path

from tests.parts.part import Part, PartFailed, answers
from tests.parts.site import ROOT, site_environment


class Procfile(Part):
    """The process ``name`` of the Procfile, on a port of its own, with a platform's variables."""

    def __init__(self, name: str = "web", **settings: str) -> None:
        super().__init__()
        self.name = name
        self.settings = settings

    @property
    def working_directory(self) -> Path:
        return ROOT

    def environment(self) -> dict[str, str]:
        # `python` means the one that runs the tests.
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        return {**site_environment(**self.settings), "PATH": path, "HTTPS": "on"}

    def command(self) -> list[str]:
        # honcho's own options end where the process is named; an empty file stands for no .env.
        return [
            sys.executable, "-m", "honcho", "--no-colour", "-e", os.devnull,
            "-f", str(ROOT / "Procfile"), "start", "-p", str(self.port), self.name,
        ]  # fmt: skip

    def ready(self) -> bool:
        return answers(f"http://127.0.0.1:{self.port}/healthz")

    def manage(self, *arguments: str) -> None:
        """Run a management command with the same variables; raise PartFailed if it fails."""
        self._finish([sys.executable, "manage.py", *arguments])

    def run(self) -> str:
        """Run a process that ends by itself; return what it printed. Raises PartFailed."""
        return self._finish(self.command())

    def _finish(self, command: list[str]) -> str:
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment(), capture_output=True, text=True
        )
        if done.returncode:
            raise PartFailed(f"{command}: {done.stdout}{done.stderr}")
        return done.stdout
