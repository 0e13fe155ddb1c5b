"""All faults by number."""

from tests.faults.run import Fault
from tests.faults.scenarios import clocks, fuzz, peers, postgres, processes, redis, storm

FAULTS: dict[int, Fault] = {
    fault.number: fault
    for fault in (
        processes.KILL,
        processes.RESTART,
        redis.FROZEN,
        redis.OUTAGE,
        redis.FLUSHED,
        redis.DEAF,
        postgres.TERMINATED,
        postgres.CRASHED,
        peers.SLOW,
        clocks.CLOCK,
        storm.STORM,
        fuzz.FUZZ,
        redis.REVOKED,
        peers.BEHIND,
    )
}
