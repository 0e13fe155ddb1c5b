"""Runs all tests: in groups, each a pytest process of its own, one more at once than cores.

A group is a set of paths on one kind of SITE. Groups need not agree on anything: each has a
database, ports and parts of its own. The last line says 'N passed, N failed'.
"""

import os
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from tests.parts.chromium import chromium
from tests.parts.part import program
from tests.parts.postgres import postgres_program

ROOT = Path(__file__).resolve().parent.parent
GROUP_TIMEOUT = 15 * 60  # s
# Debian's package for each part, and how to see whether it is there.
PARTS = {
    "postgresql": lambda: postgres_program("initdb"),
    "redis-server": lambda: program("redis-server"),
    "nginx": lambda: program("nginx"),
    "haproxy": lambda: program("haproxy"),
    "openssl": lambda: program("openssl"),
    "chromium": chromium,
}
STORES = ("postgresql", "redis-server")
# What members do with each other, and the site without a network: on the pages as they are deployed
# as well.
CONVERSATION = tuple(
    f"tests/browser/test_{name}.py"
    for name in ("composing", "conversation", "messages", "offline", "own_list", "people", "rooms")
)
# In groups of their own; all other directories of tests/ are units.
APART = ("browser", "commands", "corpus", "deploy", "faults", "live", "matrix", "server")


@dataclass(frozen=True)
class Group:
    """Paths that run together."""

    name: str
    paths: tuple[str, ...]
    site: str = "embedded"
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What became of a group."""

    group: Group
    passed: int
    failed: int
    skipped: int
    seconds: float
    output: str


CONVERSATION_EMBEDDED = Group("browser, embedded", CONVERSATION, needs=("chromium",))


def units(but: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the directories whose tests need no running site, but for some."""
    directories = (path for path in (ROOT / "tests").iterdir() if path.name not in APART + but)
    return tuple(f"tests/{path.name}" for path in directories if any(path.glob("**/test_*.py")))


def other_browser_tests() -> tuple[str, ...]:
    """Return the browser's tests that run on one kind of site only."""
    files = sorted(path.name for path in (ROOT / "tests/browser").glob("test_*.py"))
    return tuple(path for name in files if (path := f"tests/browser/{name}") not in CONVERSATION)


def groups() -> list[Group]:
    """Return all groups, those that take longest first."""
    return [
        Group("browser", other_browser_tests(), needs=("chromium",)),
        # Scripts hashed and without their comments, two processes.
        Group("browser, production", CONVERSATION, "production", (*STORES, "chromium")),
        CONVERSATION_EMBEDDED,
        Group("faults", ("tests/faults",), "production", (*STORES, "haproxy")),
        Group("units, Postgres", units(), "production", STORES),
        Group("live, embedded", ("tests/live",)),
        Group("units, SQLite", units(but=("accounts", "bench", "views"))),
        Group("commands", ("tests/commands",), "production", STORES),
        Group("live, production", ("tests/live",), "production", STORES),
        Group("server", ("tests/server",), "production", STORES),
        # Who may do what, what is refused, and pages do not depend on the database.
        Group("security", ("tests/matrix", "tests/corpus"), "production", STORES),
        Group("deploy", ("tests/deploy",), "production", (*STORES, "nginx", "openssl")),
    ]


def missing_parts() -> list[str]:
    """Return the packages that this machine lacks."""
    return [package for package, found in PARTS.items() if not found()]


def install(packages: list[str]) -> None:
    """Install Debian packages when that is possible without asking; their services stay stopped."""
    if os.getuid() != 0 or not program("apt-get"):
        return
    print("Installing", *packages, flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-qq", "--no-install-recommends", *packages],
    ):
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False)


def run(group: Group) -> Outcome:
    """Run one group and return what became of it."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="chat-results-") as directory:
        report = Path(directory) / "report.xml"
        command = [
            sys.executable, "-m", "pytest", "-q", "--no-header", "--durations=3",
            f"--junitxml={report}", *group.paths,
        ]  # fmt: skip
        try:
            done = subprocess.run(
                command,
                cwd=ROOT,
                env={**os.environ, "SITE": group.site},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                timeout=GROUP_TIMEOUT,
            )
            code, output = done.returncode, done.stdout
        except subprocess.TimeoutExpired as late:
            code = -1
            output = f"{(late.stdout or b'').decode(errors='replace')}\nnot within {late.timeout} s"
        passed, failed, skipped = counts(report)
    # Whatever ended pytest otherwise (a crash, nothing collected) is a failure of the group.
    if code != 0 and not failed:
        failed = 1
    return Outcome(group, passed, failed, skipped, time.monotonic() - begun, output)


def counts(report: Path) -> tuple[int, int, int]:
    """Return how many tests passed, failed and were skipped according to a JUnit report."""
    if not report.exists():
        return 0, 0, 0
    suites = ElementTree.parse(report).getroot().iter("testsuite")
    total = failed = skipped = 0
    for suite in suites:
        total += int(suite.get("tests", 0))
        failed += int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skipped += int(suite.get("skipped", 0))
    return total - failed - skipped, failed, skipped


def run_all(chosen: list[Group]) -> list[Outcome]:
    """Run the groups and print the output of each when it has ended."""
    printing = threading.Lock()

    def run_and_tell(group: Group) -> Outcome:
        outcome = run(group)
        with printing:
            print(
                f"\n=== {group.name} ({outcome.seconds:.0f} s)\n{outcome.output.strip()}",
                flush=True,
            )
        return outcome

    # Half of their time they wait for something other than the processor.
    with ThreadPoolExecutor((os.cpu_count() or 1) + 1) as pool:
        return list(pool.map(run_and_tell, chosen))


def main(arguments: list[str]) -> int:
    """Install what is missing where possible, run every group, print the sum; 0 if all is well."""
    everything = "--all" in arguments or os.environ.get("CI") == "true"
    if missing_parts():
        install(missing_parts())
    lacking = set(missing_parts())
    chosen = [group for group in groups() if not lacking.intersection(group.needs)]
    if os.environ.get("CI") == "true":
        # What is deployed is tested there; it has twenty minutes, and this would be the same again.
        chosen = [group for group in chosen if group is not CONVERSATION_EMBEDDED]
        print(f"Left to bin/test elsewhere: {CONVERSATION_EMBEDDED.name}", flush=True)
    left_out = [group.name for group in groups() if lacking.intersection(group.needs)]
    if left_out:
        print("Some tests need what is not here: sudo apt install", *sorted(lacking))
        print(f"Not run: {'; '.join(left_out)}", flush=True)
        if everything:
            return 1

    outcomes = run_all(chosen)
    print("\n=== all")
    for outcome in outcomes:
        print(
            f"{outcome.group.name:<20}{outcome.passed:>5} passed {outcome.failed:>3} failed "
            f"{outcome.skipped:>3} skipped {outcome.seconds:>5.0f} s"
        )
    failed = sum(outcome.failed for outcome in outcomes)
    skipped = sum(outcome.skipped for outcome in outcomes)
    if left_out:
        print(f"Not run: {'; '.join(left_out)}")
    print(
        f"{sum(outcome.passed for outcome in outcomes)} passed, {failed} failed"
        + (f", {skipped} skipped" if skipped else "")
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
