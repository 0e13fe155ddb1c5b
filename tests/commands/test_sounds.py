"""The sounds are what the script makes."""

import subprocess
import sys
from pathlib import Path

from tests.parts.site import ROOT

SOUNDS = ROOT / "static" / "sounds"
LONGEST = 22_050  # bytes: half a second


def test_the_sounds_are_those_that_the_script_makes_and_short(tmp_path: Path) -> None:
    subprocess.run([sys.executable, ROOT / "bin" / "sounds", tmp_path], check=True)

    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert made == {path.name: path.read_bytes() for path in SOUNDS.iterdir()}
    assert all(len(sound) < LONGEST for sound in made.values())
