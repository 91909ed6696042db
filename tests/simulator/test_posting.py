"""POST and DELETE /2/tweets through real tweepy: threading, mentions, length, duplicates, the summon rule."""

from __future__ import annotations

from typing import Any

import pytest
import tweepy
from hypothesis import given
from hypothesis import strategies as st

from leadbot.simulator import Player, Refused, credentials_for
from leadbot.simulator.text import weighted_length, with_reply_prefix

BOT = "I'm Acme's bot."
SEEN = [
    "author_id",
    "conversation_id",
    "display_text_range",
    "entities",
    "in_reply_to_user_id",
    "referenced_tweets",
]


def shown(client: tweepy.Client, post_id: str) -> Any:
    return client.get_tweet(post_id, tweet_fields=SEEN).data


def said(post: Any) -> str:
    start, end = post["display_text_range"]
    return str(post.text[start:end])


def test_a_reply_carries_the_handle_of_the_answered_author_outside_its_visible_text(acme, ann) -> None:
    asked = ann.post("@acme pricing for 40 seats?")
    reply = acme.create_tweet(text=BOT, in_reply_to_tweet_id=asked)
    assert reply.data["text"] == f"@ann {BOT}"
    post = shown(acme, reply.data["id"])
    assert said(post) == BOT
    assert post.entities["mentions"] == [{"start": 0, "end": 4, "username": "ann", "id": ann.id}]
    assert (str(post.conversation_id), str(post.in_reply_to_user_id)) == (asked, ann.id)
    assert [(ref.type, str(ref.id)) for ref in post.referenced_tweets] == [("replied_to", asked)]


def test_a_person_who_answers_the_bot_mentions_it_without_typing_the_handle(acme, ann) -> None:
    bot_post = acme.create_tweet(text=BOT, in_reply_to_tweet_id=ann.post("@acme pricing?")).data["id"]
    answer = ann.reply(bot_post, "about 40")
    post = shown(acme, answer)
    assert (post.text, said(post)) == ("@acme about 40", "about 40")
    assert acme.create_tweet(text="Thanks!", in_reply_to_tweet_id=answer).data["id"]


def test_a_handle_typed_at_the_start_is_not_added_twice_and_stays_visible(acme, ann) -> None:
    bot_post = acme.create_tweet(text=BOT, in_reply_to_tweet_id=ann.post("@acme pricing?")).data["id"]
    post = shown(acme, ann.reply(bot_post, "@Acme 40 of us"))
    assert (post.text, said(post)) == ("@Acme 40 of us", "@Acme 40 of us")


def test_others_named_in_the_answered_post_are_added_unless_they_are_excluded(acme, ann, person) -> None:
    bob = person("bob")
    asked = ann.post("@acme me and @bob want a price")
    assert acme.create_tweet(text="One.", in_reply_to_tweet_id=asked).data["text"] == "@ann @bob One."
    alone = acme.create_tweet(text="Two.", in_reply_to_tweet_id=asked, exclude_reply_user_ids=[bob.id])
    assert alone.data["text"] == "@ann Two."


def test_the_author_of_the_answered_post_cannot_be_excluded(acme, ann) -> None:
    asked = ann.post("@acme price?")
    reply = acme.create_tweet(text=BOT, in_reply_to_tweet_id=asked, exclude_reply_user_ids=[ann.id])
    assert reply.data["text"] == f"@ann {BOT}"


def test_auto_mentions_are_free_and_one_character_too_many_is_refused(acme, ann) -> None:
    asked = ann.post("@acme price?")
    assert acme.create_tweet(text="x" * 280, in_reply_to_tweet_id=asked).data["id"]
    with pytest.raises(tweepy.Forbidden, match="too long"):
        acme.create_tweet(text="y" * 281, in_reply_to_tweet_id=asked)


def test_a_paying_account_may_write_long_and_the_whole_stands_in_note_tweet(acme, person) -> None:
    text = "@acme " + "we need seats & support " * 20
    post_id = person("rich", premium=True).post(text)
    post = acme.get_tweet(post_id, tweet_fields=["note_tweet", "entities"]).data
    assert post["note_tweet"]["text"] == text.replace("&", "&amp;")
    assert len(post.text) < 300


def test_an_empty_text_is_an_invalid_request(acme) -> None:
    with pytest.raises(tweepy.BadRequest):
        acme.create_tweet(text="  ")


def test_the_same_words_to_the_same_person_are_a_duplicate_for_a_day(acme, ann, control) -> None:
    first, second = ann.post("@acme price?"), ann.post("@acme hello?")
    acme.create_tweet(text=BOT, in_reply_to_tweet_id=first)
    with pytest.raises(tweepy.Forbidden, match="duplicate content"):
        acme.create_tweet(text=BOT, in_reply_to_tweet_id=second)
    control.ask("POST", "clock", json={"advance_s": 86_400})
    assert acme.create_tweet(text=BOT, in_reply_to_tweet_id=second).data["id"]


