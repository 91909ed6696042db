"""X's JSON → leadbot's values. Total: whatever comes in, out comes a Post and a Person, or MalformedItem.

Display ranges and entity positions count code points of `text`, which is HTML-escaped: cut first, undo the
escapes after.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from leadbot.model import Mention, Person, PersonId, Post, PostId
from leadbot.x.snowflake import time_of

POST_FIELDS = [
    "author_id",
    "conversation_id",
    "created_at",
    "display_text_range",
    "edit_history_tweet_ids",
    "entities",
    "in_reply_to_user_id",
    "lang",
    "note_tweet",
    "referenced_tweets",
]
USER_FIELDS = ["affiliation", "created_at", "description", "name", "protected", "public_metrics", "username"]
EXPANSIONS = ["author_id"]
"""What to ask X for; without it a post is id, text and edit history only."""

_ID = re.compile(r"[0-9]{1,19}")
_ESCAPES = (
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&amp;", "&"),
)  # the only three X uses; &amp; last, or "&amp;lt;" becomes "<"
_UNSTORABLE = re.compile("[\\x00\\ud800-\\udfff]")
_LEADING_SPACE = re.compile(r"\s*")
_HANDLES = re.compile(r"\s*(?:@[A-Za-z0-9_]+\s*)*")
_HANDLE_SIGN = re.compile(r"[A-Za-z0-9_]")
_LINKS = re.compile(r"\s*(?:https://t\.co/[A-Za-z0-9]+\s*)*")


class MalformedItem(ValueError):
    """An item that is no post as we know them. Set it aside and go on."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A post with its author, and the tags of the stream rules that matched it."""

    post: Post
    person: Person
    tags: tuple[str, ...] = ()


def heard_in(raw: bytes) -> Heard:
    """One line of the stream. Raises MalformedItem."""
    try:
        item = json.loads(raw)
    except (ValueError, RecursionError) as failure:
        raise MalformedItem(f"not JSON: {type(failure).__name__}") from failure
    if not isinstance(item, dict):
        raise MalformedItem("not a JSON object")
    post, person = post_and_author(item.get("data"), item.get("includes"))
    return Heard(post, person, tuple(_tags(item.get("matching_rules"))))


def post_and_author(data: object, includes: object = None) -> tuple[Post, Person]:
    """One post of any endpoint with its `includes`. An author that is not included is a Person with an id
    only.

    Raises MalformedItem.
    """
    if not isinstance(data, Mapping):
        raise MalformedItem("no post in it")
    users = _users(includes)
    author_id = _id(data.get("author_id"))
    if author_id is None:
        raise MalformedItem("no author_id")
    return _post(data, PersonId(author_id), users), person_of(users.get(author_id, {"id": author_id}))


def person_of(user: Mapping[str, Any]) -> Person:
    """A profile from X's user object. Raises MalformedItem when it has no id."""
    user_id = _id(user.get("id"))
    if user_id is None:
        raise MalformedItem("a user without an id")
    metrics = _mapping(user.get("public_metrics"))
    return Person(
        id=PersonId(user_id),
        username=_text(user.get("username")),
        name=_text(user.get("name")),
        description=_text(user.get("description")),
        followers_count=_count(metrics.get("followers_count")),
        following_count=_count(metrics.get("following_count")),
        tweet_count=_count(metrics.get("tweet_count")),
        is_protected=user.get("protected") is True,
        is_automated=_is_automated(user.get("affiliation")),
        created_at=_moment(user.get("created_at")),
    )


def _post(data: Mapping[str, Any], author_id: PersonId, users: Mapping[str, Mapping[str, Any]]) -> Post:
    post_id = _id(data.get("id"))
    if post_id is None:
        raise MalformedItem("no id")
    note = _mapping(data.get("note_tweet"))
    long_text = note.get("text")
    text = _text(long_text if isinstance(long_text, str) else data.get("text"))
    if not text:
        raise MalformedItem("no text")
    entities = [*_mentions_in(data.get("entities")), *_mentions_in(note.get("entities"))]
    references = dict(_references(data.get("referenced_tweets")))
    parent = references.get("replied_to") or _post_id(data.get("in_reply_to_tweet_id"))
    is_reply = parent is not None or _id(data.get("in_reply_to_user_id")) is not None
    start, end = _shown(data.get("display_text_range"), text, entities, is_reply=is_reply, is_long=bool(note))
    return Post(
        id=PostId(post_id),
        author_id=author_id,
        text=text,
        said=unescape(text[start:end]).strip(),
        created_at=_moment(data.get("created_at")) or time_of(PostId(post_id)),
        root_id=_post_id(data.get("conversation_id")) or PostId(post_id),
        in_reply_to_post_id=parent,
        in_reply_to_user_id=_id(data.get("in_reply_to_user_id")),
        quoted_post_id=references.get("quoted"),
        is_repost="retweeted" in references,
        mentions=tuple(_mentions(entities, start, users)),
        edit_history=_chain(data.get("edit_history_tweet_ids"), PostId(post_id)),
        lang=_text(data.get("lang")) or None,
    )


