"""All faults by number. Some come in two shapes."""

from tests.faults.run import Fault
from tests.faults.scenarios import (
    clocks,
    fuzz,
    limits,
    network,
    peers,
    postgres,
    processes,
    redis,
    soak,
    storm,
)

FAULTS: dict[int, tuple[Fault, ...]] = {
    1: (processes.KILL, processes.KILL_EMBEDDED),
    2: (processes.RESTART,),
    3: (redis.FROZEN,),
    4: (redis.OUTAGE,),
    5: (redis.FLUSHED,),
    6: (redis.DEAF,),
    7: (postgres.TERMINATED,),
    8: (postgres.CRASHED,),
    9: (peers.SLOW,),
    10: (network.HALF_OPEN,),
    11: (network.LOSSY,),
    12: (clocks.CLOCK,),
    13: (storm.STORM,),
    14: (fuzz.FUZZ,),
    15: (limits.DESCRIPTORS, limits.DISK_FULL),
    16: (redis.REVOKED,),
    17: (peers.BEHIND,),
    18: (soak.SOAK,),
}
