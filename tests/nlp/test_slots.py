"""What each type of answer reads from a text, and what it leaves alone."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from leadbot.model import Bucket, SlotType
from leadbot.nlp.slots import answer_in


def only(reading, slot):
    found = [value for value in reading.slots if value.type is slot]
    assert len(found) <= 1, found
    return found[0] if found else None


@pytest.mark.parametrize(
    ("text", "low", "high", "volunteered"),
    [
        ("just me", 1, 1, True),
        ("solo founder, just me", 1, 1, True),
        ("a couple", 2, 2, False),
        ("two of us", 2, 2, True),
        ("20ish", 20, 20, False),
        ("10-15", 10, 15, False),
        ("5 to 15", 5, 15, False),
        ("over 50", 50, None, False),
        ("50+", 50, None, False),
        ("50 plus", 50, None, False),
        ("at least 100 agents", 100, None, True),
        ("me plus 3", 4, 4, True),
        ("me and 3 colleagues", 4, 4, True),
        ("a dozen", 12, 12, False),
        ("forty", 40, 40, False),
        ("twenty-five people", 25, 25, True),
        ("about 40 of us", 40, 40, True),
        ("@acme pricing? about 40 of us, all in excel", 40, 40, True),
        ("40 seats", 40, 40, True),
        ("1,200 employees", 1200, 1200, True),
        ("team of 12", 12, 12, True),
        ("we're a 25-person company", 25, 25, True),
        ("12 of my colleagues", 12, 12, True),
        ("we are 8", 8, 8, True),
        ("40", 40, 40, False),
        ("maybe 60?", 60, 60, False),
        ("around 40, all on paper so far", 40, 40, False),
        ("12 - mostly sales", 12, 12, False),
        ("1,000, spread over 5 offices", 1000, 1000, False),
        ("sorry, 40 I mean", 40, 40, False),
        ("it's for 4... no wait, 6", 6, 6, False),
        ("around 15-20 people", 15, 20, True),
    ],
)
def test_people_are_counted(read, text, low, high, volunteered):
    value = only(read(text), SlotType.COUNT)
    assert (value.low, value.high, value.volunteered) == (low, high, volunteered)


@pytest.mark.parametrize(
    "text",
    [
        "3 offices",
        "in 2027",
        "v2.5",
        "$40",
        "iphone 12",
        "10% off",
        "15 minutes",
        "2 weeks",
        "call 020 7946 0958",
        "hundreds",
        "by 15 March",
        "me@4you.io",
        "@acme40 hello",
        "",
        "order 48213 is late",
        "at 9:30",
    ],
)
def test_other_numbers_count_nobody(read, text):
    assert only(read(text), SlotType.COUNT) is None


@pytest.mark.parametrize(
    ("text", "low", "high", "currency", "per"),
    [
        ("$500", 500, 500, "USD", None),
        ("£20k a year", 20_000, 20_000, "GBP", "year"),
        ("$200-300/mo", 200, 300, "USD", "month"),
        ("2 lakh rupees", 200_000, 200_000, "INR", None),
        ("1.500 €", 1500, 1500, "EUR", None),
        ("€1,5k", 1500, 1500, "EUR", None),
        ("under $5k", 0, 5000, "USD", None),
        ("up to £300 per month", 0, 300, "GBP", "month"),
        ("500 euro a year", 500, 500, "EUR", "year"),
        ("50 bucks a month", 50, 50, "USD", "month"),
        ("£0", 0, 0, "GBP", None),
        ("$5-10k per year", 5000, 10_000, "USD", "year"),
        ("20 quid", 20, 20, "GBP", None),
        ("1500 EUR once", 1500, 1500, "EUR", "once"),
        ("$1.2m", 1_200_000, 1_200_000, "USD", None),
    ],
)
def test_money_needs_no_guessing(read, text, low, high, currency, per):
    value = only(read(text), SlotType.MONEY)
    assert (value.low, value.high, value.currency, value.per) == (low, high, currency, per)


@pytest.mark.parametrize(
    ("text", "low", "high"), [("up to 5k", 0, 5000), ("40", 40, 40), ("no budget", 0, 0)]
)
def test_without_a_currency_it_is_money_only_as_an_answer(read, text, low, high):
    value = only(read(text), SlotType.MONEY)
    assert (value.low, value.high, value.currency, value.volunteered) == (low, high, None, False)


@pytest.mark.parametrize("text", ["for 40 people", "5 pounds of apples in weight", "at 3pm", "20% less", ""])
def test_other_amounts_are_no_money(read, text):
    assert only(read(text), SlotType.MONEY) is None


@pytest.mark.parametrize(
    ("text", "bucket", "from_on", "to_on"),
    [
        ("asap", Bucket.NOW, date(2026, 11, 22), date(2026, 11, 22)),
        ("now", Bucket.NOW, date(2026, 11, 22), date(2026, 11, 22)),
        ("next week", Bucket.NOW, date(2026, 11, 23), date(2026, 11, 29)),
        ("this month", Bucket.THIS_MONTH, date(2026, 11, 22), date(2026, 11, 30)),
        ("in two weeks", Bucket.THIS_QUARTER, date(2026, 12, 6), date(2026, 12, 6)),
        ("in January", Bucket.LATER, date(2027, 1, 1), date(2027, 1, 31)),
        ("Q1", Bucket.LATER, date(2027, 1, 1), date(2027, 3, 31)),
        ("Q3 2027", Bucket.LATER, date(2027, 7, 1), date(2027, 9, 30)),
        ("by March", Bucket.LATER, date(2026, 11, 22), date(2027, 3, 1)),
        ("not before Jan", Bucket.LATER, date(2027, 1, 1), None),
        ("end of year", Bucket.THIS_QUARTER, date(2026, 11, 22), date(2026, 12, 31)),
        ("next year", Bucket.LATER, date(2027, 1, 1), date(2027, 12, 31)),
        ("within 90 days", Bucket.LATER, date(2026, 11, 22), date(2027, 2, 20)),
        ("2-3 months", Bucket.LATER, date(2027, 1, 22), date(2027, 2, 21)),
        ("just looking", Bucket.NONE, None, None),
        ("no rush", Bucket.NONE, None, None),
        ("maybe someday", Bucket.LATER, None, None),
    ],
)
def test_times_are_days_and_a_bucket(read, text, bucket, from_on, to_on):
    value = only(read(text), SlotType.TIMEFRAME)
    assert (value.bucket, value.from_on, value.to_on) == (bucket, from_on, to_on)


@pytest.mark.parametrize(
    "text", ["I may go", "march on washington", "been waiting since March", "30 February", "40"]
)
def test_other_words_are_no_time(read, text):
    assert only(read(text), SlotType.TIMEFRAME) is None


def test_wanting_to_start_now_is_a_plan(read):
    value = only(read("@acme pricing? 40 of us, want to start now"), SlotType.TIMEFRAME)
    assert (value.bucket, value.volunteered) == (Bucket.NOW, True)


def test_a_plan_is_volunteered_and_a_bare_month_is_not(read):
    assert only(read("we want to start in two weeks"), SlotType.TIMEFRAME).volunteered
    assert not only(read("in January"), SlotType.TIMEFRAME).volunteered


def test_the_zone_decides_what_today_is(read):
    late = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    assert only(read("today", at=late), SlotType.TIMEFRAME).from_on == date(2026, 11, 30)
    assert only(read("today", at=late, zone="Asia/Tokyo"), SlotType.TIMEFRAME).from_on == date(2026, 12, 1)
    assert only(read("today", at=late, zone="No/Where"), SlotType.TIMEFRAME).from_on == date(2026, 11, 30)


@pytest.mark.parametrize(
    ("text", "value", "words"),
    [
        ("yes", "yes", "yes"),
        ("sure", "yes", "sure"),
        ("ok go ahead", "yes", "ok go ahead"),
        ("@acme yes please", "yes", "yes please"),
        ("👍", "yes", "👍"),
        ("👌", "yes", "👌"),
        ("✅", "yes", "✅"),
        ("👎", "no", "👎"),
        ("no problem", "yes", "no problem"),
        ("sí", "yes", "sí"),
        ("yes but not before Jan", "yes", "yes but not before Jan"),
        ("no thanks", "no", "no thanks"),
        ("nope", "no", "nope"),
        ("not now", "no", "not now"),
        ("maybe", "maybe", "maybe"),
        ("depends", "maybe", "depends"),
        ("why not", "yes", "why not"),
    ],
)
def test_yes_no_and_maybe(read, text, value, words):
    found = only(read(text), SlotType.YES_NO)
    assert (found.value, found.words, found.volunteered) == (value, words, False)


@pytest.mark.parametrize(
    "text", ["sure, what's it about?", "ok but why?", "great coffee at your booth!", "right now", "40"]
)
def test_these_are_no_yes(read, text):
    assert only(read(text), SlotType.YES_NO) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("I decide", "decides"),
        ("I'm the owner", "decides"),
        ("we decide together", "decides"),
        ("it's me", "decides"),
        ("I'd recommend", "influences"),
        ("I make the recommendation, boss decides", "influences"),
        ("my boss decides", "no"),
        ("my manager has the final say", "no"),
        ("not my call", "no"),
    ],
)
def test_who_decides(read, text, value):
    assert only(read(text), SlotType.AUTHORITY).value == value


def test_signing_up_is_no_authority(read):
    assert only(read("how do I sign up?"), SlotType.AUTHORITY) is None


@pytest.mark.parametrize(
    ("text", "slot", "value"),
    [
        ("mail me at jo.b+x@foo.co.uk.", SlotType.EMAIL, "jo.b+x@foo.co.uk"),
        ("jo (at) acme dot io", SlotType.EMAIL, "jo@acme.io"),
        ("a@b.co, sorry: c@d.co", SlotType.EMAIL, "c@d.co"),
        ("call me on +1 650 253 0000", SlotType.PHONE, "+16502530000"),
        ("ring 020 7946 0958", SlotType.PHONE, "+442079460958"),
    ],
)
def test_contacts_are_put_in_their_normal_form(read, text, slot, value):
    found = only(read(text), slot)
    assert found.value == value
    assert found.volunteered


def test_the_zone_says_whose_a_number_is_and_how_a_day_is_written(read):
    phone, day = "call me on 0412 345 678", "launch is on 3/4/2027"
    assert only(read(phone, zone="Australia/Sydney"), SlotType.PHONE).value == "+61412345678"
    assert only(read(day, zone="Europe/Paris"), SlotType.TIMEFRAME).from_on == date(2027, 4, 3)
    assert only(read(day, zone="America/New_York"), SlotType.TIMEFRAME).from_on == date(2027, 3, 4)
    assert only(read(day), SlotType.TIMEFRAME).from_on == date(2027, 4, 3)


@pytest.mark.parametrize(
    ("text", "value", "volunteered"),
    [
        ("we're based in München", "Munich", True),
        ("Leeds", "Leeds", False),
        ("nyc / london", "New York City", False),
        ("Bath, UK", "Bath", False),
        ("moved from Berlin to Lisbon", "Lisbon", False),
        ("upstate NY", "New York State", False),
    ],
)
def test_the_most_specific_place_is_told_by_its_english_name(read, text, value, volunteered):
    found = only(read(text), SlotType.PLACE)
    assert (found.value, found.volunteered) == (value, volunteered)


@pytest.mark.parametrize("text", ["nice one", "it's mobile", "reading a book", "on the internet", "us", "of"])
def test_words_are_no_place(read, text):
    assert only(read(text), SlotType.PLACE) is None


def test_signs_in_disguise_are_read_and_the_span_is_as_typed(read):
    text = "we are 1️⃣2️⃣ people"
    found = only(read(text), SlotType.COUNT)
    assert (found.low, found.words) == (12, text[found.start : found.end])
    assert only(read("ｍｅ＠ａｃｍｅ．ｉｏ"), SlotType.EMAIL).value == "me@acme.io"


@pytest.mark.parametrize(
    ("asked", "said", "value"),
    [
        ("Are you the one who decides?", "yes", "decides"),
        ("Are you the one who decides?", "nope", "no"),
        ("Are you the one who decides?", "maybe", None),
        ("Who decides?", "yes", None),
    ],
)
def test_yes_says_who_decides_only_when_that_was_the_question(asked, said, value):
    found = answer_in(SlotType.AUTHORITY, said, asked=asked, today=date(2026, 11, 22))
    assert (found.value if found else None) == value


@pytest.mark.parametrize("text", ["order 6502530000", "@acme hello", "meet at dot com conference"])
def test_other_digits_and_signs_are_no_contact(read, text):
    assert not [value for value in read(text).slots if value.type in (SlotType.EMAIL, SlotType.PHONE)]
