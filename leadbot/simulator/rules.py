"""The rule book of the filtered stream: add, delete, list, and which rules a post meets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from leadbot.simulator.accounts import Post
from leadbot.simulator.clock import SimClock, Snowflakes, iso
from leadbot.simulator.matcher import Matches, RuleError, compile_rule
from leadbot.simulator.settings import SimSettings

RULES_CAP = 1_000


@dataclass(frozen=True, slots=True)
class StreamRule:
    """One rule of the app; it delivers from `active_at` on."""

    id: str
    value: str
    tag: str | None
    matches: Matches
    active_at: datetime

    def as_json(self) -> dict[str, str]:
        """The rule as X lists it; the tag is left out when there is none."""
        return {"id": self.id, "value": self.value, **({"tag": self.tag} if self.tag else {})}

    def as_match(self) -> dict[str, str]:
        """The rule as it stands in `matching_rules` of a stream item."""
        return {"id": self.id, **({"tag": self.tag} if self.tag else {})}


@dataclass(slots=True)
class RuleBook:
    """Rules stay across connections and belong to the app, as at X."""

    clock: SimClock
    ids: Snowflakes
    settings: SimSettings
    rules: dict[str, StreamRule] = field(default_factory=dict)

    def matching(self, post: Post) -> list[StreamRule]:
        """The active rules that the post meets."""
        return [
            rule for rule in self.rules.values() if rule.active_at <= post.created_at and rule.matches(post)
        ]

    def listing(self, ids: Sequence[str] = ()) -> dict[str, Any]:
        """The body of GET rules; `data` is left out when there are none."""
        chosen = [rule.as_json() for rule in self.rules.values() if not ids or rule.id in ids]
        body: dict[str, Any] = {"data": chosen} if chosen else {}
        return {**body, "meta": {"sent": iso(self.clock.now()), "result_count": len(chosen)}}

    def add(self, asked: Sequence[dict[str, Any]], *, dry_run: bool = False) -> tuple[int, dict[str, Any]]:
        """Adds rules one by one; the answer lists those made and, in `errors`, those refused."""
        made: list[dict[str, str]] = []
        errors: list[dict[str, Any]] = []
        kept = dict(self.rules)
        for entry in asked:
            rule = self._checked(entry, errors)
            if rule is not None:
                self.rules[rule.id] = rule
                made.append(rule.as_json())
        invalid = sum(error["title"] != "DuplicateRule" for error in errors)
        summary = {
            "created": len(made),
            "not_created": len(errors),
            "valid": len(asked) - invalid,
            "invalid": invalid,
        }
        if dry_run:
            self.rules = kept
        return (201 if made else 200), self._answer(summary, made, errors)

    def delete(
        self,
        ids: Sequence[str] = (),
        values: Sequence[str] = (),
        *,
        every: bool = False,
        dry_run: bool = False,
    ) -> dict[str, Any]:
        """Deletes by id, by value, or all."""
        gone = [rule.id for rule in self.rules.values() if every or rule.id in ids or rule.value in values]
        known = {rule.id for rule in self.rules.values()} | {rule.value for rule in self.rules.values()}
        missing = [name for name in (*ids, *values) if name not in known]
        errors = [
            {
                "errors": [{"message": "Rule does not exist", "parameters": {}}],
                "title": "Invalid Request",
                "detail": f"Could not find rule [{name}].",
                "type": "https://api.twitter.com/2/problems/invalid-request",
            }
            for name in missing
        ]
        if not dry_run:
            for rule_id in gone:
                del self.rules[rule_id]
        return self._answer({"deleted": len(gone), "not_deleted": len(missing)}, [], errors)

    def _checked(self, entry: dict[str, Any], errors: list[dict[str, Any]]) -> StreamRule | None:
        value, tag = str(entry.get("value", "")), entry.get("tag") or None
        twin = next((rule for rule in self.rules.values() if rule.value == value and rule.tag == tag), None)
        kind = "https://api.twitter.com/2/problems/"
        if twin is not None:
            errors.append(
                {"value": value, "id": twin.id, "title": "DuplicateRule", "type": kind + "duplicate-rules"}
            )
            return None
        if len(self.rules) >= RULES_CAP:
            errors.append({"value": value, "title": "RulesCapExceeded", "type": kind + "rule-cap"})
            return None
        try:
            matches = compile_rule(value)
        except RuleError as error:
            title = "UnprocessableEntity"
            errors.append(
                {"value": value, "details": [str(error)], "title": title, "type": kind + "invalid-rules"}
            )
            return None
        rule_id, now = self.ids.next()
        active_at = now + timedelta(seconds=self.settings.rule_activation_s)
        return StreamRule(str(rule_id), value, tag, matches, active_at)

    def _answer(
        self, summary: dict[str, int], data: list[dict[str, str]], errors: list[dict[str, Any]]
    ) -> dict[str, Any]:
        body: dict[str, Any] = {"data": data} if data else {}
        body["meta"] = {"sent": iso(self.clock.now()), "summary": summary}
        if errors:
            body["errors"] = errors
        return body
