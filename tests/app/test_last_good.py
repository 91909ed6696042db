"""Playbook files that are broken, gone or renamed: who goes on speaking which words (SCENARIOS 13 and 14)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from leadbot.app.lastgood import with_last_good
from leadbot.app.project import Project, load_project
from leadbot.errors import ConfigError
from leadbot.settings.scaffold import write_project
from leadbot.store import Store, open_database
from tests.fakes.clock import ManualClock


class Shop:
    """A project with two brands, whose playbooks were live once."""

    def __init__(self, folder: Path, store: Store) -> None:
        self.folder = folder
        self.store = store
        self.acme = folder / "playbooks" / "team-plan.yaml"
        self.globex = folder / "playbooks" / "globex.yaml"
        text = self.acme.read_text(encoding="utf-8")
        words = text.replace("brand: acme", "brand: globex").replace(
            "playbook: team-plan", "playbook: globex"
        )
        self.globex.write_text(words, encoding="utf-8")
        toml = folder / "leadbot.toml"
        more = '\n[[brands]]\nhandle = "globex"\nmode = "watch"\nplaybooks = ["playbooks/globex.yaml"]\n'
        toml.write_text(toml.read_text(encoding="utf-8") + more, encoding="utf-8")

    def load(self) -> Project:
        return load_project(self.folder / "leadbot.toml", {})

    def went_live(self) -> None:
        for playbooks in self.load().playbooks.values():
            for playbook in playbooks:
                self.store.playbooks.ship(playbook)

    def starts(self) -> Project:
        return with_last_good(self.load(), self.store.playbooks.versions())


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    folder = tmp_path / "shop"
    write_project(folder, "acme")
    store = Store(open_database(f"sqlite:///{tmp_path}/leadbot.db"), ManualClock())
    yield Shop(folder, store)
    store.close()


def half(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    file.write_text(text[: len(text) // 2] + "\n  ask: [", encoding="utf-8")


def test_scenario_14_a_half_saved_file_leaves_its_brand_with_the_words_that_were_live(shop: Shop) -> None:
    shop.went_live()
    good = shop.load().playbooks
    half(shop.acme)
    assert shop.starts().playbooks == good
    assert shop.starts().faults, "and everybody who looks is told"


def test_scenario_14_a_broken_file_takes_no_word_from_any_other_brand(shop: Shop) -> None:
    shop.went_live()
    half(shop.acme)
    loaded = shop.load()
    assert loaded.playbooks["acme"] == ()
    assert [one.name for one in loaded.playbooks["globex"]] == ["globex"]


def test_scenario_14_a_file_that_was_never_live_is_refused_with_every_fault(shop: Shop) -> None:
    half(shop.acme)
    half(shop.globex)
    with pytest.raises(ConfigError) as refused:
        shop.starts()
    assert {problem.file for problem in refused.value.problems} == {
        "playbooks/team-plan.yaml",
        "playbooks/globex.yaml",
    }


def test_scenario_14_a_new_file_that_is_still_being_written_takes_no_word_from_anybody(shop: Shop) -> None:
    shop.went_live()
    good = shop.load().playbooks
    (shop.folder / "playbooks" / "draft.yaml").write_text("playbook: idea\nbrand: acme\n", encoding="utf-8")
    project = shop.starts()
    assert project.playbooks == good
    assert {fault.file for fault in project.faults} == {"playbooks/draft.yaml"}


def test_a_last_version_that_does_not_fit_the_project_any_more_is_not_spoken(shop: Shop) -> None:
    shop.went_live()
    half(shop.acme)
    toml = shop.folder / "leadbot.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace("inside-sales", "outside"), encoding="utf-8")
    assert shop.starts().playbooks["acme"] == ()


def test_a_version_that_was_withdrawn_never_comes_back_in_the_place_of_a_broken_file(shop: Shop) -> None:
    shop.went_live()
    shop.store.playbooks.withdraw("acme", "team-plan", by="Mia Winter")
    half(shop.acme)
    assert shop.starts().playbooks["acme"] == ()


def test_scenario_13_a_file_that_is_gone_starts_nothing_and_stops_nobody(shop: Shop) -> None:
    toml = shop.folder / "leadbot.toml"
    listed = toml.read_text(encoding="utf-8").replace("playbooks/*.yaml", "playbooks/team-plan.yaml")
    toml.write_text(listed, encoding="utf-8")
    shop.went_live()
    shop.acme.unlink()
    for _ in range(2):  # at this start and at every later one
        project = shop.starts()
        assert project.playbooks["acme"] == ()
        assert len(project.playbooks["globex"]) == 1
        assert [fault.what for fault in project.faults] == ["no file has this name"]
        shop.store.playbooks.retire("acme", "team-plan")


def test_scenario_13_a_renamed_file_is_the_same_version(shop: Shop) -> None:
    shop.went_live()
    (before,) = shop.load().playbooks["acme"]
    shop.acme.rename(shop.folder / "playbooks" / "plan-b.yaml")
    toml = shop.folder / "leadbot.toml"
    toml.write_text(
        toml.read_text(encoding="utf-8").replace("team-plan.yaml", "plan-b.yaml"), encoding="utf-8"
    )
    (after,) = shop.starts().playbooks["acme"]
    assert after.version == before.version


def test_faults_in_the_settings_are_told_together_with_those_in_playbooks(shop: Shop) -> None:
    half(shop.acme)
    toml = shop.folder / "leadbot.toml"
    toml.write_text(toml.read_text(encoding="utf-8") + "\nnonsense = 1\n", encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        shop.load()
    assert len({problem.where.split(":")[0] for problem in refused.value.problems}) == 2
