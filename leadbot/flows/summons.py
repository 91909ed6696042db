"""Was this said to us, and may we answer it?

Three questions that are easily mixed up:

* *directed*: they typed our handle or replied to a post of ours. Enough for a "stop".
* *addressed*: of all brands in the post we are the one that answers: the parent's author, else the first one
  typed (SCENARIOS 15). Enough to listen.
* *summoned*: X lets us answer, and we let ourselves (X_API §0.1 and §0.2). Needed for words.
"""

from __future__ import annotations

from collections.abc import Collection

from leadbot.model import BrandId, Conversation, Post, PostId, Said


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


def is_directed(post: Post, brand_id: BrandId, our_post_ids: Collection[PostId] = ()) -> bool:
    """Whether this was said to us at all."""
    return (
        post.in_reply_to_user_id == brand_id
        or is_typed(post, brand_id)
        or (post.in_reply_to_post_id is not None and post.in_reply_to_post_id in our_post_ids)
    )


def is_addressed(post: Post, brand_id: BrandId, brands: Collection[str] = ()) -> bool:
    """Whether we are the brand that answers: the parent's author, else the first account typed.

    `brands`: ids of all brands of this installation, so that a reply to a sister brand stays hers even if we
    are named in it. Without them a reply to a stranger counts by what was typed.
    """
    if post.in_reply_to_user_id == brand_id:
        return True
    if post.in_reply_to_user_id in brands:
        return False
    first = next((mention.user_id for mention in post.mentions if mention.typed), None)
    return first == brand_id


def is_summons(
    post: Post, brand_id: BrandId, our_post_ids: Collection[PostId], *, is_continuing: bool
) -> bool:
    """Whether we may answer this post.

    To start: our handle typed, or a direct reply to a post of ours. To continue: our post as parent or
    quoted, or our handle typed. In both cases X wants our id among the post's mentions (the implicit one
    counts) or our post quoted.
    """
    is_quote = post.quoted_post_id is not None and post.quoted_post_id in our_post_ids
    if not is_quote and not any(mention.user_id == brand_id for mention in post.mentions):
        return False
    return is_directed(post, brand_id, our_post_ids if is_continuing else ()) or (is_continuing and is_quote)
