"""The official endpoints as functions from a call to an answer. Paths and shapes: X API v2."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from leadbot.simulator import auth
from leadbot.simulator.accounts import Post, User
from leadbot.simulator.auth import Identity
from leadbot.simulator.clock import snowflake_at
from leadbot.simulator.matcher import RuleError, compile_rule
from leadbot.simulator.paging import Page
from leadbot.simulator.problems import forbidden, hidden_error, invalid, not_found_error
from leadbot.simulator.rules import RULES_CAP
from leadbot.simulator.shapes import Wanted, answer, tweet_json, user_json
from leadbot.simulator.world import REPLY_SETTINGS, Draft, World, is_summoned

MENTIONS_KEPT, OWN_POSTS_KEPT, SEARCH_DAYS = 800, 3_200, 7


@dataclass(frozen=True, slots=True)
class Call:
    """One request, its sender known and its body read."""

    world: World
    identity: Identity
    query: Mapping[str, str] = field(default_factory=dict)
    path: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)
    origin: str = ""  # under which address we were called

    @property
    def me(self) -> User:
        """The account whose token was shown; only for endpoints that take user tokens alone."""
        if self.identity.user is None:
            raise forbidden("This endpoint needs a user's token.")
        return self.identity.user

    def bill_posts(self, posts: Iterable[Post], *, owned: bool = False) -> None:
        """Puts posts handed out on the bill of the app; X's own client pays nothing."""
        if not self.identity.is_native:
            self.world.spend.posts_read(posts, self.identity.user, owned=owned)

    def bill_users(self, users: Iterable[User]) -> None:
        """Puts accounts handed out on the bill of the app."""
        if not self.identity.is_native:
            self.world.spend.users_read(users, self.identity.user)


Answer = tuple[int, dict[str, Any]]
Endpoint = Callable[[Call], Answer]


def create_post(call: Call) -> Answer:
    """POST /2/tweets: a post, a reply, or (edit_options) a new version of an own post."""
    draft = draft_of(call.body)
    post = call.world.post(call.me, draft, call.identity.client)
    if not call.identity.is_native:
        summoned = post.parent is not None and is_summoned(call.me, post.parent, implicit=True)
        call.world.spend.posted(post, summoned=summoned)
    return 201, {"data": tweet_json(call.world, post, Wanted())}


_MEMBERS = """
card_uri community_id direct_message_deep_link edit_options for_super_followers_only geo made_with_ai media
nullcast paid_partnership poll quote_tweet_id reply reply_settings share_with_followers text
"""
_BODY = frozenset(_MEMBERS.split())


def draft_of(body: Mapping[str, Any]) -> Draft:
    """A post as asked for in the body of POST /2/tweets; raises 400 for what X would not read."""
    if unknown := sorted(set(body) - _BODY):
        raise invalid(f"$.{unknown[0]}: is not defined in the schema and the schema does not allow it")
    text, settings = body.get("text", ""), body.get("reply_settings", "everyone")
    if not isinstance(text, str):
        raise invalid("$.text: must be a string", "text", text)
    if settings not in (*REPLY_SETTINGS, "everyone"):
        raise invalid(
            f"$.reply_settings: must be one of {', '.join(REPLY_SETTINGS)}", "reply_settings", settings
        )
    reply = _object(body, "reply")
    edit = _object(body, "edit_options")
    exclude = reply.get("exclude_reply_user_ids") or []
    if not isinstance(exclude, list) or not all(str(user_id).isdigit() for user_id in exclude):
        raise invalid("$.reply.exclude_reply_user_ids: must be a list of ids as strings")
    return Draft(
        text=text,
        reply_to=_id_of(reply, "in_reply_to_tweet_id", required="reply" in body),
        exclude=frozenset(int(user_id) for user_id in exclude),
        quote=_id_of(body, "quote_tweet_id"),
        edit_of=_id_of(edit, "previous_post_id", required="edit_options" in body),
        reply_settings=settings,
    )


