"""The README tells every variable, with the default that holds."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

from tests.parts.site import ROOT

README = (ROOT / "README.md").read_text()
# Read by a shell, in the Procfile.
PLATFORM = set(re.findall(r"\$\{([A-Z_]+):-", (ROOT / "Procfile").read_text()))


def told() -> dict[str, str]:
    """The table: each variable and its default."""
    rows = re.findall(r"^\| `([A-Z_]+)` \| (?:`(.*?)`)? ?\| \S", README, re.MULTILINE)
    return dict(rows)


def variables_read(path: Path) -> Iterator[str]:
    """Names of environment variables that a module asks for, whichever way."""
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case (
                ast.Call(
                    func=ast.Name(id="flag" | "number" | "getenv")
                    | ast.Attribute(value=ast.Name(id="env" | "environ"))
                    | ast.Attribute(value=ast.Attribute(attr="environ" | "ENVIRON"), attr="get"),
                    args=[ast.Constant(value=str(name)), *_],
                )
                | ast.Subscript(
                    value=ast.Attribute(attr="environ"), slice=ast.Constant(value=str(name))
                )
            ):
                yield name


def test_every_variable_that_the_code_reads_is_told() -> None:
    paths = [
        path for app in ("chatsite", "chat", "accounts") for path in (ROOT / app).rglob("*.py")
    ]
    read = {name for path in paths for name in variables_read(path)}
    assert {"SECRET_KEY", "DATABASE_POOL", "UVLOOP"} <= read
    assert set(told()) == read | PLATFORM


def test_the_example_names_the_same_variables_with_the_same_defaults() -> None:
    example = dict(
        re.findall(r"^#? ?([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE)
    )
    assert {name: default for name, default in told().items() if name not in PLATFORM} == example


def test_the_platforms_description_sets_only_what_is_told() -> None:
    assert set(json.loads((ROOT / "app.json").read_text())["env"]) <= set(told())


def test_what_it_leads_to_is_there() -> None:
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name} leads to {target}"


def test_the_scripts_it_names_are_those_there_are() -> None:
    named = set(re.findall(r"`bin/(\w+)`", README))
    scripts = {path.name for path in (ROOT / "bin").iterdir() if not path.name.startswith("_")}
    assert named == scripts
