"""Holds recorded traffic to X's own OpenAPI document, which is read where it lies and never copied.

Version 2.167 of it is in the middle of a change of names: what X's pages, its answers and tweepy call "tweet"
it calls "post", but for the stream. So old names are translated before answers are looked at, and where an
operation lists only new names, a parameter may have the values that the stream's list has.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

DOCUMENT = Path(__file__).parents[2].parent / "shared" / "x-api" / "openapi-2.167.json"
STREAM = "/2/tweets/search/stream"
MEANS = {
    "OAuth 2.0 Application-Only": "BearerToken",
    "OAuth 1.0a User Context": "UserToken",
    "OAuth 2.0 User Context": "OAuth2UserToken",
}
NEW_NAMES = {
    "edit_history_tweet_ids": "edit_history_post_ids",
    "note_tweet": "note_post",
    "referenced_tweets": "referenced_posts",
    "retweet_count": "repost_count",
    "tweet_count": "post_count",
    "tweets": "posts",
}
"""Members as X sends them → as this document calls them."""

MOMENT = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"
OLD_PARAMETERS = {"tweet.fields": "post.fields"}
STATUSES = {("POST", "/2/tweets/search/stream/rules"): {201}}
"""Statuses that X's pages show and the document leaves out."""

LEFT_OUT = {
    ("GET", "/2/tweets/search/stream/rules"): ("meta", "sent"),
    ("GET", "/2/activity/subscriptions"): ("meta", ""),
}
"""Operation → (member, member of that; all if empty) of which the same is true: X's pages show when rules
were sent, and a list in pages must tell the token of the next."""

_PROBLEMS = """
about:blank client-forbidden credits duplicate-rules invalid-rules operational-disconnect rule-cap
streaming-connection unsupported-authentication usage-capped
"""
OLDER_PROBLEMS = frozenset(_PROBLEMS.split())
"""Last segments of problem types seen in the field and in version 2.159, which 2.167 has dropped."""

_MEMBERS = """
account_id client_id connection_issue details disconnect_type errors id period product_name reason
registration_url required_enrollment scope
"""
OLDER_MEMBERS = frozenset(_MEMBERS.split())


