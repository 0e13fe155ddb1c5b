"""Numbers out of a history: how many, how late, how long."""

from __future__ import annotations

import bisect
import math
from collections.abc import Iterable

from tests.faults.history import (
    Applied,
    Closed,
    Commanded,
    History,
    Opened,
    Refused,
    Sent,
    Started,
)


def percentile(values: Iterable[float], share: float) -> float:
    """The value that `share` (0 … 1) of all do not exceed; 0 when there are none."""
    ordered = sorted(values)
    if not ordered:
        return 0.0
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def outcomes(history: History) -> dict[str, int]:
    """Sends by how they ended."""
    counts = {"ok": 0, "fail": 0, "unknown": 0}
    for sent in history.of(Sent):
        counts[sent.outcome] += 1
    return counts


def applied(history: History) -> int:
    """Rows that clients applied, all together."""
    return sum(len(step.rows) for step in history.of(Applied))


def survivors(history: History, began: float, ended: float) -> set[str]:
    """Clients whose socket was open from before `began` until after `ended`."""
    opened = {fact.client for fact in history.of(Opened) if fact.at < began}
    for fact in history.facts:
        if isinstance(fact, (Closed, Opened)) and began <= fact.at <= ended:
            opened.discard(fact.client)
    return opened


def ack_times(history: History, began: float, ended: float, only: set[str]) -> list[float]:
    """Seconds from send to ack, of acked sends that these clients began in the span."""
    return [
        sent.ended - sent.at
        for sent in history.of(Sent)
        if sent.ended and sent.outcome == "ok" and sent.client in only and began <= sent.at <= ended
    ]


def delivery_times(history: History, began: float, ended: float, only: set[str]) -> list[float]:
    """Seconds from a send by one of these clients in the span to each other of them showing it.

    Only what came at the version of its posting counts: a later edit is not a late delivery. Nor
    does what a member reads who came into the room after it was said, nor what the next fault cost,
    after the span: a send that lost its socket before its ack is left out, and a receiver who lost
    theirs first counts up to then."""
    closed = _closings_of(history, only)
    began_at = {(start.client, start.room, start.run): start.at for start in history.of(Started)}
    sent = {
        (fact.user, fact.room, fact.client_id): fact
        for fact in history.of(Sent)
        if fact.client in only and fact.outcome == "ok" and began <= fact.at <= ended
        and _first_after(closed[fact.client], fact.at) > fact.ended
    }  # fmt: skip
    times = []
    for step in history.of(Applied):
        if step.client not in only:
            continue
        for seen in step.rows:
            if seen.kind != "message":
                continue
            fact = sent.get((seen.row["author"], step.room, seen.row["client_id"]))
            there = fact is not None and began_at[step.client, step.room, step.run] <= fact.at
            if there and seen.version == fact.version:
                lost = _first_after(closed[step.client], fact.at)
                times.append(min(step.at, lost) - fact.at)
    return times


def _closings_of(history: History, only: set[str]) -> dict[str, list[float]]:
    """When the sockets of these clients were closed, in order."""
    found: dict[str, list[float]] = {client: [] for client in only}
    for fact in history.of(Closed):
        if fact.client in only:
            found[fact.client].append(fact.at)
    return {client: sorted(times) for client, times in found.items()}


def _first_after(times: list[float], moment: float) -> float:
    index = bisect.bisect_right(times, moment)
    return times[index] if index < len(times) else math.inf


def lags(history: History, began: float, ended: float) -> list[float]:
    """For every version acked in the span and every client that went over it: seconds from the
    ack until that client had it. Negative ones (the change came before the ack) count as 0."""
    acked: dict[int, list[tuple[int, float]]] = {}
    for fact in (*history.of(Sent), *history.of(Commanded)):
        if fact.outcome == "ok" and fact.version and began <= fact.ended <= ended:
            acked.setdefault(fact.room, []).append((fact.version, fact.ended))
    found = []
    for step in history.of(Applied):
        for version, at in acked.get(step.room, ()):
            if step.start < version <= step.to:
                found.append(max(0.0, step.at - at))
    return found


def closings(history: History, began: float, ended: float) -> list[int]:
    """Close codes of sockets that ended in the span."""
    return [fact.code for fact in history.of(Closed) if began <= fact.at <= ended]


def refusals(history: History, began: float, ended: float) -> list[str]:
    """Reasons of handshakes that failed in the span."""
    return [fact.reason for fact in history.of(Refused) if began <= fact.at <= ended]
