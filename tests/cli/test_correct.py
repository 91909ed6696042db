"""`leadbot nlp correct` and `leadbot nlp read --brand`, in a project that has heard people."""

from __future__ import annotations

from pathlib import Path

from leadbot.model import Intent
from leadbot.nlp.brand_examples import file_of, read_brand_examples
from leadbot.nlp.examples import Example
from tests.cli.shop import HANDLE, Run, house, run
from tests.fakes.house import House

__all__ = ["house", "run"]

SAID = "@acme need a flight home tomorrow, can I rebook?"
OWN = "is it possible to change my ticket to an earlier day"


def test_a_post_read_wrongly_is_marked_and_then_told_in_own_words(
    run: Run, house: House, tmp_path: Path
) -> None:
    post = house.say(SAID)
    file = file_of(tmp_path, HANDLE)

    marked = run("nlp", "correct", post.id, "--label", "support")
    copied = run("nlp", "correct", post.id, "--label", "support", "--text", SAID)
    told = run("nlp", "correct", post.id, "--label", "support", "--text", OWN)

    assert marked.code == told.code == 0, marked.err + told.err
    assert "Nothing is learned yet" in marked.out
    assert copied.code == 2
    assert "too much like the post" in copied.err
    assert read_brand_examples(file) == [Example(OWN, Intent.SUPPORT)]
    assert "flight" not in file.read_text(encoding="utf-8")


def test_a_post_that_nobody_knows_and_a_wrong_label_are_told(run: Run) -> None:
    unknown = run("nlp", "correct", "42", "--label", "support")
    wrong = run("nlp", "correct", "42", "--label", "suport")

    assert (unknown.code, wrong.code) == (2, 2)
    assert "no post that is still known" in unknown.err
    assert "purchase_intent" in wrong.err


def test_reading_for_a_brand_names_its_phrases_and_a_stranger_is_refused(run: Run, tmp_path: Path) -> None:
    playbook = Path(__file__).parents[2] / "playbooks" / "team-plan.yaml"
    (tmp_path / "team-plan.yaml").write_text(playbook.read_text(encoding="utf-8"), encoding="utf-8")
    toml = tmp_path / "leadbot.toml"
    toml.write_text(
        toml.read_text(encoding="utf-8").replace("playbooks = []", 'playbooks = ["team-plan.yaml"]')
        + '[[teams]]\nname = "inside-sales"\nreps = [{name = "Maya Lindqvist"}]\n',
        encoding="utf-8",
    )

    found = run("nlp", "read", "honestly it's a mess in excel", "--brand", "@acme", "--json")
    stranger = run("nlp", "read", "hi", "--brand", "globex")

    assert "excel" in [echo["phrase"] for echo in found.json["echoes"]]
    assert stranger.code == 2
    assert "one of @acme" in stranger.err
