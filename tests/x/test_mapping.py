"""X's JSON becomes posts and people, and never anything but MalformedItem."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadbot.model import Mention, PostId
from leadbot.x.mapping import Heard, MalformedItem, heard_in, post_and_author, unescape
from leadbot.x.snowflake import earlier, id_at, newest, time_of

ACME, ANN = "1100000000000000001", "2200000000000000001"


def mention(start: int, end: int, username: str = "AcmeCloud", user_id: str | None = ACME) -> dict[str, Any]:
    entity = {"start": start, "end": end, "username": username, "id": user_id}
    return {name: value for name, value in entity.items() if value is not None}


def post(text: str = "@AcmeCloud hello", **data: Any) -> dict[str, Any]:
    return {"id": "1990000000000000101", "text": text, "author_id": ANN, **data}


def heard(data: dict[str, Any], **item: Any) -> Heard:
    return heard_in(json.dumps({"data": data, **item}).encode())


def test_a_top_level_mention_is_typed() -> None:
    item = heard(
        post(
            "@AcmeCloud we need a plan",
            conversation_id="1990000000000000101",
            created_at="2026-11-22T10:15:00.000Z",
            edit_history_tweet_ids=["1990000000000000101"],
            lang="en",
            display_text_range=[0, 25],
            entities={"mentions": [mention(0, 10)]},
        ),
        includes={
            "users": [
                {
                    "id": ANN,
                    "name": "Dana",
                    "username": "dana_ops",
                    "protected": False,
                    "created_at": "2015-02-01T09:00:00.000Z",
                    "public_metrics": {"followers_count": 412, "following_count": 300, "tweet_count": 2100},
                }
            ]
        },
        matching_rules=[{"id": "7", "tag": "leadbot:1"}, {"id": "8"}],
    )
    assert item.post.mentions == (Mention(ACME, "AcmeCloud", typed=True),)
    assert item.post.said == item.post.text == "@AcmeCloud we need a plan"
    assert item.post.created_at == datetime(2026, 11, 22, 10, 15, tzinfo=UTC)
    assert (item.post.edit_version, item.post.lang, item.tags) == (0, "en", ("leadbot:1",))
    assert (item.person.username, item.person.followers_count) == ("dana_ops", 412)


def test_what_x_put_in_front_of_a_reply_was_not_typed() -> None:
    item = heard(
        post(
            "@AcmeCloud @bob about 40, @bob agrees",
            display_text_range=[16, 37],
            in_reply_to_user_id=ACME,
            referenced_tweets=[{"type": "replied_to", "id": "1990000000000000100"}],
            entities={"mentions": [mention(0, 10), mention(11, 15, "bob", "5"), mention(26, 30, "bob", "5")]},
        )
    )
    assert item.post.said == "about 40, @bob agrees"
    assert [(one.username, one.typed) for one in item.post.mentions] == [
        ("AcmeCloud", False),
        ("bob", False),
        ("bob", True),
    ]
    assert item.post.in_reply_to_post_id == "1990000000000000100"


def test_positions_count_code_points_and_escapes_are_undone_after_the_cut() -> None:
    item = heard(
        post(
            "@AcmeCloud 👩‍👧 R&amp;D &amp;lt; you",
            display_text_range=[11, 35],
            in_reply_to_user_id=ACME,
            entities={"mentions": [mention(0, 10)]},
        )
    )
    assert item.post.said == "👩‍👧 R&D &lt; you"


def test_a_reply_without_a_display_range_loses_its_leading_mentions() -> None:
    data = post(
        "@AcmeCloud @bob stop, @AcmeCloud",
        in_reply_to_user_id=ACME,
        entities={"mentions": [mention(0, 10), mention(11, 15, "bob", "5"), mention(22, 32)]},
    )
    item = heard(data)
    assert item.post.said == "stop, @AcmeCloud"
    assert [one.typed for one in item.post.mentions] == [False, False, True]


def test_of_a_long_post_the_whole_text_counts() -> None:
    item = heard(
        post(
            "@AcmeCloud first words https://t.co/abc",
            display_text_range=[0, 39],
            note_tweet={
                "text": "@AcmeCloud first words and all the rest",
                "entities": {"mentions": [mention(0, 10)]},
            },
            entities={"mentions": [mention(0, 10)]},
        )
    )
    assert item.post.said == "@AcmeCloud first words and all the rest"
    assert item.post.mentions == (Mention(ACME, "AcmeCloud", typed=True),)


def test_an_edit_knows_its_chain() -> None:
    edited = heard(post(edit_history_tweet_ids=["1990000000000000099", "1990000000000000101"])).post
    assert (edited.first_id, edited.edit_version) == ("1990000000000000099", 1)


def test_an_old_version_looked_up_later_keeps_its_place_in_the_chain() -> None:
    chain = ["1990000000000000099", "1990000000000000101", "1990000000000000102"]
    assert heard(post(edit_history_tweet_ids=chain)).post.edit_version == 1


def test_quotes_and_reposts_are_told_apart() -> None:
    quote = heard(post(referenced_tweets=[{"type": "quoted", "id": "5"}])).post
    repost = heard(post(referenced_tweets=[{"type": "retweeted", "id": "5"}])).post
    assert (quote.quoted_post_id, quote.is_repost) == ("5", False)
    assert (repost.quoted_post_id, repost.is_repost) == (None, True)


@pytest.mark.parametrize(
    ("profile", "automated", "protected"),
    [
        ({"affiliation": {"description": "Automated"}}, True, False),
        ({"affiliation": {"description": "Acme Inc"}}, False, False),
        ({"affiliation": {}}, False, False),
        ({"protected": True}, False, True),
    ],
)
def test_labelled_and_protected_accounts_are_known(
    profile: dict[str, Any], automated: bool, protected: bool
) -> None:
    person = heard(post(), includes={"users": [{"id": ANN, "username": "dana", **profile}]}).person
    assert (person.is_automated, person.is_protected) == (automated, protected)


def test_an_author_who_is_not_included_is_an_id() -> None:
    person = heard(post()).person
    assert (person.id, person.username) == (ANN, "")


def test_a_post_without_a_date_has_the_one_in_its_id() -> None:
    made = heard(post()).post.created_at
    assert made == time_of(PostId("1990000000000000101"))


def test_a_mention_without_an_id_is_found_among_the_users_or_left_out() -> None:
    entities = {"mentions": [mention(0, 10, user_id=None), mention(11, 16, "gone", None)]}
    users = {"users": [{"id": ACME, "username": "acmecloud"}]}
    assert [one.user_id for one in heard(post(entities=entities), includes=users).post.mentions] == [ACME]


@pytest.mark.parametrize("odd", ["nul \x00 here", "half \ud83d here"])
def test_what_no_database_takes_is_replaced(odd: str) -> None:
    said = heard(post(odd)).post.said
    assert "\ufffd" in said
    assert len(said) == len(odd)
    said.encode()


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {"id": "1", "text": "x"},
        {"id": "", "text": "x", "author_id": "1"},
        {"id": "1e9", "text": "x", "author_id": "1"},
        {"id": "1" * 30, "text": "x", "author_id": "1"},
        {"id": "1", "text": "", "author_id": "1"},
        {"id": "1", "text": 7, "author_id": "1"},
        {"id": "١", "text": "x", "author_id": "1"},
    ],
)
def test_what_is_no_post_is_malformed(data: Any) -> None:
    with pytest.raises(MalformedItem):
        post_and_author(data)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from([ACME, "1", "-1", "@a"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
KEYS = [
    "conversation_id",
    "created_at",
    "display_text_range",
    "edit_history_tweet_ids",
    "entities",
    "in_reply_to_tweet_id",
    "in_reply_to_user_id",
    "lang",
    "note_tweet",
    "referenced_tweets",
]
NESTED = st.fixed_dictionaries(
    {},
    optional={
        "text": JSON,
        "mentions": st.lists(
            st.dictionaries(st.sampled_from(["id", "start", "end", "username"]), JSON) | JSON
        ),
        "entities": st.dictionaries(st.just("mentions"), st.lists(JSON)),
    },
)
NEARLY = st.fixed_dictionaries(
    {"id": st.just("1990000000000000101"), "text": st.text(min_size=1), "author_id": st.just(ANN)},
    optional={key: JSON | NESTED | st.lists(st.integers(-5, 50)) for key in KEYS},
)


@settings(max_examples=400, deadline=None)
@given(data=NEARLY | JSON, includes=JSON | st.fixed_dictionaries({"users": st.lists(JSON)}))
def test_nothing_but_malformed_item_escapes(data: Any, includes: Any) -> None:
    try:
        found, person = post_and_author(data, includes)
    except MalformedItem:
        return
    assert found.author_id == person.id
    assert found.edit_history[-1] == found.id
    assert found.created_at.tzinfo is UTC
    f"{found.text}{found.said}{person.name}{person.username}{found.lang}".encode()


@settings(max_examples=200, deadline=None)
@given(raw=st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
def test_no_line_of_a_stream_raises_anything_else(raw: bytes) -> None:
    with contextlib.suppress(MalformedItem):
        heard_in(raw)


def test_a_line_nested_too_deep_is_malformed() -> None:
    with pytest.raises(MalformedItem):
        heard_in(b"[" * 200_000)


def test_only_xs_three_escapes_are_undone() -> None:
    assert unescape("a &lt;b&gt; &amp;amp; &copy &quot;") == "a <b> &amp; &copy &quot;"


def test_ids_carry_their_time() -> None:
    moment = datetime(2026, 11, 22, 10, 15, 0, 123_000, tzinfo=UTC)
    assert time_of(id_at(moment)) == moment
    assert (time_of(id_at(moment)) - time_of(earlier(id_at(moment), 600.0))).total_seconds() == 600
    assert earlier(PostId("5"), 600.0) == "0"
    assert newest(PostId("999"), PostId("1000")) == "1000"
