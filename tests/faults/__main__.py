"""bin/faults: run faults against a site of one's own, and print what came of them."""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
import tempfile
import traceback
from pathlib import Path

from tests.faults.checker import check
from tests.faults.history import Dump, History
from tests.faults.house import House
from tests.faults.namespaces import NeedsRoot, enter_private_network
from tests.faults.run import Fault, Result, Run
from tests.faults.scenarios.catalogue import FAULTS
from tests.faults.table import print_table
from tests.parts.part import PartFailed

USAGE = 2  # exit code for options that make no sense


def options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="bin/faults", description=__doc__)
    parser.add_argument("--seed", type=int, help="of the first run (default: a random one)")
    parser.add_argument("--only", default="", metavar="N,M", help="these faults (default: all)")
    parser.add_argument("--seconds", type=float, help="that each fault lasts")
    parser.add_argument("--repeat", type=int, default=1, metavar="K", help="runs, each seed + 1")
    parser.add_argument("--short", action="store_true", help="as bin/test does it")
    parser.add_argument("--servers", type=int, default=3, help="server processes (default: 3)")
    parser.add_argument("--check", type=Path, metavar="DIR", help="judge a saved run again")
    parser.add_argument("--list", action="store_true", help="what there is")
    return parser.parse_args()


def chosen(only: str) -> list[Fault]:
    """The faults named in `3,7`; all for an empty string. Raises KeyError, ValueError."""
    numbers = [int(number) for number in only.split(",") if number] or sorted(FAULTS)
    return [fault for number in numbers for fault in FAULTS[number]]


def main() -> int:
    """Run; 0 when every fault met its target without a violation."""
    wanted = options()
    if wanted.list:
        for fault in chosen(""):
            print(f"{fault.number:3}  {fault.name} ({fault.seconds:g} s)")
        return 0
    if wanted.check:
        return judge_again(wanted.check)
    try:
        faults = chosen(wanted.only)
    except (KeyError, ValueError) as error:
        print(f"There is no such fault: {error}. See bin/faults --list.", file=sys.stderr)
        return USAGE
    faults = possible_here(faults)
    seed = wanted.seed if wanted.seed is not None else random.randrange(10**6)
    keep = Path(tempfile.mkdtemp(prefix="chat-faults-"))
    results = []
    try:
        for number in range(wanted.repeat):
            for fault in faults:
                results.append(run_one(fault, seed + number, wanted, keep))
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
    except PartFailed as missing:
        print(missing, file=sys.stderr)
        return 1
    print_table(results)
    if all(result.met for result in results):
        return 0
    print(
        f"Histories and logs of the failed ones: {keep} (bin/faults --check DIR judges one again)"
    )
    return 1


def possible_here(faults: list[Fault]) -> list[Fault]:
    """Those that this machine lets us do; the others are named once."""
    try:
        if os.getuid() != 0:
            raise NeedsRoot
        if any(fault.private_network for fault in faults):
            enter_private_network()
    except NeedsRoot:
        left_out = [fault for fault in faults if fault.needs_root]
        if left_out:
            names = ", ".join(f"{fault.number} ({fault.name})" for fault in left_out)
            print(f"Left out, because they need root on Linux: {names}.", file=sys.stderr)
        return [fault for fault in faults if not fault.needs_root]
    return faults


def run_one(fault: Fault, seed: int, wanted: argparse.Namespace, keep: Path) -> Result:
    """One fault in a house of its own."""
    seconds = wanted.seconds or (fault.short if wanted.short else fault.seconds)
    print(f"fault {fault.number}, {fault.name}: seed {seed}, {seconds:g} s", flush=True)
    try:
        with house_for(fault, wanted.servers) as house:
            run = Run(fault, house, seed, seconds)
            result = asyncio.run(run.go(keep / f"{fault.number}-{seed}"))
            result.misses += [f"traceback in the log: {line}" for line in house.tracebacks()]
            if not result.met:
                keep.joinpath(f"{fault.number}-{seed}.log").write_text(house.logs())
    except Exception as error:
        traceback.print_exc()
        result = Result(fault.number, fault.name, seed, misses=[f"broke off: {error!r}"])
    print("    " + ("met" if result.met else f"FAILED, seed {seed}\n{result.explanation()}"))
    for note in result.notes:
        print(f"    {note}")
    if result.met and result.late:
        print("    " + result.explanation().replace("\n", "\n    "))
    return result


def house_for(fault: Fault, servers: int) -> House:
    """The site that a fault is for."""
    return House(servers, embedded=fault.embedded, disk=fault.disk, **fault.settings)


def judge_again(directory: Path) -> int:
    """Check what an earlier run saved."""
    violations = check(
        History.load(directory / "history.jsonl"), Dump.load(directory / "dump.json")
    )
    for violation in violations:
        print(violation)
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
