"""The modules without a DOM, each in Chromium: every function a *.test.js exports is a test."""

import re

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import MODULES

EXPORTED = re.compile(r"^export (?:async )?function (\w+)", re.MULTILINE)
CASES = [
    pytest.param(path.name, name, id=f"{path.name.removesuffix('.test.js')}: {name}")
    for path in sorted(MODULES.glob("*.test.js"))
    for name in EXPORTED.findall(path.read_text())
]


@pytest.mark.parametrize(("module", "name"), CASES)
def test_module(module_page: Page, module: str, name: str) -> None:
    module_page.evaluate(
        "async ([module, name]) => { await (await import(`/modules/${module}`))[name](); }",
        [module, name],
    )