def _object(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = body.get(name)
    if value is not None and not isinstance(value, dict):
        raise invalid(f"$.{name}: must be an object", name, value)
    return value or {}


def _id_of(body: Mapping[str, Any], name: str, *, required: bool = False) -> int | None:
    value = body.get(name)
    if value is None and not required:
        return None
    if not (isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 19):
        raise invalid(f"$.{name}: must be an id of 1 to 19 digits, as a string", name, value)
    return int(value)


def _path_id(call: Call) -> int:
    value = call.path["id"]
    if not (value.isascii() and value.isdigit() and len(value) <= 19):
        raise invalid(f"The `id` query parameter value [{value}] is not valid", "id", value)
    return int(value)


def delete_post(call: Call) -> Answer:
    """DELETE /2/tweets/:id: own posts only; `deleted` is false when there was none."""
    gone = call.world.delete(call.me, _path_id(call))
    if gone and not call.identity.is_native:
        call.world.spend.deleted(call.me)
    return 200, {"data": {"deleted": gone}}


def get_post(call: Call) -> Answer:
    """GET /2/tweets/:id; a missing post is a 200 with `errors` and no `data`."""
    return _lookup(call, [str(_path_id(call))], parameter="id", single=True)


def get_posts(call: Call) -> Answer:
    """GET /2/tweets?ids=…: up to 100; those that are gone come in `errors`."""
    ids = [part.strip() for part in call.query.get("ids", "").split(",") if part.strip()]
    if not 1 <= len(ids) <= 100 or not all(part.isdigit() for part in ids):
        raise invalid("The `ids` query parameter must hold 1 to 100 ids", "ids", call.query.get("ids"))
    return _lookup(call, list(dict.fromkeys(ids)), parameter="ids", single=False)


def _lookup(call: Call, ids: list[str], *, parameter: str, single: bool) -> Answer:
    world, viewer = call.world, call.identity.user
    posts: list[Post] = []
    errors: list[dict[str, Any]] = []
    for wanted_id in ids:
        post = world.posts.get(int(wanted_id))
        if post is not None and world.may_see(post, viewer):
            posts.append(post)
        else:
            hidden = post is not None and post.author.protected and not post.deleted
            errors.append((hidden_error if hidden else not_found_error)("tweet", parameter, wanted_id))
    own = [post for post in posts if viewer is not None and post.author is viewer]
    call.bill_posts(own, owned=True)
    body = _rendered(call, posts, single=single, billed=own)
    if errors:
        body["errors"] = [*body.get("errors", []), *errors]
    return 200, body


def _rendered(
    call: Call, posts: list[Post], *, single: bool = False, billed: Iterable[Post] = ()
) -> dict[str, Any]:
    """The body for posts; bills those not yet billed and, if the switch says so, what is included."""
    already = {post.id for post in billed}
    call.bill_posts(post for post in posts if post.id not in already)
    body, users, others = answer(
        call.world, posts, Wanted.read(call.query), call.identity.user, single=single
    )
    if call.world.settings.bill_includes:
        call.bill_users(users)
        call.bill_posts(others)
    return body


def mentions(call: Call) -> Answer:
    """GET /2/users/:id/mentions: the newest 800 posts that name the account, newest first."""
    return _timeline(call, call.world.mentions, keep=MENTIONS_KEPT)


def own_posts(call: Call) -> Answer:
    """GET /2/users/:id/tweets: what the account posted, newest first; `exclude` is honoured."""
    return _timeline(call, call.world.timeline, keep=OWN_POSTS_KEPT)


def _timeline(call: Call, index: Mapping[int, list[int]], *, keep: int) -> Answer:
    world, user = call.world, call.world.users.get(_path_id(call))
    if user is None:
        return 200, {"errors": [not_found_error("user", "id", call.path["id"])]}
    page = Page.read(call.query, smallest=5)
    left_out = call.query.get("exclude", "").split(",")
    newest = (world.posts[post_id] for post_id in reversed(index[user.id][-keep:]) if post_id > page.after)
    seen = [
        post
        for post in newest
        if world.may_see(post, call.identity.user)
        and world.is_newest_version(post)
        and world.is_listed(post)
        and not ("replies" in left_out and post.parent is not None)
        and not ("retweets" in left_out and post.reposted is not None)
    ]
    posts, meta = page.cut(seen)
    owned = posts if call.identity.user is user else []
    call.bill_posts(owned, owned=True)
    return 200, {**_rendered(call, posts, billed=owned), "meta": meta}


def search_recent(call: Call) -> Answer:
    """GET /2/tweets/search/recent: seven days, a query of at most 512 characters, 10 to 100 results."""
    query = call.query.get("query", "")
    try:
        matches = compile_rule(query, max_length=512)
    except RuleError as error:
        raise invalid(str(error), "query", query) from None
    world, page = call.world, Page.read(call.query, smallest=10)
    oldest = max(page.after, snowflake_at(world.clock.now() - timedelta(days=SEARCH_DAYS)))
    found: list[Post] = []
    for post_id in reversed(world.posts):
        post = world.posts[post_id]
        if post_id <= oldest or len(found) > page.size:
            break
        if (
            post_id < page.before
            and world.is_newest_version(post)
            and world.is_listed(post)
            and world.may_see(post, None)
            and matches(post)
        ):
            found.append(post)
    posts, meta = page.cut(found)
    return 200, {**_rendered(call, posts), "meta": meta}


def get_me(call: Call) -> Answer:
    """GET /2/users/me."""
    call.bill_users([call.me])
    return 200, {"data": user_json(call.me, Wanted.read(call.query))}


def get_user(call: Call) -> Answer:
    """GET /2/users/:id."""
    return _one_user(call, call.world.users.get(_path_id(call)), "id", call.path["id"])


def get_user_by_name(call: Call) -> Answer:
    """GET /2/users/by/username/:username."""
    name = call.path["username"]
    return _one_user(call, call.world.user_named(name), "username", name)


def _one_user(call: Call, user: User | None, parameter: str, value: str) -> Answer:
    if user is None or user.is_gone:
        return 200, {"errors": [not_found_error("user", parameter, value)]}
    call.bill_users([user])
    return 200, {"data": user_json(user, Wanted.read(call.query))}


def get_users(call: Call) -> Answer:
    """GET /2/users?ids=…: up to 100; those that are gone come in `errors`."""
    ids = [part.strip() for part in call.query.get("ids", "").split(",") if part.strip()]
    if not 1 <= len(ids) <= 100 or not all(part.isdigit() for part in ids):
        raise invalid("The `ids` query parameter must hold 1 to 100 ids", "ids", call.query.get("ids"))
    pairs = [(part, call.world.users.get(int(part))) for part in dict.fromkeys(ids)]
    found = [user for _, user in pairs if user is not None and not user.is_gone]
    errors = [not_found_error("user", "ids", part) for part, user in pairs if user is None or user.is_gone]
    call.bill_users(found)
    wanted = Wanted.read(call.query)
    body: dict[str, Any] = {"data": [user_json(user, wanted) for user in found]} if found else {}
    return 200, {**body, **({"errors": errors} if errors else {})}


def list_rules(call: Call) -> Answer:
    """GET /2/tweets/search/stream/rules."""
    ids = [part for part in call.query.get("ids", "").split(",") if part]
    return 200, call.world.rules.listing(ids)


def count_rules(call: Call) -> Answer:
    """GET /2/tweets/search/stream/rules/counts."""
    own = {"client_app_id": "1", "rule_count": len(call.world.rules.rules)}
    counts = {
        "all_project_client_apps": [own],
        "cap_per_client_app": str(RULES_CAP),
        "cap_per_project": str(RULES_CAP),
        "client_app_rules_count": own,
        "project_rules_count": str(own["rule_count"]),
    }
    return 200, {"data": counts}


def change_rules(call: Call) -> Answer:
    """POST /2/tweets/search/stream/rules: exactly one of `add`, `delete` or `?delete_all=true`."""
    dry_run = call.query.get("dry_run", "").lower() == "true"
    book = call.world.rules
    if call.query.get("delete_all", "").lower() == "true":
        return 200, book.delete(every=True, dry_run=dry_run)
    if ("add" in call.body) == ("delete" in call.body):
        raise invalid("give exactly one of `add`, `delete` or `delete_all=true`")
    if "add" in call.body:
        added = call.body["add"]
        if not isinstance(added, list) or not all(isinstance(entry, dict) for entry in added):
            raise invalid("$.add: must be a list of objects with value and tag")
        return book.add(added, dry_run=dry_run)
    gone = _object(call.body, "delete")
    ids, values = ([str(part) for part in gone.get(name) or []] for name in ("ids", "values"))
    return 200, book.delete(ids, values, dry_run=dry_run)


def repost(call: Call) -> Answer:
    """POST /2/users/:id/retweets: passes a post on, as the account of the token."""
    if _path_id(call) != call.me.id:
        raise forbidden("The id in the address must be that of the authenticated user.")
    post_id = _id_of(call.body, "tweet_id", required=True) or 0
    call.world.repost(call.me, post_id, call.identity.client)
    return 200, {"data": {"retweeted": True, "rest_id": str(post_id)}}


def like_post(call: Call) -> Answer:
    """POST /2/users/:id/likes: gone from all self-serve tiers since 2026-04-16."""
    if call.world.settings.is_enterprise:
        return 200, {"data": {"liked": True}}
    raise forbidden("You are not permitted to perform this action.")


@dataclass(frozen=True, slots=True)
class Route:
    """One official endpoint: method, path with `:names`, which tokens it takes, and what answers."""

    method: str
    path: str
    supported: tuple[str, ...]
    endpoint: Endpoint

    @property
    def reads_posts(self) -> bool:
        """Whether its answers count against a cap of post reads."""
        return self.endpoint in (get_post, get_posts, search_recent, mentions, own_posts)

    @property
    def name(self) -> str:
        """How faults, limits and the log call it: `GET /2/users/:id/mentions`."""
        return f"{self.method} {self.path}"


ROUTES = (
    Route("POST", "/2/tweets", auth.USER, create_post),
    Route("GET", "/2/tweets", auth.ANY, get_posts),
    Route("GET", "/2/tweets/search/recent", auth.ANY, search_recent),
    Route("GET", "/2/tweets/search/stream/rules", auth.APP, list_rules),
    Route("GET", "/2/tweets/search/stream/rules/counts", auth.APP, count_rules),
    Route("POST", "/2/tweets/search/stream/rules", auth.APP, change_rules),
    Route("GET", "/2/tweets/:id", auth.ANY, get_post),
    Route("DELETE", "/2/tweets/:id", auth.USER, delete_post),
    Route("GET", "/2/users/me", auth.USER, get_me),
    Route("GET", "/2/users/by/username/:username", auth.ANY, get_user_by_name),
    Route("GET", "/2/users", auth.ANY, get_users),
    Route("GET", "/2/users/:id", auth.ANY, get_user),
    Route("GET", "/2/users/:id/mentions", auth.ANY, mentions),
    Route("GET", "/2/users/:id/tweets", auth.ANY, own_posts),
    Route("POST", "/2/users/:id/likes", auth.USER, like_post),
    Route("POST", "/2/users/:id/retweets", auth.USER, repost),
)
"""Every official endpoint but the stream and its connections, which need the socket."""
