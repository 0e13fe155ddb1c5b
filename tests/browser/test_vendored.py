"""What others wrote is what it was when it was taken, and asks nothing of other hosts."""

import hashlib
import json

from tests.browser.conftest import ROOT

VENDOR = ROOT / "static" / "vendor"
LIST = json.loads((VENDOR / "VENDORED.json").read_text())


def test_every_vendored_file_is_the_one_in_the_list() -> None:
    listed = {
        f"{package['directory']}/{name}": digest
        for package in LIST
        for name, digest in package["files"].items()
    }
    present = {
        str(path.relative_to(VENDOR)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.glob("*/**/*")
        if path.is_file()
    }
    assert present == listed


def test_every_vendored_package_has_its_licence_and_is_told_of() -> None:
    told = (VENDOR / "VENDORED.md").read_text()
    for package in LIST:
        assert "LICENSE" in package["files"]
        assert f"| {package['name']} | {package['version']} |" in told


def test_no_vendored_file_names_a_source_map() -> None:
    assert not [path for path in VENDOR.rglob("*.js") if "sourceMappingURL" in path.read_text()]
