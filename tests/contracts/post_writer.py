"""What every `ports.PostWriter` must do: subclass it, provide the fixtures. Run on fake and real alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from leadbot.errors import AccountError, PermanentError, TransientError, UnknownOutcome
from leadbot.model import PostId
from leadbot.ports import PostWriter
from tests.fakes.permits import say, to_delete


class PostWriterContract:
    """Fixtures of the subclass:

    writer: a PostWriter whose account may answer `mention`. mention: id of a post that summons it.
    misbehave: called with ``busy``, ``refused``, ``account``, ``lost_before`` or ``lost_after``, makes
    the next send fail that way.
    """

    @pytest.fixture
    def writer(self) -> PostWriter:
        """The one under test."""
        raise NotImplementedError

    @pytest.fixture
    def mention(self, writer: PostWriter) -> PostId:
        """A post that may be answered."""
        raise NotImplementedError

    @pytest.fixture
    def misbehave(self, writer: PostWriter) -> Callable[[str], Any]:
        """Makes the next send fail."""
        raise NotImplementedError

    def test_speaks_as_its_own_brand(self, writer: PostWriter) -> None:
        assert writer.token_account_id() == writer.brand_id

    def test_a_reply_stands_under_the_post_it_answers(self, writer: PostWriter, mention: PostId) -> None:
        post_id = say(writer, "Six dollars a seat.", in_reply_to=mention)
        (own,) = [post for post in writer.own_posts(since_id=None) if post.id == post_id]
        assert own.in_reply_to == mention
        assert own.said == "Six dollars a seat."

    def test_own_posts_come_newest_first_and_after_since(self, writer: PostWriter, mention: PostId) -> None:
        first = say(writer, "One.", in_reply_to=mention)
        second = say(writer, "Two.", in_reply_to=mention)
        assert [post.id for post in writer.own_posts(since_id=None)][:2] == [second, first]
        assert [post.id for post in writer.own_posts(since_id=first)] == [second]
        assert [post.id for post in writer.own_posts(since_id=None, limit=5)][:1] == [second]

    def test_nothing_is_posted_when_x_is_busy(
        self, writer: PostWriter, mention: PostId, misbehave: Callable[[str], Any]
    ) -> None:
        misbehave("busy")
        with pytest.raises(TransientError):
            say(writer, "Hello.", in_reply_to=mention)
        assert writer.own_posts(since_id=None) == []

    def test_a_refusal_has_a_reason_and_posts_nothing(
        self, writer: PostWriter, mention: PostId, misbehave: Callable[[str], Any]
    ) -> None:
        misbehave("refused")
        with pytest.raises(PermanentError) as caught:
            say(writer, "Hello.", in_reply_to=mention)
        assert caught.value.reason
        assert not isinstance(caught.value, AccountError)
        assert writer.own_posts(since_id=None) == []

    def test_a_refused_account_is_told_apart(
        self, writer: PostWriter, mention: PostId, misbehave: Callable[[str], Any]
    ) -> None:
        misbehave("account")
        with pytest.raises(AccountError):
            say(writer, "Hello.", in_reply_to=mention)

    @pytest.mark.parametrize(("how", "posts"), [("lost_before", 0), ("lost_after", 1)])
    def test_an_answer_that_got_lost_is_unknown_and_not_tried_again(
        self, writer: PostWriter, mention: PostId, misbehave: Callable[[str], Any], how: str, posts: int
    ) -> None:
        misbehave(how)
        with pytest.raises(UnknownOutcome):
            say(writer, "Hello.", in_reply_to=mention)
        assert len(writer.own_posts(since_id=None)) == posts

    def test_only_what_can_be_seen_is_looked_up(self, writer: PostWriter, mention: PostId) -> None:
        assert set(writer.look_up([mention, PostId("1")])) <= {mention, PostId("1")}
        assert mention in writer.look_up([mention])

    def test_a_post_of_ours_can_be_taken_back(self, writer: PostWriter, mention: PostId) -> None:
        post_id = say(writer, "Oops.", in_reply_to=mention)
        writer.delete(to_delete(writer.brand_id, post_id))
        assert post_id not in {post.id for post in writer.own_posts(since_id=None)}