def unescape(text: str) -> str:
    """Undo the three escapes X writes into text. Not html.unescape: a person may have typed "&copy"."""
    for escaped, plain in _ESCAPES:
        text = text.replace(escaped, plain)
    return text


def _shown(
    given: object, text: str, mentions: list[Mapping[str, Any]], *, is_reply: bool, is_long: bool
) -> tuple[int, int]:
    """The range of `text` that the person typed. For a long post only the start of X's range fits the whole
    text.

    X's range is believed as far as it cuts only what it is there to cut: handles in front, links behind. One
    counted otherwise (in UTF-16 units, before NFC, without the escapes) would cut a "stop", or 40 to 4.
    """
    start, end = _after_auto_mentions(text, mentions) if is_reply else 0, len(text)
    if isinstance(given, list) and len(given) == 2 and all(type(edge) is int for edge in given):
        if 0 <= given[0] <= given[1] and _are_handles(text, given[0]):
            start = min(given[0], end)
        if not is_long and start <= given[1] < end and _LINKS.fullmatch(text, given[1]):
            end = given[1]
    return start, end


def _are_handles(text: str, end: int) -> bool:
    """Whether the text up to `end` is whole handles and nothing else."""
    is_cut = 0 < end < len(text) and bool(_HANDLE_SIGN.match(text, end - 1) and _HANDLE_SIGN.match(text, end))
    return not is_cut and _HANDLES.fullmatch(text, 0, end) is not None


def _after_auto_mentions(text: str, mentions: list[Mapping[str, Any]]) -> int:
    # Without a display range nobody can tell typed from added mentions in front of a reply. Added is the
    # careful reading.
    ends = {one.get("start"): one.get("end") for one in mentions}
    at = 0
    while type(end := ends.get(at)) is int and at < end <= len(text):
        space = _LEADING_SPACE.match(text, end)
        at = space.end() if space else end
    return at


def _mentions_in(entities: object) -> list[Mapping[str, Any]]:
    return [one for one in _list(_mapping(entities).get("mentions")) if isinstance(one, Mapping)]


def _mentions(
    entities: Iterable[Mapping[str, Any]], start: int, users: Mapping[str, Mapping[str, Any]]
) -> Iterable[Mention]:
    ids = {_text(user.get("username")).lower(): user_id for user_id, user in users.items()}
    seen = set()
    for entity in entities:
        username = _text(entity.get("username"))
        user_id = _id(entity.get("id")) or ids.get(username.lower())
        at = entity.get("start")
        key = (user_id, at if type(at) is int else None)
        if user_id is None or key in seen:
            continue  # a mention of an account that does not exist
        seen.add(key)
        yield Mention(user_id=user_id, username=username, typed=type(at) is int and at >= start)


def _references(given: object) -> Iterable[tuple[str, PostId]]:
    for one in _list(given):
        if isinstance(one, Mapping) and (post_id := _post_id(one.get("id"))) is not None:
            yield _text(one.get("type")), post_id


def _chain(given: object, post_id: PostId) -> tuple[PostId, ...]:
    known = [one for one in map(_post_id, _list(given)) if one is not None and one != post_id]
    # Asked for by an old id, X lists the newer versions as well: the chain of this version ends with itself.
    return (*sorted({one for one in known if int(one) < int(post_id)}, key=int), post_id)


def _tags(rules: object) -> Iterable[str]:
    for rule in _list(rules):
        if isinstance(rule, Mapping) and isinstance(tag := rule.get("tag"), str):
            yield tag


def _users(includes: object) -> dict[str, Mapping[str, Any]]:
    users = {}
    for user in _list(_mapping(includes).get("users")):
        if isinstance(user, Mapping) and (user_id := _id(user.get("id"))) is not None:
            users[user_id] = user
    return users


def _is_automated(affiliation: object) -> bool:
    return _text(_mapping(affiliation).get("description")).strip().lower() == "automated"


def _id(value: object) -> str | None:
    return value if isinstance(value, str) and _ID.fullmatch(value) else None


def _post_id(value: object) -> PostId | None:
    found = _id(value)
    return None if found is None else PostId(found)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _count(value: object) -> int | None:
    return value if type(value) is int and 0 <= value < 2**53 else None


def _text(value: object) -> str:
    """A string that any database takes: no NUL, no half of a surrogate pair. Lengths stay, so that
    positions still fit."""
    if not isinstance(value, str):
        return ""
    return value if value.isprintable() else _UNSTORABLE.sub("\ufffd", value)


def _moment(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
