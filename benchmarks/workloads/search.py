"""How much a server carries: what a delivery costs it, and the greatest rate it sustains."""

import time

from benchmarks.load_core import Answer, is_sound
from benchmarks.trial import Trial

P99_BOUND = 250  # ms: past it the rate is not sustained
GROWTH = 1.5  # from one rate to the next while all goes well
SHRINK = 0.6  # … while none has gone well yet
LEAST = 20.0  # messages a second with which a server is first tried
FULL_CORE = 0.97  # the load's core is busy beyond this: the server may carry more
REST = 0.2  # s between rates


def sustained(answer: Answer) -> bool:
    """Say whether everything arrived, in order and in time."""
    in_time = answer["p99_ms"] < P99_BOUND and answer["ack_p99_ms"] < P99_BOUND
    return is_sound(answer) and in_time


def capacity(trial: Trial, fan: float, seconds: float) -> float:
    """Return about how many deliveries a second would fill the server's core; also warms it up."""
    guess = float(trial.server.guess)
    for _ in range(2):
        answer = trial.load(max(LEAST, 0.15 * guess / fan), seconds)
        if answer["delivered"]:
            guess = max(0.1 * guess, 1e6 / max(answer["cpu_us"], 0.5))
    return guess


def greatest(
    trial: Trial, fan: float, start: float, seconds: float, precision: float
) -> tuple[Answer | None, list[dict[str, float]]]:
    """Return the answer at the greatest rate sustained, and all that was tried.

    It begins at ``start`` deliveries a second, grows until a rate is not sustained, then halves the
    distance until the least failed rate is within ``precision`` of the greatest sustained.
    """
    good: tuple[float, Answer] | None = None
    bad: float | None = None
    tried: list[dict[str, float]] = []
    rate = start
    while bad is None or good is None or bad / good[0] > precision:
        answer = trial.load(rate / fan, seconds)
        fine = sustained(answer)
        tried.append(_summary(rate, fine, answer))
        if fine:
            good = (rate, answer)
        else:
            bad = rate
        if good and bad:
            rate = (good[0] * bad) ** 0.5
        elif good:
            rate *= GROWTH
        elif rate / fan < LEAST / 4:
            break
        else:
            rate *= SHRINK
        time.sleep(REST)
    return (good[1] if good else None), tried


def _summary(rate: float, fine: bool, answer: Answer) -> dict[str, float]:
    names = ("delivered_per_s", "p50_ms", "p99_ms", "ack_p99_ms", "lost", "gaps", "refused",
             "cpu_us", "server_util", "load_util", "load_core_busy")  # fmt: skip
    return {"rate": round(rate), "sustained": fine} | {name: answer[name] for name in names}
