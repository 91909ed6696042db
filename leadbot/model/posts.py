"""What X tells us."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from leadbot.model.ids import PersonId, PostId


class Channel(StrEnum):
    """How a post reached us."""

    STREAM = "stream"
    POLL = "poll"
    CHECK = "check"  # an edit nobody told of, found when we looked whether the post still stands
    SEARCH = "search"  # what no poll could reach any more


@dataclass(frozen=True, slots=True)
class Mention:
    """One @mention in a post. typed: False for those X adds in front of a reply by itself."""

    user_id: str
    username: str
    typed: bool


@dataclass(frozen=True, slots=True)
class Post:
    """One post on X.

    text: whole text as X stored it; said: what the person typed (leading auto-mentions cut by
    display_text_range, HTML entities undone). edit_history: the chain of ids, oldest first, this one last.
    """

    id: PostId
    author_id: PersonId
    text: str
    said: str
    created_at: datetime
    root_id: PostId  # X's conversation_id
    in_reply_to_post_id: PostId | None = None
    in_reply_to_user_id: str | None = None
    quoted_post_id: PostId | None = None
    is_repost: bool = False
    mentions: tuple[Mention, ...] = ()
    edit_history: tuple[PostId, ...] = ()
    lang: str | None = None

    @property
    def first_id(self) -> PostId:
        """The id of the first version: the same for all edits of one post."""
        return self.edit_history[0] if self.edit_history else self.id

    @property
    def edit_version(self) -> int:
        """0 for the first version, 1 for the first edit, …"""
        return max(len(self.edit_history) - 1, 0)


@dataclass(frozen=True, slots=True)
class Person:
    """A public profile as X gave it. Handles and names are display text and hostile."""

    id: PersonId
    username: str
    name: str = ""
    description: str = ""
    followers_count: int | None = None
    following_count: int | None = None
    tweet_count: int | None = None
    is_protected: bool = False
    is_automated: bool = False  # X's "Automated" label: never converse with such accounts
    created_at: datetime | None = None
