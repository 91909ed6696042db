"""Leads in files: they outlive a crash, and open in a spreadsheet without running anything."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from leadbot.crm.file import FileCrm
from leadbot.crm.sheet import harmless
from leadbot.errors import PermanentError
from leadbot.model import BrandId

from .contract import CrmContract, a_lead


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "crm"


@pytest.fixture
def crm(folder: Path) -> FileCrm:
    return FileCrm(folder, slow_s=60.0)


class TestFileCrm(CrmContract):
    @pytest.fixture
    def crm(self, folder: Path) -> FileCrm:
        return FileCrm(folder)


def events(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "leads.jsonl").read_text("utf-8").splitlines()]


def sheet(folder: Path) -> list[dict[str, str]]:
    with (folder / "leads.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_every_push_note_and_outcome_is_one_line(crm: FileCrm, folder: Path) -> None:
    ref = crm.upsert(a_lead(), key="k1")
    crm.add_note(ref, "Long\nstory", key="k1")
    crm.set_outcome(ref, "won", key="k1")
    assert [event["kind"] for event in events(folder)] == ["upsert", "note", "outcome"]


def test_the_sheet_shows_how_things_stand(crm: FileCrm, folder: Path) -> None:
    ref = crm.upsert(a_lead(), key="k1")
    crm.upsert(a_lead(score=30), key="k2")
    crm.add_note(ref, "Story", key="n1")
    crm.set_outcome(ref, "later", key="o1")
    (row,) = sheet(folder)
    assert (row["username"], row["score"], row["outcome"], row["notes"]) == ("ann", "30", "later", "1")
    assert (row["answers"], row["receipt"], row["consent_words"]) == (
        "team: many",
        "'+15 about 40",
        "yes please",
    )


def test_after_a_restart_the_keys_are_still_known(crm: FileCrm, folder: Path) -> None:
    ref = crm.upsert(a_lead(), key="k1")
    note = crm.add_note(ref, "Story", key="n1")
    again = FileCrm(folder)
    assert again.upsert(a_lead(), key="k1") == ref
    assert again.add_note(ref, "Story", key="n1") == note
    assert len(events(folder)) == 2


@pytest.mark.parametrize("cut", [1, 20, 100])
def test_a_last_line_cut_short_by_a_crash_is_written_anew(crm: FileCrm, folder: Path, cut: int) -> None:
    crm.upsert(a_lead(), key="k1")
    other = a_lead(external_key="x:2", username="bob")
    ref = crm.upsert(other, key="k2")
    file = folder / "leads.jsonl"
    file.write_bytes(file.read_bytes()[:-cut])
    again = FileCrm(folder)
    assert again.upsert(other, key="k2") == ref
    assert [event["key"] for event in events(folder)] == ["upsert:k1", "upsert:k2"]
    assert [row["username"] for row in sheet(folder)] == ["ann", "bob"]


def test_a_line_that_cannot_be_read_does_not_hide_the_others(crm: FileCrm, folder: Path) -> None:
    crm.upsert(a_lead(), key="k1")
    file = folder / "leads.jsonl"
    file.write_bytes(
        b'not json\n[1]\n{"key":"odd"}\n{"key":"x","kind":"upsert","ref":1}\n' + file.read_bytes()
    )
    assert [found.label for found in FileCrm(folder).find(a_lead())] == ["@ann"]


@pytest.mark.parametrize("name", ['=HYPERLINK("http://evil.example")', "+1", "-1", "@SUM(A1)", "\t=1", " =1"])
def test_no_name_becomes_a_formula(crm: FileCrm, folder: Path, name: str) -> None:
    crm.upsert(a_lead(name=name), key="k1")
    assert sheet(folder)[0]["name"] == f"'{name}"


def test_an_ordinary_cell_stays_as_it_is() -> None:
    assert [harmless(value) for value in ("Ann", "", None, 7, "5 - 6")] == ["Ann", "", "", "7", "5 - 6"]


def test_one_person_may_be_a_lead_of_two_brands(crm: FileCrm) -> None:
    first = crm.upsert(a_lead(), key="k1")
    second = crm.upsert(a_lead(brand_id=BrandId("2"), brand_handle="globex"), key="k2")
    assert first != second
    assert {found.why for found in crm.find(a_lead())} == {
        "the same X account",
        "the same X account, at another brand",
    }


def test_a_note_for_a_lead_nobody_knows_is_refused(crm: FileCrm) -> None:
    with pytest.raises(PermanentError) as refused:
        crm.add_note("nobody", "Story", key="n1")
    assert refused.value.reason == "no_such_lead"


def test_making_the_adapter_touches_nothing(folder: Path) -> None:
    FileCrm(folder)
    assert not folder.exists()


def test_a_folder_that_cannot_be_written_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "crm").write_text("in the way")
    with pytest.raises(PermanentError):
        FileCrm(tmp_path / "crm").upsert(a_lead(), key="k1")


def test_a_sheet_that_cannot_be_replaced_does_not_lose_the_lead(crm: FileCrm, folder: Path) -> None:
    (folder / "leads.csv").mkdir(parents=True)
    assert crm.upsert(a_lead(), key="k1")
    assert len(events(folder)) == 1
    assert sorted(path.name for path in folder.iterdir()) == ["leads.csv", "leads.jsonl"]


def test_words_of_any_script_survive(crm: FileCrm, folder: Path) -> None:
    crm.upsert(a_lead(name="Zoë 王 👩‍👧", consent_words='ja, "gern"\nbitte'), key="k1")
    assert sheet(folder)[0]["name"] == "Zoë 王 👩‍👧"
    assert events(folder)[0]["lead"]["consent"]["words"] == 'ja, "gern"\nbitte'


def test_words_that_are_gone_stand_in_no_file(tmp_path: Path) -> None:
    crm = FileCrm(tmp_path)
    ref = crm.upsert(a_lead(), key="k1")
    note_id = crm.add_note(ref, "They said: about 40", key="k1:note")
    gone = replace(a_lead().receipt[0], words="[deleted]")
    crm.delete_note(ref, note_id, key="d1")
    crm.upsert(a_lead(receipt=(gone,), answers=()), key="k2")
    everything = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"about 40" not in everything
    reopened = FileCrm(tmp_path)
    assert reopened.upsert(a_lead(), key="k1") == ref, "a spent key stays spent"
    assert b"about 40" not in b"".join(file.read_bytes() for file in tmp_path.iterdir())
