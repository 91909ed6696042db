"""A wrong reading becomes an example in a person's own words only, and never by the post's."""

from __future__ import annotations

from pathlib import Path

import pytest

from leadbot.errors import ConfigError
from leadbot.model import Intent
from leadbot.nlp.brand_examples import parse, read_brand_examples
from leadbot.nlp.corrections import add, mark, too_like
from leadbot.nlp.examples import Example

POST = "@acme need a flight home tomorrow, can I rebook without paying the 60 quid again?"
OWN = "is it possible to change my ticket to an earlier day for free"


@pytest.mark.parametrize(
    "words",
    [
        POST,
        "need a flight home tomorrow",
        "hello, can i rebook without paying anything",
        "rebook flight tomorrow home paying quid",
        "nead a flihgt home tomorow can i rebok",
        "Need A Flight Home Tomorrow!!",
    ],
)
def test_words_of_the_post_are_too_much_like_it(words: str) -> None:
    assert too_like(words, POST)


@pytest.mark.parametrize("words", [OWN, "my trip must move to another day, what now", "change my seat"])
def test_a_persons_own_words_are_not(words: str) -> None:
    assert too_like(words, POST) == ""


@pytest.mark.parametrize("post", ["pricing?", "@acme how much?"])
def test_a_short_post_must_be_told_otherwise_too(post: str) -> None:
    assert too_like(post, post)
    assert too_like("what would that cost me", post) == ""


def corrected(file: Path, words: str, post_id: str = "1993001") -> str:
    return add(file, words=words, label=Intent.SUPPORT, post_id=post_id, post=POST)


def test_an_example_is_added_to_a_new_file_with_a_word_about_it(tmp_path: Path) -> None:
    file = tmp_path / "examples" / "acme.yaml"

    corrected(file, OWN)
    corrected(file, 'the "flex" fare: which days can I swap?', "1993002")

    assert file.read_text(encoding="utf-8").startswith("# Posts in our own words")
    assert read_brand_examples(file) == [
        Example(OWN, Intent.SUPPORT),
        Example('the "flex" fare: which days can I swap?', Intent.SUPPORT),
    ]


def test_comments_and_other_examples_stay_as_they_are(tmp_path: Path) -> None:
    file = tmp_path / "acme.yaml"
    before = "# ours\nexamples:\n  # from the fair\n  - {text: six more seats, label: purchase_intent}\n"
    file.write_text(before, encoding="utf-8")

    corrected(file, OWN)

    assert file.read_text(encoding="utf-8").startswith(before)
    assert len(read_brand_examples(file)) == 2


def test_a_mark_waits_for_words_and_teaches_nothing(tmp_path: Path) -> None:
    file = tmp_path / "acme.yaml"

    mark(file, label=Intent.SUPPORT, post_id="1993001")
    marked = file.read_text(encoding="utf-8")
    corrected(file, OWN)

    assert "1993001" in marked
    assert "flight" not in marked
    assert parse("acme.yaml", marked) == ([], [])
    assert file.read_text(encoding="utf-8").count("1993001") == 1, "the mark is gone"


def test_everything_against_an_example_is_told_at_once_and_the_file_stays(tmp_path: Path) -> None:
    file = tmp_path / "acme.yaml"
    file.write_text("examples:\n  - {text: hm, label: suport}\n", encoding="utf-8")

    with pytest.raises(ConfigError) as told:
        corrected(file, "@jo says can I rebook without paying")

    rules = {problem.rule for problem in told.value.problems}
    assert rules == {"too-like", "private", "unknown-label"}
    assert file.read_text(encoding="utf-8") == "examples:\n  - {text: hm, label: suport}\n"


@pytest.mark.parametrize("words", ["", "?!", "x" * 300])
def test_an_example_has_words_and_not_too_many(tmp_path: Path, words: str) -> None:
    with pytest.raises(ConfigError):
        corrected(tmp_path / "acme.yaml", words)


def test_the_same_example_is_not_added_twice(tmp_path: Path) -> None:
    corrected(tmp_path / "acme.yaml", OWN)

    with pytest.raises(ConfigError, match="the same text"):
        corrected(tmp_path / "acme.yaml", OWN.upper(), "1993002")
