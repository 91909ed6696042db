"""What is spoken and what is a draft: files that change, break, go or are renamed (SCENARIOS 13 and 14)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from leadbot.app.project import Project, load_project
from leadbot.app.publishing import begin, spoken, standings
from leadbot.app.shelf import Shelf
from leadbot.errors import ConfigError
from leadbot.model import BrandId, VersionId
from leadbot.settings.scaffold import write_project
from leadbot.store import Store, open_database
from tests.fakes.clock import ManualClock


class Shop:
    """A project with two brands."""

    def __init__(self, folder: Path, store: Store, clock: ManualClock) -> None:
        self.folder = folder
        self.store = store
        self.clock = clock
        self.acme = folder / "playbooks" / "team-plan.yaml"
        self.globex = folder / "playbooks" / "globex.yaml"
        text = self.acme.read_text(encoding="utf-8")
        words = text.replace("brand: acme", "brand: globex").replace(
            "playbook: team-plan", "playbook: globex"
        )
        self.globex.write_text(words, encoding="utf-8")
        self.toml = folder / "leadbot.toml"
        more = '\n[[brands]]\nhandle = "globex"\nmode = "watch"\nplaybooks = ["playbooks/globex.yaml"]\n'
        self.toml.write_text(self.toml.read_text(encoding="utf-8") + more, encoding="utf-8")

    def load(self) -> Project:
        return load_project(self.toml, {})

    def starts(self) -> dict[str, list[VersionId]]:
        """The daemon starts: what each brand speaks then."""
        project = self.load()
        begin(project, self.store)
        return self.speaks(project)

    def speaks(self, project: Project | None = None) -> dict[str, list[VersionId]]:
        settings = (project or self.load()).settings
        return {
            brand.facts.handle: [one.version for one in spoken(brand, settings, self.store)]
            for brand in settings.brands
        }

    def ships(self, file: Path) -> VersionId:
        found = [one for books in self.load().playbooks.values() for one in books]
        (playbook,) = [one for one in found if self.folder / one.file == file]
        self.clock.advance(1)
        self.store.playbooks.ship(playbook)
        return playbook.version

    def told(self) -> list[str]:
        found = standings(self.load(), self.store.playbooks.versions())
        return [one.told for one in found if one.told]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    folder, clock = tmp_path / "shop", ManualClock()
    write_project(folder, "acme")
    store = Store(open_database(f"sqlite:///{tmp_path}/leadbot.db"), clock)
    yield Shop(folder, store, clock)
    store.close()


def half(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    file.write_text(text[: len(text) // 2] + "\n  ask: [", encoding="utf-8")


def reword(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("Happy to help", "Glad to help"), encoding="utf-8")


def test_a_playbook_nobody_published_yet_goes_live_at_the_first_start(shop: Shop) -> None:
    assert all(len(versions) == 1 for versions in shop.starts().values())
    assert shop.told() == []


def test_scenario_14_a_changed_file_is_a_draft_until_somebody_ships_it(shop: Shop) -> None:
    before = shop.starts()
    reword(shop.acme)
    shop.clock.advance(60)
    assert shop.starts() == before, "not even a start publishes it"
    (told,) = shop.told()
    assert "leadbot playbook ship playbooks/team-plan.yaml" in told
    assert shop.ships(shop.acme) not in before["acme"]
    assert shop.starts()["acme"] != before["acme"]
    assert shop.told() == []


def test_scenario_14_a_half_saved_file_leaves_its_brand_with_the_words_that_were_live(shop: Shop) -> None:
    before = shop.starts()
    half(shop.acme)
    assert shop.starts() == before
    assert shop.load().faults, "and everybody who looks is told"


def test_scenario_14_a_broken_file_takes_no_word_from_any_other_brand(shop: Shop) -> None:
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
    before = shop.starts()
    (shop.folder / "playbooks" / "draft.yaml").write_text("playbook: idea\nbrand: acme\n", encoding="utf-8")
    assert shop.starts() == before
    assert {fault.file for fault in shop.load().faults} == {"playbooks/draft.yaml"}


def test_a_version_that_does_not_fit_the_project_any_more_is_not_spoken(shop: Shop) -> None:
    shop.starts()
    text = shop.toml.read_text(encoding="utf-8")
    shop.toml.write_text(text.replace("inside-sales", "outside"), encoding="utf-8")
    assert shop.speaks()["acme"] == []


def test_a_version_that_was_withdrawn_comes_back_only_when_it_is_shipped_again(shop: Shop) -> None:
    shop.starts()
    shop.store.playbooks.withdraw("acme", "team-plan", by="Mia Winter")
    assert shop.starts()["acme"] == []
    assert any("is withdrawn" in told for told in shop.told())
    half(shop.acme)
    assert shop.starts()["acme"] == []


def test_scenario_13_a_file_that_is_gone_starts_nothing(shop: Shop) -> None:
    before = shop.starts()
    text = shop.acme.read_text(encoding="utf-8")
    shop.acme.unlink()
    assert shop.starts() == {"acme": [], "globex": before["globex"]}
    shop.acme.write_text(text, encoding="utf-8")
    assert shop.starts()["acme"] == [], "once taken away, it is for a person to bring it back"
    shop.ships(shop.acme)
    assert shop.starts() == before


def test_scenario_13_a_renamed_file_is_the_same_version(shop: Shop) -> None:
    before = shop.starts()
    shop.acme.rename(shop.folder / "playbooks" / "plan-b.yaml")
    assert shop.starts() == before
    (live,) = [one for one in shop.store.playbooks.live() if one.brand == "acme"]
    assert live.file == "playbooks/plan-b.yaml"


def test_playbooks_are_tried_in_the_order_of_the_settings(shop: Shop) -> None:
    second = shop.folder / "playbooks" / "aaa.yaml"
    text = shop.acme.read_text(encoding="utf-8").replace("playbook: team-plan", "playbook: aaa")
    second.write_text(text, encoding="utf-8")
    versions = {one.name: one.version for one in shop.load().playbooks["acme"]}
    assert shop.starts()["acme"] == [versions["aaa"], versions["team-plan"]]
    listed = '["playbooks/team-plan.yaml", "playbooks/aaa.yaml"]'
    toml = shop.toml.read_text(encoding="utf-8").replace('["playbooks/*.yaml"]', listed)
    shop.toml.write_text(toml, encoding="utf-8")
    assert shop.speaks()["acme"] == [versions["team-plan"], versions["aaa"]]


def test_what_is_shipped_last_is_live_whatever_the_clock_says(shop: Shop) -> None:
    before = shop.starts()["acme"]
    reword(shop.acme)
    shop.clock.advance(-86_400)
    after = shop.ships(shop.acme)
    assert shop.speaks()["acme"] == [after] != before


def test_a_running_daemon_takes_what_is_shipped_and_finishes_what_began(shop: Shop) -> None:
    (before,) = shop.starts()["acme"]
    settings = shop.load().settings
    brand_id = BrandId("77")
    shelf = Shelf(settings, shop.store, {brand_id: settings.brands[0]})
    assert not shelf.follow(), "nothing was published"
    reword(shop.acme)
    assert not shelf.follow(), "a saved file is no publication"
    after = shop.ships(shop.acme)
    assert shelf.follow()
    deck = shelf.decks[brand_id]
    assert [one.version for one in deck.playbooks] == [after]
    assert deck.playbook(before) is not None, "a dialog may just have begun on it"
    assert shelf.as_json() == {"acme": {"team-plan": after}}
    shop.store.playbooks.withdraw("acme", "team-plan", by="Mia Winter")
    assert shelf.follow()
    assert shelf.decks[brand_id].playbooks == ()


def test_faults_in_the_settings_are_told_together_with_those_in_playbooks(shop: Shop) -> None:
    half(shop.acme)
    shop.toml.write_text(shop.toml.read_text(encoding="utf-8") + "\nnonsense = 1\n", encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        shop.load()
    assert len({problem.where.split(":")[0] for problem in refused.value.problems}) == 2
