"""The long run: python -m tests.kills --people 200 --kills 20"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from tests.kills.run import run_with_kills


def main() -> None:
    parser = argparse.ArgumentParser(description="Kill the daemon at random moments while people talk to it.")
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", action="store_true", help="X fails at random as well")
    parser.add_argument("--keep", type=Path, help="work in this folder and leave it there")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        where = (chosen.keep or Path(folder)) / "shop"
        verdict = run_with_kills(
            where,
            people=chosen.people,
            kills=chosen.kills,
            seed=chosen.seed,
            faults=chosen.faults,
            say=lambda line: print(line, flush=True),
        )
    for name, value in vars(verdict).items():
        if name != "faults":
            print(f"{name:14} {dict(value) if isinstance(value, dict) else value}")
    print(f"faults         {len(verdict.faults)}")
    for fault in verdict.faults[:40]:
        print(f"  {fault}")
    raise SystemExit(1 if verdict.faults else 0)


if __name__ == "__main__":
    main()
