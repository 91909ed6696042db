"""Accepted playbooks and thousands of strangers: `python -m tests.strangers --dialogs 10000`.

Each dialog goes through the installed reader, the engine's fold and the gate, and every round of it is held
to the eight proofs and to what the verifier said of scores, messages, lengths and costs.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

from leadbot.flows import playbook as playbooks
from leadbot.flows.playbook import PlaybookSource
from leadbot.nlp import load_reader
from tests.strangers.play import AT_ONCE, houses

SHIPPED = Path(__file__).parents[2] / "playbooks"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.strangers", description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, help="playbooks; those that ship if left out")
    parser.add_argument("--dialogs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    files = asked.files or sorted(SHIPPED.glob("*.yaml"))
    sources = [PlaybookSource(file.name, file.read_text(encoding="utf-8")) for file in files]
    rows = houses(playbooks.load(sources, brands=None, teams=None), load_reader())
    began, passed, failed, endings = time.process_time(), 0, 0, Counter[str]()
    for first in range(0, asked.dialogs, AT_ONCE):
        house = rows[(first // AT_ONCE) % len(rows)]
        for one in house.receive(range(first, min(first + AT_ONCE, asked.dialogs)), asked.seed):
            passed, failed = (passed, failed + 1) if one.faults else (passed + 1, failed)
            if one.faults and failed <= 5:
                print(f"{house.playbook.name}, {one.person.username}: {'; '.join(one.faults)}")
                print("".join(f"    {line}\n" for line in one.chat))
    for house in rows:
        endings += house.endings
    print(f"{len(rows)} of {len(files)} playbooks accepted; {dict(endings.most_common())}")
    print(f"{time.process_time() - began:.0f} s of processor time")
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