def test_the_same_words_to_another_person_pass_unless_the_whole_account_is_compared(
    acme, ann, person, control
) -> None:
    acme.create_tweet(text=BOT, in_reply_to_tweet_id=ann.post("@acme price?"))
    assert acme.create_tweet(text=BOT, in_reply_to_tweet_id=person("bob").post("@acme price?"))
    control.settings(duplicate_scope="account")
    acme.create_tweet(text="Again.", in_reply_to_tweet_id=person("cat").post("@acme price?"))
    with pytest.raises(tweepy.Forbidden, match="duplicate"):
        acme.create_tweet(text="again. ", in_reply_to_tweet_id=person("dan").post("@acme price?"))


@pytest.mark.parametrize(
    ("wording", "words"), [("2026-07", "You can only reply"), ("2026-05", "otherwise engaged")]
)
def test_an_app_may_not_answer_who_did_not_call_it(acme, ann, control, wording, words) -> None:
    control.settings(summon_wording=wording)
    with pytest.raises(tweepy.Forbidden, match=words):
        acme.create_tweet(text=BOT, in_reply_to_tweet_id=ann.post("any CRM tips?"))


def test_a_quote_of_the_brand_summons_it(acme, ann) -> None:
    own = acme.create_tweet(text="We are open.").data["id"]
    assert acme.create_tweet(text=BOT, in_reply_to_tweet_id=ann.post("wow", quote_tweet_id=own)).data["id"]


def test_the_switch_makes_an_automatic_mention_too_little(acme, ann, control) -> None:
    bot_post = acme.create_tweet(text=BOT, in_reply_to_tweet_id=ann.post("@acme price?")).data["id"]
    answer = ann.reply(bot_post, "40")
    control.settings(implicit_mention_counts=False)
    with pytest.raises(tweepy.Forbidden):
        acme.create_tweet(text="Thanks!", in_reply_to_tweet_id=answer)
    assert acme.create_tweet(text="Thanks!", in_reply_to_tweet_id=ann.reply(bot_post, "@acme 40"))


def test_a_person_may_answer_anybody_and_so_may_a_rep_with_x_own_client(ann, person) -> None:
    asked = ann.post("any CRM tips?")
    assert person("bob").reply(asked, "try acme")
    assert person("acme").reply(asked, "Hello, Rita here.")


def test_quotes_likes_and_a_second_cashtag_are_closed_to_apps(acme, ann) -> None:
    asked = ann.post("@acme price?")
    for attempt in (
        lambda: acme.create_tweet(text="look", quote_tweet_id=asked),
        lambda: acme.create_tweet(text="$ACME and $GLBX", in_reply_to_tweet_id=asked),
        lambda: acme.like(asked),
    ):
        with pytest.raises(tweepy.Forbidden):
            attempt()


def test_a_reply_to_a_deleted_or_hidden_post_is_refused(acme, ann, person) -> None:
    gone = ann.post("@acme price?")
    assert ann.delete(gone)
    hidden = person("shy", protected=True).post("@acme price?")
    for parent in (gone, hidden, "1990000000000000101"):
        with pytest.raises(tweepy.Forbidden, match="deleted or not visible"):
            acme.create_tweet(text=BOT, in_reply_to_tweet_id=parent)


def test_who_blocks_the_brand_or_closes_replies_is_left_in_peace(acme, ann, person, control) -> None:
    closed = ann.post("price talk", reply_settings="mentionedUsers")
    with pytest.raises(Refused, match="restricted"):
        person("bob").reply(closed, "me too")
    assert person("bob").reply(ann.post("@bob price talk", reply_settings="mentionedUsers"), "me too")
    asked = ann.post("@acme price?")
    control.ask("POST", "blocks", json={"by": "ann", "whom": "acme"})
    with pytest.raises(tweepy.Forbidden, match="blocked"):
        acme.create_tweet(text=BOT, in_reply_to_tweet_id=asked)


def test_only_own_posts_can_be_deleted(acme, ann) -> None:
    asked = ann.post("@acme price?")
    with pytest.raises(tweepy.Forbidden):
        acme.delete_tweet(asked)
    own = acme.create_tweet(text=BOT, in_reply_to_tweet_id=asked).data["id"]
    assert acme.delete_tweet(own).data == {"deleted": True}
    assert acme.delete_tweet(own).data == {"deleted": False}


