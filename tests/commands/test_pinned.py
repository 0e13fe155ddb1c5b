"""What is installed is what was looked at: every dependency has one version, and its hashes."""

import json
import re

import pytest

from tests.parts.site import ROOT

PINNED = re.compile(r"^[\w.\[\]-]+==\S+.*(?:\\\n +--hash=sha256:[0-9a-f]{64}.*)+$", re.MULTILINE)


@pytest.mark.parametrize(
    "name", ["requirements.txt", "requirements-dev.txt", "benchmarks/requirements.txt"]
)
def test_every_python_package_is_pinned_by_hash(name: str) -> None:
    text = (ROOT / name).read_text()
    wanted = re.findall(r"^[\w.\[\]-]+(?===|\s*[@<>~])", text, re.MULTILINE)
    assert wanted
    assert [pinned.partition("==")[0] for pinned in PINNED.findall(text)] == wanted


def test_every_package_of_node_is_pinned_by_hash() -> None:
    """Those are of the benchmarks alone: the site has no build, and loads no script of others."""
    locked = json.loads((ROOT / "benchmarks/package-lock.json").read_text())["packages"]
    packages = {name: package for name, package in locked.items() if name}
    assert packages
    assert [name for name, package in packages.items() if "integrity" not in package] == []


def test_what_installs_them_compares_the_hashes() -> None:
    assert "pip install -qq --require-hashes" in (ROOT / "bin/_environment.sh").read_text()
