"""Opt-outs are found in five languages, and what only looks like one is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from leadbot.model import Intent, OptOut
from leadbot.nlp.examples import read_examples, written_files
from leadbot.nlp.optout import opt_out_of
from leadbot.nlp.text import said

DATA = Path(__file__).parent / "data"

CLEAR = """
stop|STOP!!|Please stop.|ok stop|STOP 😡|@acme stop please|stop messaging me|unsubscribe|opt out
leave me alone
don't contact me again|don’t contact me again|quit messaging me|please stop texting me every 15 minutes
take me off your list|no more emails please|Turn off all notifications|how do I opt out?
I don't want any more texts
Please do not send any more prospectuses.|Stop. Just stop messaging. I've switched already|get lost bot
stop stop stop stop stop with the notifications @user|Opt me out of everything @user, all of it, today
arrête|arrete de m'écrire|laissez-moi tranquille|comment me désabonner ?
para ya de escribirme|déjame en paz|no me escriban más|dejen de mandarme correos
no más mensajes|No más mensajes, por favor|basta de mensajes|ya no quiero más mensajes
plus de messages svp|arrêtez les messages|je ne veux plus de messages
chega de mensagens|não quero mais mensagens|I said stop|can you please stop|stop, please
hör auf mir zu schreiben|lass mich in Ruhe|bitte keine Nachrichten mehr|schreibt mir nicht mehr
pare de me mandar mensagens|me deixa em paz|parem de me enviar emails
"""
UNCLEAR = """
🛑|quit it|para con esto|enough|no more please|stop it!|that's enough|shut up
dont message me im in the exam til 4 @user tell mum
"""
START = "start|@brand start please|START|you can write again|opt me back in"
NOT_ONE = """
we have to stop this bill|stop selling plastic|can't stop eating these|bus stop|non-stop|nonstop flights
stop sending generic answers|please stop the leak|how do I turn off notifications?|stop lying|stop using fur
I unsubscribed from your channel|you can opt out in settings|they never call me again after the interview
the app won't stop crashing|don't leave me alone with these cookies|stop by our booth|I can't stop
stop raising prices|no hay mensajes nuevos en la app
please stop charging my card|you never write to me anymore lol|why do you not email me back
no more delays please
start your engines|how do I start a trial?|enough is enough, fix it|don't call me honey|next stop paris||👍
yes
"""


def rows(table: str) -> list[str]:
    return [text for line in table.strip().splitlines() for text in line.split("|")]


@pytest.mark.parametrize("text", rows(CLEAR))
def test_a_clear_opt_out_is_final_and_cold(read, text):
    reading = read(text)
    assert (reading.opt_out, reading.intent, reading.warmth) == (OptOut.CLEAR, Intent.OPT_OUT, 0.0)


@pytest.mark.parametrize("text", rows(UNCLEAR))
def test_a_borderline_one_pauses(read, text):
    assert read(text).opt_out is OptOut.UNCLEAR


@pytest.mark.parametrize("text", rows(START))
def test_their_own_start_lifts_a_stop(read, text):
    assert read(text).opt_out is OptOut.START


@pytest.mark.parametrize("text", rows(NOT_ONE))
def test_other_stops_are_no_opt_out(read, text):
    assert read(text).opt_out is OptOut.NONE


@pytest.mark.parametrize(("text", "lang"), [("arrête", "fr"), ("STOP", "de"), ("déjame en paz", "es")])
def test_opt_outs_count_in_any_language(read, text, lang):
    assert read(text, lang=lang).opt_out is OptOut.CLEAR


@pytest.mark.parametrize(
    "text",
    [
        "S T O P",
        "s.t.o.p!!",
        "s\u200btop",
        "\u2066stop\u2069",
        "stop\u200f",
        "ＳＴＯＰ",
        "s\u0336t\u0336o\u0336p\u0336",
        "st\u00adop",
    ],
)
def test_a_stop_is_heard_through_all_that_hides_it(read, text):
    assert read(text).opt_out is OptOut.CLEAR


def test_a_stop_at_the_end_of_the_longest_post_is_heard(read):
    assert (
        read("I thought about it for a while. " * 750 + "Please stop messaging me.").opt_out is OptOut.CLEAR
    )


def table(name: str) -> list[str]:
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_no_way_to_say_stop_is_missed():
    ways = table("opt-outs.txt")
    assert len(ways) >= 150
    assert [way for way in ways if opt_out_of(said(way))[0] is not OptOut.CLEAR] == []


def test_hardly_any_near_miss_is_taken_for_a_stop():
    near = table("near-opt-outs.txt")
    taken = [text for text in near if opt_out_of(said(text))[0] in (OptOut.CLEAR, OptOut.UNCLEAR)]
    assert len(near) >= 300
    assert len(taken) <= 2, taken


def test_the_shipped_posts_are_told_apart_by_the_rules_alone():
    posts = [post for file in written_files() for post in read_examples(file)]
    heard = [post for post in posts if opt_out_of(said(post.text))[0] is OptOut.CLEAR]
    right = [post for post in heard if post.label is Intent.OPT_OUT]
    assert len(right) >= 0.9 * sum(post.label is Intent.OPT_OUT for post in posts)
    assert len(heard) - len(right) <= 6