def test_an_edit_is_a_new_post_of_the_same_chain_and_replaces_the_old_in_timelines(acme, ann) -> None:
    first = ann.post("@acme for 4")
    second = ann.edit(first, "@acme for 400")
    post = acme.get_tweet(second, tweet_fields=["edit_controls", "conversation_id"]).data
    assert [str(version) for version in post.edit_history_tweet_ids] == [first, second]
    assert str(post.conversation_id) == first
    assert post["edit_controls"]["edits_remaining"] == 4
    seen = acme.get_users_mentions(post_owner(acme), user_auth=True).data
    assert [str(mention.id) for mention in seen] == [second]


def post_owner(client: tweepy.Client) -> str:
    return str(client.get_me().data.id)


def test_an_edit_after_the_hour_or_of_anothers_post_is_refused(ann, person, control) -> None:
    first = ann.post("@acme for 4")
    with pytest.raises(Refused, match="not allowed to edit"):
        person("bob").edit(first, "mine now")
    control.ask("POST", "clock", json={"advance_s": 3_601})
    with pytest.raises(Refused, match="no longer be edited"):
        ann.edit(first, "@acme for 400")


def test_an_edited_reply_stays_in_its_place(acme, ann, control) -> None:
    bot_post = acme.create_tweet(text=BOT, in_reply_to_tweet_id=ann.post("@acme price?")).data["id"]
    answer = ann.edit(ann.reply(bot_post, "for 4"), "for 400")
    post = shown(acme, answer)
    assert post.text == "@acme for 400"
    assert str(post.referenced_tweets[0].id) == str(bot_post)
    control.settings(replies_editable=False)
    with pytest.raises(Refused):
        ann.edit(answer, "for 4000")


def test_ids_are_strings_of_rising_snowflakes_from_the_virtual_clock(ann, control) -> None:
    before = control.ask("GET", "clock")["now"]
    ids = [ann.post(f"@acme {number}") for number in range(20)]
    assert ids == sorted(ids, key=int)
    assert len(set(ids)) == 20
    first = control.ask("GET", "log")["posts"][0]
    assert first["created_at"] >= before
    assert (int(ids[0]) >> 22) + 1_288_834_974_657 > 1_700_000_000_000


def test_unknown_members_and_bad_ids_are_invalid_requests(acme, person) -> None:
    for body in (
        {"txt": "a"},
        {"text": "a", "reply": {"in_reply_to_tweet_id": 5}},
        {"text": "a", "reply": []},
    ):
        with pytest.raises(tweepy.BadRequest):
            acme.request("POST", "/2/tweets", json=body, user_auth=True)


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("Hello, world! 👋", 16),
        ("👨‍👩‍👧‍👦", 2),
        ("https://example.com/a/very/long/path?of=things", 23),
        ("see example.com", 27),
        ("cafe\u0301", 4),
        ("…", 2),
        ("€5", 3),
        ("“quoted” – dash", 15),
        ("日本", 4),
    ],
)
def test_text_weighs_what_x_says_it_weighs(text: str, weight: int) -> None:
    assert weighted_length(text) == weight


@given(
    st.text(alphabet="ab @acme_ !", max_size=30),
    st.lists(st.sampled_from(["acme", "bob", "eve"]), unique=True),
)
def test_the_visible_part_of_a_reply_is_always_what_was_typed(typed: str, handles: list[str]) -> None:
    text, start = with_reply_prefix(typed, handles)
    assert text[start:] == typed


def test_a_player_hears_the_answer_to_its_post(acme, ann: Player) -> None:
    asked = ann.post("@acme price?")
    assert ann.await_reply(asked, timeout_s=0) is None
    acme.create_tweet(text=BOT, in_reply_to_tweet_id=asked)
    answer = ann.await_reply(asked, timeout_s=5)
    assert answer is not None
    assert answer["said"] == BOT
    assert [post["id"] for post in ann.replies_to(asked)] == [answer["id"]]


def test_a_repost_is_a_post_that_only_refers_to_another(acme, ann, person) -> None:
    announced = acme.create_tweet(text="we are at the fair").data["id"]
    ann.repost(announced)
    me = credentials_for("acme")["user_id"]
    (mention,) = acme.get_users_mentions(me, tweet_fields=["referenced_tweets"], user_auth=True).data
    assert mention.text == "RT @acme: we are at the fair"
    (link,) = mention.referenced_tweets
    assert (link.type, str(link.id)) == ("retweeted", announced)
    assert (
        acme.get_tweet(announced, tweet_fields=["public_metrics"]).data.public_metrics["retweet_count"] == 1
    )


def test_only_ones_own_account_reposts_and_only_what_it_can_see(ann, person) -> None:
    hidden = person("bob", protected=True).post("between us")
    with pytest.raises(Refused, match="403"):
        ann.repost(hidden)
    with pytest.raises(Refused, match="403"):
        ann._ask("POST", "/2/users/1/retweets", json={"tweet_id": hidden})
