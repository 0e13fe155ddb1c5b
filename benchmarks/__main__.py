"""bin/bench: run the workloads on the servers in turn, and print the tables."""

import argparse
import os
import sys
import time
import traceback
from pathlib import Path

from benchmarks import machine
from benchmarks.parts import HERE, Parts
from benchmarks.profiling import PROFILES, profile
from benchmarks.results import Results
from benchmarks.servers import BY_NAME as SERVERS
from benchmarks.targets import targets_table
from benchmarks.workloads import ALL, BY_NAME
from benchmarks.workloads.workload import Workload

REPEATS = {False: 3, True: 1}
# Above whatever else runs here, when the kernel lets us.
URGENT = -20


def main() -> int:
    """Do what the command line asks; return the exit code."""
    if sys.argv[1:2] == ["profile"]:
        return run_profile(sys.argv[2:])
    if sys.argv[1:2] == ["scroll"]:
        return run_scroll(sys.argv[2:])
    if sys.argv[1:2] == ["page"]:
        from benchmarks import page  # needs Playwright as well

        return page.main()
    options = parse(sys.argv[1:])
    if options.table:
        print_tables(Results.read(options.table))
        return 0
    directory = HERE / "results"
    directory.mkdir(exist_ok=True)
    results = Results(path=directory / time.strftime("%Y-%m-%d-%H%M%S.jsonl"))
    failures = run(options, results)
    print(f"Measured {machine.describe()}\n")
    print_tables(results)
    return 1 if failures else 0


def parse(arguments: list[str]) -> argparse.Namespace:
    """Return the options; exits on ones it does not know."""
    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="once and coarser, five minutes")
    parser.add_argument("--only", type=names_in(BY_NAME), metavar="A,B",
                        help=f"workloads: {', '.join(BY_NAME)}")  # fmt: skip
    parser.add_argument("--servers", type=names_in(SERVERS), metavar="A,B",
                        help=f"servers: {', '.join(SERVERS)}")  # fmt: skip
    parser.add_argument("--repeat", type=int, metavar="N", help="rounds (3; 1 with --quick)")
    parser.add_argument("--niceness", type=int, default=URGENT, metavar="N",
                        help="of all that is measured (-20 as root)")  # fmt: skip
    parser.add_argument("--table", type=Path, nargs="+", metavar="FILE",
                        help="print the tables of earlier runs again")  # fmt: skip
    return parser.parse_args(arguments)


def names_in(known: dict[str, object]):
    """Return a parser of comma-separated names that are in ``known``."""

    def parse_names(text: str) -> list[str]:
        names = text.lower().split(",")
        for name in names:
            if name not in known:
                raise argparse.ArgumentTypeError(f"no {name!r}; there are {', '.join(known)}")
        return names

    return parse_names


def run(options: argparse.Namespace, results: Results) -> int:
    """Run each workload on each of its servers in turn, round after round; count what failed."""
    failures = 0
    named = options.only or [one.name for one in ALL if one.in_quick or not options.quick]
    chosen = [workload for workload in ALL if workload.name in named]
    niceness = options.niceness if machine.may_be_urgent() else max(0, options.niceness)
    log = results.path.with_suffix(".log") if results.path else Path(os.devnull)
    with Parts(niceness, log) as parts:
        for repeat in range(options.repeat or REPEATS[options.quick]):
            for workload in chosen:
                failures += run_workload(workload, parts, options, results, repeat)
    return failures


def run_workload(
    workload: Workload, parts: Parts, options: argparse.Namespace, results: Results, repeat: int
) -> int:
    """Run one workload on each of its servers; count what failed."""
    failures = 0
    for server in workload.carried_by(options.quick):
        if options.servers and server.name not in options.servers:
            continue
        began = time.monotonic()
        try:
            results.add(workload, server, workload.run(server, parts, options.quick))
            verdict = "ok"
        except Exception as failure:  # the others are still worth measuring
            traceback.print_exc()
            failures += 1
            verdict = f"failed: {failure}"
        took = time.monotonic() - began
        print(f"{repeat + 1} {workload.name:9} {server.name:18} {took:5.1f} s  {verdict}",
              file=sys.stderr, flush=True)  # fmt: skip
    return failures


def run_profile(arguments: list[str]) -> int:
    """Profile our own server under the loads named; print where the time goes."""
    parser = argparse.ArgumentParser(prog="bin/bench profile", description=profile.__doc__)
    parser.add_argument("loads", nargs="*", metavar="LOAD", help=", ".join(PROFILES))
    parser.add_argument("--seconds", type=float, default=8.0, metavar="S")
    parser.add_argument("--niceness", type=int, default=URGENT, metavar="N")
    parser.add_argument("--native", action="store_true", help="see into libraries; slower")
    parser.add_argument("--leaves", type=int, default=12, metavar="N", help="functions shown")
    options = parser.parse_args(arguments)
    niceness = options.niceness if machine.may_be_urgent() else max(0, options.niceness)
    with Parts(niceness) as parts:
        for name in options.loads or PROFILES:
            print(profile(name, parts, options.seconds, options.leaves, options.native), flush=True)
    return 0


def run_scroll(arguments: list[str]) -> int:
    """Scroll through a long room in Chromium; print which frames came late, and why."""
    from benchmarks import scroll  # needs Playwright, which the other workloads do not

    parser = argparse.ArgumentParser(prog="bin/bench scroll", description=scroll.__doc__)
    parser.add_argument("--messages", type=int, default=scroll.MESSAGES, metavar="N")
    options = parser.parse_args(arguments)
    print(scroll.measure(options.messages).table())
    return 0


def print_tables(results: Results) -> None:
    """Print what was measured, then the targets."""
    print(results.tables())
    if table := targets_table(results):
        print(f"\n### Targets\n\n{table}")


if __name__ == "__main__":
    sys.exit(main())
