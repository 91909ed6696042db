"""Posts and accounts as X's JSON: defaults only, unless asked for more; nulls are left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from leadbot.simulator import text as words
from leadbot.simulator.accounts import Post, User
from leadbot.simulator.clock import iso
from leadbot.simulator.problems import hidden_error, invalid, not_found_error
from leadbot.simulator.world import World

_TWEET_FIELDS = """
article attachments author_id card_uri community_id context_annotations conversation_id created_at
display_text_range edit_controls edit_history_tweet_ids entities geo id in_reply_to_user_id lang
matched_media_notes media_metadata non_public_metrics note_request_suggestions note_tweet organic_metrics
paid_partnership possibly_sensitive promoted_metrics public_metrics referenced_tweets reply_settings scopes
source suggested_source_links suggested_source_links_with_counts text withheld
"""
_USER_FIELDS = """
affiliation connection_status created_at description entities id is_identity_verified location
most_recent_tweet_id name parody pinned_tweet_id profile_banner_url profile_image_url protected public_metrics
receives_your_dm subscription subscription_type url username verified verified_followers_count verified_type
withheld
"""
_EXPANSIONS = """
article.cover_media article.media_entities attachments.media_keys attachments.media_source_tweet
attachments.poll_ids author_id edit_history_tweet_ids entities.mentions.username geo.place_id
in_reply_to_user_id entities.note.mentions.username referenced_tweets.id
referenced_tweets.id.attachments.media_keys referenced_tweets.id.author_id pinned_tweet_id
most_recent_tweet_id affiliation.user_id
"""
TWEET_FIELDS, USER_FIELDS, EXPANSIONS = map(
    frozenset, map(str.split, (_TWEET_FIELDS, _USER_FIELDS, _EXPANSIONS))
)
_FIELD_OF = {
    "author_id": "author_id",
    "in_reply_to_user_id": "in_reply_to_user_id",
    "referenced_tweets.id": "referenced_tweets",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one request asked to see."""

    tweet: frozenset[str] = frozenset()
    user: frozenset[str] = frozenset()
    expansions: frozenset[str] = frozenset()

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Wanted:
        """Takes tweet.fields, user.fields and expansions from a query; raises 400 for an unknown name."""
        tweet = _names(query, "tweet.fields", TWEET_FIELDS)
        expansions = _names(query, "expansions", EXPANSIONS)
        implied = {_FIELD_OF[name] for name in expansions if name in _FIELD_OF}
        return cls(tweet | implied, _names(query, "user.fields", USER_FIELDS), expansions)


def _names(query: Mapping[str, str], parameter: str, known: frozenset[str]) -> frozenset[str]:
    asked = frozenset(name.strip() for name in query.get(parameter, "").split(",") if name.strip())
    if unknown := sorted(asked - known):
        allowed = ",".join(sorted(known))
        message = f"The `{parameter}` query parameter value [{unknown[0]}] is not one of [{allowed}]"
        raise invalid(message, parameter, unknown[0])
    return asked


def tweet_json(world: World, post: Post, wanted: Wanted) -> dict[str, Any]:
    """One post, with the asked fields."""
    body, at = words.escaped(post.text)
    shape: dict[str, Any] = {"id": str(post.id), "text": _short(post, body)}
    shape["edit_history_tweet_ids"] = [str(version) for version in post.chain]
    for name in wanted.tweet:
        make = _TWEET.get(name)
        value = make(world, post, body, at) if make else None
        if value is not None:
            shape[name] = value
    return shape


_Place = Callable[[int], int]


def _short(post: Post, body: str) -> str:
    # Above 280 weighted characters X sends the beginning and a link in `text`, the whole in `note_tweet`.
    return (
        body
        if not _is_long(post)
        else body[: post.shown_from + 250].rstrip() + f"… https://t.co/{post.id % 10**10}"
    )


def _is_long(post: Post) -> bool:
    return post.author.premium and words.weighted_length(post.said) > 280


def _entities(post: Post, at: _Place) -> dict[str, Any] | None:
    found: dict[str, Any] = {}
    if post.mentions:
        found["mentions"] = [
            {"start": at(span.start), "end": at(span.end), "username": who.username if who else span.name}
            | ({"id": str(who.id)} if who else {})
            for span, who in post.mentions
        ]
    for name, find in (("hashtags", words.hashtags_in), ("cashtags", words.cashtags_in)):
        if tags := find(post.text):
            found[name] = [{"start": at(tag.start), "end": at(tag.end), "tag": tag.name} for tag in tags]
    if links := words.links_in(post.text):
        found["urls"] = [
            {
                "start": at(link.start),
                "end": at(link.end),
                "url": link.name,
                "expanded_url": _whole(link.name),
            }
            | {"display_url": link.name.split("://")[-1]}
            for link in links
        ]
    return found or None


def _whole(link: str) -> str:
    return link if "://" in link else f"http://{link}"


def _edit_controls(world: World, post: Post) -> dict[str, Any]:
    return {
        "edits_remaining": world.edits_left(post),
        "is_edit_eligible": post.parent is None or world.settings.replies_editable,
        "editable_until": iso(world.editable_until(post)),
    }


def _referenced(post: Post) -> list[dict[str, str]] | None:
    links = (("retweeted", post.reposted), ("replied_to", post.parent), ("quoted", post.quoted))
    return [{"type": kind, "id": str(other.id)} for kind, other in links if other is not None] or None


def _note(post: Post, body: str, at: _Place) -> dict[str, Any] | None:
    return {"text": body, "entities": _entities(post, at) or {}} if _is_long(post) else None


def _withheld(country_codes: list[str], scope: str, **more: Any) -> dict[str, Any] | None:
    return {"country_codes": country_codes, "scope": scope, **more} if country_codes else None


