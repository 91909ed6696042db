"""Was this said to us, and may we answer it?

Three questions that are easily mixed up:

* *directed*: they typed our handle, answered or quoted a post of ours, or go on under a post of their own
  that was said to us. Enough for a "stop".
* *addressed*: of all accounts in the post we are the one that answers: the parent's author, else the first
  one typed (SCENARIOS 15). Enough to listen.
* *summoned*: X lets us answer, and we let ourselves (X_API §0.1 and §0.2). Needed for words.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from leadbot.model import BrandId, Conversation, Post, PostId, Said

_BY_HAND = re.compile(r"\s*RT @\w+")


def our_post_ids(conversation: Conversation) -> frozenset[PostId]:
    """Ids of our posts in this conversation, as far as X has told us."""
    return frozenset(said.post_id for said in conversation.said if said.post_id is not None)


def is_after(post: Post, said: Said) -> bool:
    """Whether they can have read `said` before they wrote `post`.

    Ids of X grow with time, so they compare two posts by X's own clock; ours only knows when we heard of it.
    """
    if said.post_id is None:
        return False
    if post.in_reply_to_post_id == said.post_id:
        return True
    if said.sent_at is not None and post.created_at >= said.sent_at:
        return True
    return post.id.isdecimal() and said.post_id.isdecimal() and int(post.id) > int(said.post_id)


def is_typed(post: Post, brand_id: BrandId) -> bool:
    """Whether they typed our handle; X's automatic mentions don't count."""
    return any(mention.typed and mention.user_id == brand_id for mention in post.mentions)


def heard_ids(conversation: Conversation) -> frozenset[PostId]:
    """Ids of the posts of theirs we heard, in all versions: what a post that goes on under one may name."""
    heard = (*conversation.waiting, *conversation.answering)
    first = {*conversation.answered, *(one.post.first_id for one in heard)}
    return frozenset(first | {version for version, first_id in conversation.edited if first_id in first})


def is_own_thread(post: Post, brand_id: BrandId, heard: Collection[PostId]) -> bool:
    """Whether they go on under a post of their own that we heard, and nobody but us is copied in.

    X adds the accounts of the parent: with a friend among them it is the friends' thread, and no word to us.
    """
    if post.in_reply_to_user_id != post.author_id or post.in_reply_to_post_id not in heard:
        return False
    copied = {mention.user_id for mention in post.mentions if not mention.typed}
    return copied == {brand_id}


def is_quote_of(post: Post, our_post_ids: Collection[PostId]) -> bool:
    """Whether they quote a post of ours."""
    return post.quoted_post_id is not None and post.quoted_post_id in our_post_ids


def is_directed(
    post: Post, brand_id: BrandId, our_post_ids: Collection[PostId] = (), heard: Collection[PostId] = ()
) -> bool:
    """Whether this was said to us at all: our handle typed, a post of ours answered or quoted, or their own
    words to us carried on.
    """
    return (
        post.in_reply_to_user_id == brand_id
        or is_typed(post, brand_id)
        or (post.in_reply_to_post_id is not None and post.in_reply_to_post_id in our_post_ids)
        or is_quote_of(post, our_post_ids)
        or is_own_thread(post, brand_id, heard)
    )


def is_addressed(
    post: Post,
    brand_id: BrandId,
    brands: Collection[str] = (),
    *,
    our_post_ids: Collection[PostId] = (),
    heard: Collection[PostId] = (),
) -> bool:
    """Whether we are the brand that answers: the parent's author, else the first account typed, else the one
    whose post is quoted or to whom they go on speaking.

    `brands`: ids of all brands of this installation, so that a reply to a sister brand stays hers even if we
    are named in it. Without them a reply to a stranger counts by what was typed.
    """
    if post.in_reply_to_user_id == brand_id:
        return True
    if post.in_reply_to_user_id in brands:
        return False
    first = next((mention.user_id for mention in post.mentions if mention.typed), None)
    if first is not None:
        return first == brand_id
    if post.in_reply_to_user_id is not None:
        return is_own_thread(post, brand_id, heard)
    return is_quote_of(post, our_post_ids)


def is_summons(
    post: Post,
    brand_id: BrandId,
    our_post_ids: Collection[PostId],
    *,
    is_continuing: bool,
    heard: Collection[PostId] = (),
) -> bool:
    """Whether we may answer this post.

    To start: our handle typed, a direct reply to a post of ours, or a quote of one. To continue, their own
    post to us as parent is enough as well. In both cases X wants our id among the post's mentions (the
    implicit one counts) or our post quoted.
    """
    if is_quote_of(post, our_post_ids):
        return True
    if not any(mention.user_id == brand_id for mention in post.mentions):
        return False
    return is_directed(post, brand_id, our_post_ids if is_continuing else (), heard if is_continuing else ())


def is_passed_on(post: Post) -> bool:
    """Whether these are somebody else's words: reposted by X's button, or by hand as people did before it."""
    return post.is_repost or _BY_HAND.match(post.said) is not None
