"""Members flood the site by every means they have, against its limits: what the others notice."""

import time
from statistics import median

from benchmarks.abuser import Flood
from benchmarks.load_core import BROKEN_PROMISES, Answer
from benchmarks.parts import Parts
from benchmarks.servers import OURS_LIMITED, Server
from benchmarks.trial import Trial
from benchmarks.workloads.workload import Column, Figures, Workload

MEMBERS = 200
ROOMS = 20
RATE = 60.0  # messages a second of all together: each is well within their own limit
ABUSERS = {"alone": 0, "one": 1, "ten": 10}
SECONDS = {False: 10.0, True: 4.0}
ROUNDS = {False: 3, True: 1}
SETTLING = 1.0  # s of flood before the others are listened to


def abuse(server: Server, parts: Parts, quick: bool) -> Figures:
    """Return the others' p99 alone, beside one who floods the site, and beside ten, in turn."""
    abusers = max(ABUSERS.values())
    cookies = parts.cookies(MEMBERS + abusers, ROOMS, 1)
    flooding = cookies.read_text().splitlines()[MEMBERS:]
    heard: dict[str, list[Answer]] = {phase: [] for phase in ABUSERS}
    figures: Figures = {}
    with Trial(server, parts, cookies=cookies) as trial:
        trial.connect(MEMBERS)
        trial.load(RATE, SETTLING)  # what is only done once is done
        for _ in range(ROUNDS[quick]):
            for phase, count in ABUSERS.items():
                with Flood(trial.port, flooding[:count]) as flood:
                    time.sleep(SETTLING)
                    began = time.monotonic()
                    heard[phase].append(trial.load(RATE, SECONDS[quick]))
                    took = SETTLING + time.monotonic() - began
                trial.lg.idle(SETTLING)  # what is left of it is nobody else's
                figures |= {
                    f"{phase}_{name}_per_s": number / took for name, number in flood.counts.items()
                }
    for phase, answers in heard.items():
        figures |= {
            f"{phase}_{name}": median(answer[name] for answer in answers)
            for name in ("p50_ms", "p99_ms", "max_ms", "ack_p99_ms", "server_util")
        }
        figures[f"{phase}_p99s_ms"] = [answer["p99_ms"] for answer in answers]
    everything = [answer for answers in heard.values() for answer in answers]
    return figures | {
        "times": figures["ten_p99_ms"] / max(figures["alone_p99_ms"], 1e-3),
        "lost": sum(answer["lost"] + answer["conns_lost"] for answer in everything),
        "refused": sum(answer["refused"] for answer in everything),
        "broken": sum(answer[name] for answer in everything for name in BROKEN_PROMISES),
    }


WORKLOADS = [
    Workload(
        "abuse",
        "200 members of rooms of 10 say 60 messages a second, while one, and ten, flood the site",
        [OURS_LIMITED],
        abuse,
        [
            *(
                Column(title.format(phase), f"{name}_{key}", form)
                for key, title, form in (
                    ("p50_ms", "p50 ms, {}", "{:.1f}"),
                    ("p99_ms", "p99 ms, {}", "{:.1f}"),
                    ("ack_p99_ms", "ack p99 ms, {}", "{:.1f}"),
                    ("server_util", "server's core, {}", "{:.2f}"),
                )
                for name, phase in (
                    ("alone", "alone"),
                    ("one", "beside one"),
                    ("ten", "beside ten"),
                )
            ),
            Column("lost or cut off", "lost", "{:.0f}"),
            Column("refused", "refused", "{:.0f}"),
            Column("frames/s of ten", "ten_frames_per_s", "{:,.0f}"),
            Column("connections/s", "ten_opened_per_s", "{:,.0f}"),
            Column("searches/s", "ten_asked_per_s", "{:,.0f}"),
        ],
        in_quick=False,
    )
]
