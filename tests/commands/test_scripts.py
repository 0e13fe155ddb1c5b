"""The scripts can be named by their content, which tells the names of what they import."""

import re
from graphlib import TopologicalSorter
from pathlib import Path

from chatsite.storage import HashedStaticFiles, slim_script
from tests.parts.site import ROOT

SCRIPTS = ROOT / "static" / "js"
IMPORTED = re.compile(rb"""(?:from\s*|import\s*\(?\s*)["'](\.[^"']+)["']""")


def test_no_scripts_import_each_other_in_a_circle_or_too_deeply() -> None:
    imports: dict[Path, set[Path]] = {}
    for path in SCRIPTS.rglob("*.js"):
        named = IMPORTED.findall(slim_script(path.read_bytes()))
        imports[path] = {(path.parent / name.decode()).resolve() for name in named}

    depth: dict[Path, int] = {}
    for path in TopologicalSorter(imports).static_order():  # raises CycleError
        depth[path] = 1 + max((depth[other] for other in imports.get(path, ())), default=0)

    assert len(depth) > 100
    assert max(depth.values()) < HashedStaticFiles.max_post_process_passes