class OpenApi:
    """The document, closed: an object may have no members but those it names."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = deepcopy(dict(document))
        for schema in self.document["components"]["schemas"].values():
            _close(schema)
        for path in self.document["paths"].values():
            _close(path)
        resource = DRAFT202012.create_resource(self.document)
        self._registry: Any = Registry().with_resource("urn:x", resource)

    @classmethod
    def here(cls) -> OpenApi | None:
        """The document, if it is on this machine."""
        return cls(json.loads(DOCUMENT.read_text(encoding="utf-8"))) if DOCUMENT.exists() else None

    def path_of(self, path: str) -> str | None:
        """The document's path for an address: `/2/users/me` rather than `/2/users/{id}`."""
        fitting = [one for one in self.document["paths"] if _fits(one, path)]
        return min(fitting, key=lambda one: one.count("{")) if fitting else None

    def faults_in(self, exchange: Mapping[str, Any]) -> list[str]:
        """Everything in one exchange that the document does not have like this."""
        address = urlsplit(exchange["path"])
        path, method = self.path_of(address.path), exchange["method"]
        operation = self.document["paths"].get(path, {}).get(method.lower())
        if operation is None:
            return [f"{method} {address.path} is no operation"]
        if exchange["status"] == 404:
            return []
        found = [
            *self._in_query(operation, address.query),
            *self._in_path(operation, str(path), address.path),
            *self._in_means(operation, exchange),
            *self._in_body(operation, exchange["body"]),
            *self._in_answer(operation, (method, str(path)), exchange),
        ]
        return [f"{method} {path}: {fault}" for fault in found]

    def _in_query(self, operation: Mapping[str, Any], query: str) -> Iterator[str]:
        known = {one["name"]: one for one in self._parameters(operation) if one["in"] == "query"}
        given = parse_qsl(query, keep_blank_values=True)
        for name, value in given:
            parameter = known.get(name) or known.get(OLD_PARAMETERS.get(name, ""))
            if parameter is None:
                yield f"the parameter {name} is unknown"
            else:
                yield from self._in_value(parameter, name, value)
        missing = {name for name, one in known.items() if one.get("required")} - {name for name, _ in given}
        yield from (f"the parameter {name} is missing" for name in sorted(missing))

    def _in_value(self, parameter: Mapping[str, Any], name: str, value: str) -> Iterator[str]:
        schema = self._resolved(parameter["schema"])
        if schema.get("type") == "array":
            allowed = set(self._resolved(schema["items"]).get("enum", ())) | self._old_values(name)
            parts = value.split(",")
            if len(set(parts)) != len(parts):
                yield f"{name} names something twice"
            yield from (f"{name} has no {part!r}" for part in parts if allowed and part not in allowed)
            return
        typed: Any = value
        if schema.get("type") == "integer" and re.fullmatch(r"-?\d+", value):
            typed = int(value)
        if schema.get("type") == "boolean":
            typed = {"true": True, "false": False}.get(value.lower(), value)
        yield from (f"{name}: {fault}" for fault in self._against(schema, typed))

    def _old_values(self, name: str) -> set[str]:
        stream = self.document["paths"][STREAM]["get"]
        lists = [one for one in self._parameters(stream) if one["name"] == name]
        return {value for one in lists for value in self._resolved(one["schema"])["items"]["enum"]}

    def _in_path(self, operation: Mapping[str, Any], path: str, address: str) -> Iterator[str]:
        names = re.findall(r"\{(\w+)\}", path)
        match = re.fullmatch(re.sub(r"\\\{\w+\\\}", "([^/]+)", re.escape(path)), address)
        values = dict(zip(names, match.groups() if match else (), strict=True))
        for one in self._parameters(operation):
            if one["in"] == "path":
                yield from (
                    f"{one['name']}: {fault}" for fault in self._against(one["schema"], values[one["name"]])
                )

    def _in_means(self, operation: Mapping[str, Any], exchange: Mapping[str, Any]) -> Iterator[str]:
        taken = {name for one in operation.get("security", ()) for name in one}
        means = MEANS.get(exchange["means"] or "")
        # A refusal for its token is what the document wants for a wrong one.
        if means is not None and means not in taken and exchange["status"] not in (401, 403):
            yield f"{means} is not among {sorted(taken)}"

    def _in_body(self, operation: Mapping[str, Any], body: Any) -> Iterator[str]:
        wanted = operation.get("requestBody")
        if wanted is None:
            if body:
                yield "a body where none belongs"
            return
        if body is not None or wanted.get("required"):
            yield from self._against(wanted["content"]["application/json"]["schema"], body)

    def _in_answer(
        self, operation: Mapping[str, Any], key: tuple[str, str], exchange: Mapping[str, Any]
    ) -> Iterator[str]:
        status, answer = exchange["status"], exchange["answer"]
        if status >= 400:
            yield from self._in_problem(answer) if isinstance(answer, dict) else ()
            return
        known = {int(code): one for code, one in operation["responses"].items() if code.isdigit()}
        if status not in known and status not in STATUSES.get(key, ()):
            yield f"the status {status} is unknown"
            return
        if answer is None:
            return  # a stream's head
        response = known.get(status) or next(iter(known.values()))
        problems = [one for one in answer.get("errors", ()) if "type" in one]
        for one in problems:
            yield from self._in_problem(one)
        plain = {name: value for name, value in answer.items() if name != "errors" or not problems}
        plain = _without(plain, *LEFT_OUT.get(key, ("", "")))
        yield from self._against(response["content"]["application/json"]["schema"], _renamed(plain))

    def _in_problem(self, problem: Mapping[str, Any]) -> Iterator[str]:
        kind = _kind(problem)
        name = "".join(word.capitalize() for word in kind.split("-")) + "Problem"
        schemas = self.document["components"]["schemas"]
        if name in schemas:
            shown = {key: value for key, value in problem.items() if key not in OLDER_MEMBERS}
            shown["type"] = "https://api.x.com/2/problems/" + kind
            yield from self._against(schemas[name], shown)
        elif kind not in OLDER_PROBLEMS:
            yield f"the problem {kind!r} is unknown"
        elif not isinstance(problem.get("title"), str):
            yield f"the problem {kind!r} has no title"

    def _parameters(self, operation: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        return [self._resolved(one) for one in operation.get("parameters", ())]

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in schema:
            found: Any = self.document
            for part in schema["$ref"].split("/")[1:]:
                found = found[part]
            schema = found
        return schema

    def _against(self, schema: Mapping[str, Any], value: Any) -> Iterator[str]:
        validator = Draft202012Validator(_absolute(schema), registry=self._registry)
        for error in validator.iter_errors(value):
            yield from _told(error)


def _told(error: Any) -> Iterator[str]:
    # Of several schemas that do not fit, the one that came nearest says most.
    inner = [one for one in error.context or () if one.validator not in ("enum", "type")]
    for one in inner or [error]:
        where = "/".join(str(part) for part in one.absolute_path)
        yield f"{where or 'body'}: {one.message[:200]}"


def _close(schema: Any) -> None:
    """Let no object have members that it does not name, and say "nullable" in the words of JSON Schema."""
    if isinstance(schema, dict):
        if schema.get("format") == "date-time":
            schema["pattern"] = MOMENT
        if schema.get("nullable") is True and isinstance(schema.get("type"), str):
            schema["type"] = [schema["type"], "null"]
            if "enum" in schema:
                schema["enum"] = [*schema["enum"], None]
        if schema.get("type") == "object" and schema.get("properties"):
            schema.setdefault("additionalProperties", False)
        for part in schema.values():
            _close(part)
    elif isinstance(schema, list):
        for part in schema:
            _close(part)


def _absolute(schema: Mapping[str, Any]) -> Any:
    """The schema with references that can be followed from anywhere."""
    return json.loads(json.dumps(schema).replace('"$ref": "#/', '"$ref": "urn:x#/'))


def _fits(template: str, path: str) -> bool:
    return re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template)), path) is not None


def _renamed(value: Any) -> Any:
    if isinstance(value, list):
        return [_renamed(one) for one in value]
    if not isinstance(value, dict):
        return value
    shown = {NEW_NAMES.get(name, name): _renamed(one) for name, one in value.items()}
    if shown.get("scope") == "tweet":
        shown["scope"] = "post"
    return shown


def _without(answer: dict[str, Any], member: str, inner: str) -> dict[str, Any]:
    if inner:
        return {**answer, member: {name: one for name, one in answer[member].items() if name != inner}}
    return {name: one for name, one in answer.items() if name != member}


def _kind(problem: Mapping[str, Any]) -> str:
    return str(problem.get("type", "")).rpartition("/")[2]


def faults_in(document: OpenApi, exchanges: Iterable[Mapping[str, Any]]) -> list[str]:
    """The faults of many exchanges, each once."""
    return sorted({fault for one in exchanges for fault in document.faults_in(one)})
