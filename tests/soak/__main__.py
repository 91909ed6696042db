"""Months in minutes: several brands, a whole town, everything at X failing at random, and a daemon that dies.

`python -m tests.soak` is what `make soak` runs. The long form, by hand:
`python -m tests.soak --days 3 --brands 10 --people 2000 --kills 100`.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from tests.kills.judge import Verdict
from tests.kills.run import SOAK, Plan, run

HANDLES = ["acme", "globex", "initech", "umbrella", "hooli", "stark", "wayne", "tyrell", "soylent", "wonka"]
LONG_CALM_S = 600.0
LONG_BURST_S = 15.0
STARTS_WITHIN_S = 8.0


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--days", type=float, help="simulated days of storm; the clock runs 60 times as fast")
    parser.add_argument("--brands", type=int, default=len(SOAK.brands), choices=range(1, len(HANDLES) + 1))
    parser.add_argument("--people", type=int, default=SOAK.people)
    parser.add_argument("--kills", type=int, default=SOAK.kills)
    parser.add_argument("--seed", type=int, default=SOAK.seed)
    parser.add_argument("--chance", type=float, default=SOAK.chance, help="how likely everything fails")
    parser.add_argument("--keep", type=Path, help="work in this folder and leave it there")
    asked = parser.parse_args()
    has_no_time = asked.days is not None and asked.days <= 0
    if asked.people < 1 or asked.kills < 0 or not 0 <= asked.chance <= 1 or has_no_time:
        parser.error(
            "give at least one person, no fewer than 0 kills, a chance from 0 to 1, more than 0 days"
        )
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        where = asked.keep or Path(folder)
        where.mkdir(parents=True, exist_ok=True)
        verdict = run(where / "town", plan_of(asked), lambda line: told(began, line))
    print("\n".join(report(verdict)))
    raise SystemExit(1 if verdict.faults else 0)


def plan_of(asked: argparse.Namespace) -> Plan:
    """The run that was asked for."""
    plan = replace(
        SOAK,
        brands=tuple(HANDLES[: asked.brands]),
        people=asked.people,
        kills=asked.kills,
        seed=asked.seed,
        chance=asked.chance,
    )
    if asked.days is None:
        return plan
    storm_s = asked.days * 86_400 / plan.rate
    life_s = max(SOAK.life_s, storm_s / (plan.kills + 1) - STARTS_WITHIN_S)
    return replace(plan, storm_s=storm_s, calm_s=LONG_CALM_S, life_s=life_s, burst_s=LONG_BURST_S)


def told(began: float, line: str) -> None:
    print(f"{time.monotonic() - began:6.0f} s  {line}", flush=True)


def report(verdict: Verdict) -> list[str]:
    """Counts, faults made, outcomes and checks as lines; the last one is `N passed, N failed`."""
    lines = ["", "What was counted"]
    lines += [f"  {count:6}  {name}" for name, count in verdict.counts.items()]
    lines += ["", "Who spoke"]
    lines += [f"  {count:6}  {name}" for name, count in sorted(verdict.temperaments.items())]
    lines += ["", f"Faults made: {sum(verdict.struck.values())} by X, {verdict.kills} kills"]
    lines += [f"  {count:6}  {name}" for name, count in sorted(verdict.struck.items())]
    lines += ["", "What became of the replies"]
    lines += [f"  {count:6}  {name}" for name, count in sorted(verdict.outcomes.items())]
    lines += ["", "What must hold"]
    for name, faults in verdict.checks.items():
        lines.append(f"  {'FAILED' if faults else 'ok':6}  {name}")
        lines += [f"          {fault}" for fault in faults[:10]]
        lines += [f"          and {len(faults) - 10} more"] if len(faults) > 10 else []
    failed = sum(map(bool, verdict.checks.values()))
    return [*lines, "", f"{len(verdict.checks) - failed} passed, {failed} failed"]


if __name__ == "__main__":
    main()
