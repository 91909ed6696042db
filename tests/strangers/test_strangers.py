"""What was proved of a playbook holds when strangers talk to it."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from leadbot.flows import playbook as playbooks
from leadbot.flows.cards import Playbook
from leadbot.flows.playbook import PlaybookSource
from leadbot.nlp import SpacyReader, load_reader
from tests.strangers.play import House

FILES = sorted((Path(__file__).parents[2] / "playbooks").glob("*.yaml"))


@cache
def reader() -> SpacyReader:
    return load_reader()


def load(file: Path) -> Playbook:
    source = PlaybookSource(file.name, file.read_text(encoding="utf-8"))
    return playbooks.load([source], brands=None, teams=None)[0]


@cache
def shelter() -> House:
    """The one of the volunteers; what it has read once it need not read again."""
    return House(load(FILES[-1]), reader())


def faults_of(house: House, dialogs: int) -> list[str]:
    return [fault for one in house.receive(range(dialogs), seed=3) for fault in one.faults]


def test_strangers_break_nothing_that_was_proved() -> None:
    house = shelter()
    assert house.proved.ok
    assert faults_of(house, 60) == []
    assert sum(house.endings.values()) > 30


@pytest.mark.long
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_thousand_strangers_break_nothing_that_was_proved(file: Path) -> None:
    house = House(load(file), reader())
    assert house.proved.ok
    assert faults_of(house, 1000) == []


def test_strangers_would_notice() -> None:
    """A promise nobody keeps is seen to be broken: fewer points, messages and dollars than there are."""
    house = copy(shelter())
    score = dict.fromkeys(house.proved.score, (0, 0))
    house.proved = replace(house.proved, score=score, max_messages=1, max_cost_usd=0.01)
    told = {fault.split(":")[0] for fault in faults_of(house, 40)}
    assert {"threshold", "ends", "cost"} <= told
