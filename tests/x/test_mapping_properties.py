"""Whatever people type and however X counts it: every word is heard, and nobody is named who was not."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadbot.x.mapping import MalformedItem, post_and_author, unescape

ACME, ANN = "1100000000000000001", "2200000000000000001"
HANDLES = {"AcmeCloud": ACME, "bob": "5", "globex": "1100000000000000002"}

PIECES = st.sampled_from(
    [
        "stop",
        "about 40",
        "R&amp;D",
        "&lt;3",
        "👩‍👩‍👧",
        "🇩🇪",
        "café",
        "cafe\u0301",
        "\u202eanA",
        "\u200b",
        "日本",
        "מחיר",
        "𝓐",
        "z\u0301\u0323\u0302",
        "@bob",
        "https://t.co/x1",
        "#acme",
        "$ACME",
        "\n",
        "\u00a0",
        "'",
    ]
)
TYPED = st.lists(PIECES | st.text(max_size=4), max_size=8).map(lambda pieces: " ".join(pieces).strip())
IN_FRONT = st.lists(st.sampled_from(sorted(HANDLES)), max_size=3, unique=True)
LINKS = st.lists(st.sampled_from([" https://t.co/aB3", " https://t.co/zzz9"]), max_size=2).map("".join)


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


COUNTS = {
    "code points": len,
    "UTF-16 units": utf16,
    "code points after NFC": lambda text: len(unicodedata.normalize("NFC", text)),
    "code points without escapes": lambda text: len(unescape(text)),
    "bytes": lambda text: len(text.encode("utf-8", "surrogatepass")),
    "one too few": lambda text: max(len(text) - 1, 0),
    "one too many": lambda text: len(text) + 1,
}


def a_reply(typed: str, in_front: list[str], links: str, count: Any) -> dict[str, Any]:
    """A reply as X sends it, its range counted by `count`."""
    prefix = "".join(f"@{handle} " for handle in in_front)
    text = prefix + typed + links
    at, mentions = 0, []
    for handle in in_front:
        end = at + len(handle) + 1
        mentions.append({"start": at, "end": end, "username": handle, "id": HANDLES[handle]})
        at = end + 1
    return {
        "id": "1990000000000000101",
        "author_id": ANN,
        "text": text,
        "in_reply_to_user_id": ACME,
        "display_text_range": [count(prefix), count(prefix + typed)],
        "entities": {"mentions": mentions},
    }


@pytest.mark.parametrize("count", COUNTS.values(), ids=COUNTS)
@settings(max_examples=30, deadline=None)
@given(typed=TYPED.filter(bool), in_front=IN_FRONT, links=LINKS)
def test_every_word_a_person_typed_is_heard_however_x_counts(
    count: Any, typed: str, in_front: list[str], links: str
) -> None:
    data = a_reply(typed, in_front, links, count)
    try:
        post, _ = post_and_author(data)
    except MalformedItem:
        pytest.fail("it is a post")
    heard = unescape(typed.replace("\x00", "\ufffd")).strip()
    heard = "".join("\ufffd" if "\ud800" <= sign <= "\udfff" else sign for sign in heard)
    assert heard in post.said or _is_behind_links(heard, post.said)
    if count is len:
        assert [one.typed for one in post.mentions] == [False] * len(in_front)


def _is_behind_links(heard: str, said: str) -> bool:
    """Typed links at the very end look like X's own and may go with them."""
    words, kept = heard.split(), said.split()
    while words and words[-1].startswith("https://t.co/"):
        words.pop()
    return kept[-len(words) :] == words or words == kept[: len(words)]


@settings(max_examples=100, deadline=None)
@given(
    typed=TYPED,
    edges=st.tuples(st.integers(-3, 90), st.integers(-3, 90)).map(list),
    in_front=IN_FRONT,
    is_reply=st.booleans(),
)
def test_no_range_cuts_a_word_and_no_range_makes_a_mention(
    typed: str, edges: list[int], in_front: list[str], is_reply: bool
) -> None:
    data = a_reply(typed, in_front, "", len) | {"display_text_range": edges}
    if not is_reply:
        del data["in_reply_to_user_id"]
    if not data["text"]:
        return
    post, _ = post_and_author(data)
    whole = unescape(post.text).strip()
    assert post.said in whole
    before, _, after = whole.partition(post.said) if post.said else (whole, "", "")
    rest = (before + " " + after).split()
    assert all(word.startswith(("@", "https://t.co/")) for word in rest if post.said)
    assert {one.user_id for one in post.mentions} == {HANDLES[handle] for handle in in_front}


@pytest.mark.parametrize(
    ("text", "shown", "said"),
    [
        ("@AcmeCloud stop", [11, 15], "stop"),
        ("@AcmeCloud stop", [13, 15], "stop"),
        ("@AcmeCloud stop", [5, 15], "stop"),
        ("@AcmeCloud about 40", [11, 18], "about 40"),
        ("@AcmeCloud about 40 https://t.co/pic1", [11, 19], "about 40"),
        ("@AcmeCloud https://t.co/pic1", [11, 11], ""),
        ("@AcmeCloudこんにちは", [10, 15], "こんにちは"),
        ("@AcmeCloud R&amp;D of 40", [11, 20], "R&D of 40"),
    ],
)
def test_a_range_counted_otherwise_is_not_believed(text: str, shown: list[int], said: str) -> None:
    mention = {"start": 0, "end": 10, "username": "AcmeCloud", "id": ACME}
    data = {
        "id": "1990000000000000101",
        "author_id": ANN,
        "text": text,
        "in_reply_to_user_id": ACME,
        "display_text_range": shown,
        "entities": {"mentions": [mention]},
    }
    assert post_and_author(data)[0].said == said