def _tweet_metrics(post: Post) -> dict[str, int]:
    counts = {"retweet_count": post.reposts, "reply_count": post.replies, "quote_count": post.quotes}
    return {**counts, **dict.fromkeys(("like_count", "bookmark_count", "impression_count"), 0)}


_TWEET: dict[str, Callable[[World, Post, str, _Place], Any]] = {
    "author_id": lambda world, post, body, at: str(post.author.id),
    "conversation_id": lambda world, post, body, at: str(post.conversation_id),
    "created_at": lambda world, post, body, at: iso(post.created_at),
    "display_text_range": lambda world, post, body, at: [at(post.shown_from), len(_short(post, body))],
    "edit_controls": lambda world, post, body, at: _edit_controls(world, post),
    "entities": lambda world, post, body, at: _entities(post, at),
    "in_reply_to_user_id": lambda world, post, body, at: str(post.parent.author.id) if post.parent else None,
    "lang": lambda world, post, body, at: post.lang,
    "note_tweet": lambda world, post, body, at: _note(post, body, at),
    "possibly_sensitive": lambda world, post, body, at: False,
    "public_metrics": lambda world, post, body, at: _tweet_metrics(post),
    "referenced_tweets": lambda world, post, body, at: _referenced(post),
    "reply_settings": lambda world, post, body, at: post.reply_settings,
    "withheld": lambda world, post, body, at: _withheld(post.withheld_in, "tweet", copyright=False),
}


def user_json(user: User, wanted: Wanted) -> dict[str, Any]:
    """One account, with the asked fields; an account labelled as automated shows it in `affiliation`."""
    shape: dict[str, Any] = {"id": str(user.id), "name": user.name, "username": user.username}
    for name in wanted.user:
        make = _USER.get(name)
        value = make(user) if make else None
        if value is not None:
            shape[name] = value
    return shape


def _user_metrics(user: User) -> dict[str, int]:
    counts = {
        "followers_count": user.followers_count,
        "following_count": user.following_count,
        "tweet_count": user.tweet_count,
    }
    return {**counts, "listed_count": 0, "like_count": 0}


_USER: dict[str, Callable[[User], Any]] = {
    "affiliation": lambda user: {"description": "Automated"} if user.automated else None,
    "created_at": lambda user: iso(user.created_at),
    "description": lambda user: words.escaped(user.description)[0],
    "protected": lambda user: user.protected,
    "public_metrics": _user_metrics,
    "verified": lambda user: user.verified,
    "verified_type": lambda user: "blue" if user.verified else "none",
    "withheld": lambda user: _withheld(user.withheld_in, "user"),
}


def answer(
    world: World, posts: Iterable[Post], wanted: Wanted, viewer: User | None, *, single: bool = False
) -> tuple[dict[str, Any], list[User], list[Post]]:
    """The body for some posts with their includes, and the accounts and posts included (for the bill)."""
    chosen = list(posts)
    others, errors = _referenced_posts(world, chosen, wanted, viewer)
    users = _included_users(chosen, others, wanted)
    data = [tweet_json(world, post, wanted) for post in chosen]
    body: dict[str, Any] = {"data": data[0] if single else data} if data else {}
    includes: dict[str, Any] = {}
    if users:
        includes["users"] = [user_json(user, wanted) for user in users]
    if others and "referenced_tweets.id" in wanted.expansions:
        includes["tweets"] = [tweet_json(world, other, wanted) for other in others]
    if includes:
        body["includes"] = includes
    if errors:
        body["errors"] = errors
    return body, users, others


def _referenced_posts(
    world: World, posts: list[Post], wanted: Wanted, viewer: User | None
) -> tuple[list[Post], list[dict[str, Any]]]:
    if not any(name.startswith("referenced_tweets.id") for name in wanted.expansions):
        return [], []
    found: dict[int, Post] = {}
    errors: list[dict[str, Any]] = []
    links = ((post.reposted, post.parent, post.quoted) for post in posts)
    for other in (other for three in links for other in three if other is not None):
        if world.may_see(other, viewer):
            found[other.id] = other
        else:
            protected = other.author.protected and not other.deleted
            make = hidden_error if protected else not_found_error
            errors.append(make("tweet", "referenced_tweets.id", str(other.id)))
    return list(found.values()), errors


def _included_users(posts: list[Post], others: list[Post], wanted: Wanted) -> list[User]:
    found: dict[int, User] = {}
    for post in posts:
        if "author_id" in wanted.expansions:
            found[post.author.id] = post.author
        if "in_reply_to_user_id" in wanted.expansions and post.parent is not None:
            found[post.parent.author.id] = post.parent.author
        if "entities.mentions.username" in wanted.expansions:
            found.update({who.id: who for _, who in post.mentions if who is not None})
    if "referenced_tweets.id.author_id" in wanted.expansions:
        found.update({other.author.id: other.author for other in others})
    return list(found.values())


def with_unknown_fields(body: dict[str, Any]) -> dict[str, Any]:
    """A body as a newer X might send it: members nobody has heard of, at every place where X puts things."""
    includes = {name: [_renewed(one) for one in many] for name, many in body.get("includes", {}).items()}
    data = body.get("data")
    renewed = [_renewed(one) for one in data] if isinstance(data, list) else data and _renewed(data)
    return {
        **body,
        **({"data": renewed} if data else {}),
        **({"includes": includes} if includes else {}),
        **_NEW,
    }


def _renewed(thing: dict[str, Any]) -> dict[str, Any]:
    return {**thing, **_NEW}


_NEW: dict[str, Any] = {"never_heard_of": {"level": 3, "parts": [None, True, "x", 1.5]}, "also_new": None}
