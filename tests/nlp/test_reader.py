"""The reader as a whole: echoes, languages, warmth of plain cases, robustness, its files."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadbot.errors import ConfigError
from leadbot.model import LEAD_INTENTS, Intent, OptOut, ReadRequest
from leadbot.nlp import load_reader
from leadbot.nlp.pipeline import notes_of
from leadbot.nlp.reader import BACKLOG

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
PHRASES = (
    "excel",
    "google sheets",
    "honestly a mess",
    "another tool",
    "does it do sso",
    "single sign on?",
    "a handful",
)

BUYERS = [
    "@acme looking for a team plan for 40 people, who do I talk to?",
    "@acme pricing? about 40 of us, all in excel",
    "how much is it for 20 seats?",
    "does it do SSO? we'd like to move our team over",
    "@acme how do I sign up?",
    "@acme is there a free trial for a team of 12?",
    "@acme do you integrate with slack?",
]
OTHERS = [
    "@acme great coffee at your booth!",
    "love my new shoes @acme",
    "@acme my app keeps crashing, fix it",
    "check my page for 50% off <url>",
    "@acme you are all thieves",
    "@acme good morning",
    "@acme my order is 3 days late and nobody answers",
    "stop messaging me",
    "👍",
    "",
]


@pytest.mark.parametrize("text", BUYERS)
def test_a_clear_buyer_is_warm(read, text):
    reading = read(text)
    assert reading.warmth >= 0.6
    assert reading.intent in LEAD_INTENTS


@pytest.mark.parametrize("text", OTHERS)
def test_everybody_else_is_cold(read, text):
    reading = read(text)
    assert reading.warmth < 0.2
    assert reading.intent not in LEAD_INTENTS


@pytest.mark.parametrize(
    ("text", "phrase", "least"),
    [
        ("all in excel", "excel", 1.0),
        ("google sheets mostly", "google sheets", 1.0),
        ("it's a mess honestly", "honestly a mess", 0.55),
        ("exel", "excel", 0.55),
        ("do you have SSO?", "does it do sso", 0.55),
        ("Single sign-on", "single sign on?", 1.0),
        ("handfuls of them", "a handful", 0.55),
    ],
)
def test_phrases_echo(read, text, phrase, least):
    echoes = dict(read(text, phrases=PHRASES).echoes)
    assert max(echoes, key=echoes.__getitem__) == phrase
    assert echoes[phrase] >= least


@pytest.mark.parametrize(
    "text", ["nothing", "what a great day out", "", "we are a street team", "how does it work"]
)
def test_other_words_do_not_echo(read, text):
    assert read(text, phrases=PHRASES).echoes == ()


def test_another_language_is_other_and_cold_but_its_answers_are_read(read):
    reading = read("how much is it for 20 seats?", lang="fr")
    assert (reading.intent, reading.warmth) == (Intent.OTHER, 0.0)
    assert reading.slots[0].low == 20


@pytest.mark.parametrize("lang", [None, "en", "und", "qme", "zxx", "en-GB"])
def test_no_language_is_not_a_foreign_one(read, lang):
    assert read("how much is it for 20 seats?", lang=lang).intent is Intent.PRICING


def test_why_names_the_words(read):
    why = read("@acme how do I sign up?").why
    assert 1 <= len(why) <= 4
    assert "sign" in [word for word, _ in why]
    assert all(weight > 0 for _, weight in why)


def test_probabilities_sum_to_one_likeliest_first(read):
    shares = [share for _, share in read("is it free?").probabilities]
    assert sum(shares) == pytest.approx(1, abs=1e-4)
    assert shares == sorted(shares, reverse=True)


def test_readings_do_not_depend_on_the_batch(reader):
    requests = [ReadRequest(text, NOON) for text in (*BUYERS, *OTHERS)]
    together = reader.read(requests * 3)[: len(requests)]
    alone = [reader.read([request])[0] for request in requests]
    for a, b in zip(together, alone, strict=True):
        assert (a.intent, a.opt_out, a.slots) == (b.intent, b.opt_out, b.slots)
        assert a.warmth == pytest.approx(b.warmth, abs=1e-5)


def test_in_a_backlog_a_buyer_is_warm_and_the_rest_cold_all_the_same(reader):
    requests = [ReadRequest(text, NOON) for text in (*BUYERS, *OTHERS)] * 5
    readings = reader.read(requests)
    assert len(requests) > BACKLOG
    for request, reading in zip(requests, readings, strict=True):
        assert (reading.warmth >= 0.6) is (request.text in BUYERS)


def test_nothing_asked_is_nothing_answered(reader):
    assert reader.read([]) == []


PIECES = [
    "40",
    "$",
    "€",
    "k",
    "10-15",
    "@a",
    "http://x.y",
    "Q1",
    "by March 31 2027",
    "👍",
    "stop",
    "in 99999 years",
    "feb 30",
]
PIECES += [
    "9" * 400,
    "me plus 3",
    "\ud800",
    "\x00",
    "İ",
    "ﬁ",
    "②",
    "٣",
    "a@b.co",
    "+1 650 253 0000",
    " ",
    "people",
    "in 400 years",
]


@settings(max_examples=300, deadline=None)
@given(
    text=st.one_of(
        st.text(),
        st.lists(st.sampled_from(PIECES), max_size=9).map(" ".join),
        st.text(alphabet="0159k$€ -+.,/"),
    )
)
def test_any_text_is_read_and_its_spans_are_right(reader, text):
    reading = reader.read([ReadRequest(text, NOON, phrases=frozenset({"excel", ""}))])[0]
    assert 0.0 <= reading.warmth <= 1.0
    for value in reading.slots:
        assert value.words
        assert text[value.start : value.end] == value.words


def test_a_very_long_post_is_read(reader):
    reading = reader.read([ReadRequest("how much is it for 20 seats? " * 3000, NOON)])[0]
    assert reading.intent is Intent.PRICING


def test_the_pipeline_survives_a_round_trip_to_disk(reader, tmp_path):
    reader.nlp.get_pipe("leadbot_intent").to_disk(tmp_path)
    again = load_reader(tmp_path)
    request = ReadRequest("how much is it for 20 seats?", NOON)
    assert again.read([request])[0].warmth == pytest.approx(reader.read([request])[0].warmth, abs=1e-4)


def test_the_pipeline_is_spacys_own(reader):
    assert reader.nlp.pipe_names == ["leadbot_rules", "leadbot_intent", "leadbot_slots", "leadbot_echoes"]
    assert notes_of(reader.nlp("unsubscribe")).opt_out is OptOut.CLEAR


def test_missing_weights_are_the_operators_to_fix(tmp_path):
    with pytest.raises(ConfigError, match="weights"):
        load_reader(tmp_path)


def test_damaged_weights_are_the_operators_to_fix(tmp_path):
    (tmp_path / "weights.npz").write_bytes(b"no weights")
    with pytest.raises(ConfigError, match="weights"):
        load_reader(tmp_path)
