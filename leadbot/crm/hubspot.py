"""Leads as contacts of HubSpot, by its official client (extra ``hubspot``).

A contact is known by a property of ours with unique values, so that two pushes of one person can make no two
contacts. HubSpot's search lags behind what is written: it is never asked whether something is there already.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from html import escape
from typing import Any

from leadbot.crm import schema
from leadbot.crm.base import OUTCOMES, Can, Surroundings, mark_of
from leadbot.crm.fields import FACTS, Value, mapped
from leadbot.crm.hubspot_transport import client_on, invalid
from leadbot.crm.once import Once
from leadbot.crm.options import Options
from leadbot.crm.wire import Wire
from leadbot.errors import LeadbotError, PermanentError, Problem, TransientError
from leadbot.model import Lead, SlotType
from leadbot.ports import CrmAdapter, CrmCandidate, CrmOutcome

NOTE_TO_CONTACT = 202
"""HubSpot's number for a note that stands at a contact."""

LONGEST_NOTE = 13_000
"""HubSpot takes 65,536 characters of HTML; escaped, each of these may become five."""

PAGE = 100
MOST_NOTES = 500
"""Notes of a contact that are looked through for one of ours."""

_KINDS = schema.kinds_by_type(
    texts=("string", "phone_number", "enumeration"), numbers=("number",), times=("datetime", "date")
)

_FIXES = {
    "crm_unauthorized": "make a private app's access token anew and set LEADBOT_CRM_TOKEN",
    "crm_forbidden": "give the private app the scopes crm.objects.contacts.read and .write, "
    "crm.schemas.contacts.read",
}


class HubspotCrm:
    """A `ports.CrmAdapter` over contacts and notes. client: `hubspot.HubSpot`."""

    def __init__(
        self,
        client: Any,
        around: Surroundings,
        *,
        key_property: str,
        outcome_property: str,
        fields: Mapping[str, str],
        cards: Mapping[str, SlotType],
    ) -> None:
        self._crm = client.crm
        self._now = around.now
        self._key = key_property
        self._outcome = outcome_property
        self._fields = dict(fields)
        self._cards = cards

    def capabilities(self) -> frozenset[str]:
        """Everything."""
        return frozenset(Can)

    def find(self, lead: Lead) -> list[CrmCandidate]:
        """Contacts with this X account, name, handle or e-mail."""
        values = mapped(lead, self._fields)
        names = {"name": "the same name", "username": "the same handle"}
        asked: list[tuple[str, Value, str]] = [(self._key, lead.external_key, "the same X account")]
        asked += [
            (field, values[field], names.get(ours, "the same e-mail"))
            for ours, field in self._fields.items()
            if values.get(field) and (ours in names or field == "email")
        ]
        if "name" not in self._fields:
            asked.append(("lastname", FACTS["name"].of(lead), names["name"]))
        found: dict[str, CrmCandidate] = {}
        for name, value, why in asked:
            for row in self._search(
                [[_filter(name, "EQ", str(value))]], ["firstname", "lastname", "email"], most=5
            ):
                found.setdefault(row["id"], CrmCandidate(row["id"], _label(row["properties"]), why))
        return list(found.values())

    def upsert(self, lead: Lead, *, key: str) -> str:
        """The contact's id."""
        properties = {name: _text(value) for name, value in mapped(lead, self._fields).items()}
        if not properties.get("lastname") and not self._is_there(lead.external_key):
            properties["lastname"] = _text(FACTS["name"].of(lead))
        if lead.reopens:
            properties[self._outcome] = ""
        properties[self._key] = lead.external_key
        one = {"id": lead.external_key, "idProperty": self._key, "properties": properties}
        answer = self._written(one, lead)
        results = answer.get("results") or []
        if not results:
            raise invalid(json.dumps(answer), _refusal_of(answer))  # 207: the batch came, its contact did not
        return str(results[0]["id"])

    def _written(self, one: Mapping[str, Any], lead: Lead) -> dict[str, Any]:
        """A value that must be unique is taken: by this person, made by somebody else just now, or by another
        contact, whom a human must look at.
        """
        try:
            return self._ask(lambda: self._crm.contacts.batch_api.upsert({"inputs": [one]}))
        except PermanentError as error:
            if error.reason == "conflict" and self._is_there(lead.external_key):
                raise TransientError("HubSpot: this contact was made by somebody else just now") from None
            raise

    def add_note(self, ref: str, text: str, *, key: str) -> str:
        """The note's id. One of this key that is there already is taken for it."""
        mark = mark_of(key)
        known = next((note_id for note_id, body in self._notes(ref) if mark in body), None)
        if known is not None:
            return known
        lines = [*text[:LONGEST_NOTE].splitlines(), f"({mark})"]
        body = "<br>".join(escape(line, quote=False) for line in lines)
        note = {
            "properties": {"hs_timestamp": _stamp(self._now()), "hs_note_body": body},
            "associations": [
                {
                    "to": {"id": ref},
                    "types": [
                        {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": NOTE_TO_CONTACT}
                    ],
                }
            ],
        }
        return str(self._ask(lambda: self._crm.objects.notes.basic_api.create(note))["id"])

    def delete_note(self, ref: str, note_id: str, *, key: str) -> None:
        """Into HubSpot's bin, which it empties itself."""
        try:
            self._ask(lambda: self._crm.objects.notes.basic_api.archive(note_id))
        except PermanentError as error:
            if error.reason != "no_such_lead":
                raise

    def set_outcome(self, ref: str, outcome: str, *, key: str) -> None:
        """Into the property of outcomes."""
        change = {"properties": {self._outcome: outcome}}
        self._ask(lambda: self._crm.contacts.basic_api.update(ref, change))

    def pull_outcomes(self, since_at: datetime) -> list[CrmOutcome]:
        """Contacts of ours with an outcome, changed since then."""
        wanted = [
            _filter("lastmodifieddate", "GTE", str(int(since_at.timestamp() * 1000))),
            {"propertyName": self._key, "operator": "HAS_PROPERTY"},
            {"propertyName": self._outcome, "operator": "HAS_PROPERTY"},
        ]
        found = []
        for row in self._search([wanted], [self._key, self._outcome, "lastmodifieddate"]):
            values = row["properties"]
            if values.get(self._outcome) in OUTCOMES:
                at = datetime.fromisoformat(values["lastmodifieddate"]).astimezone(UTC)
                found.append(CrmOutcome(row["id"], values[self._key], values[self._outcome], at))
        return found

    def examine(self) -> list[Problem]:
        """Token, scopes, our two properties, and the field map."""
        try:
            answer = self._ask(lambda: self._crm.properties.core_api.get_all("contacts"))
            self._ask(lambda: self._crm.objects.notes.basic_api.get_page(limit=1))
        except LeadbotError as error:
            return [schema.unanswered(error, _FIXES)]
        there = {row["name"]: _field(row) for row in answer["results"]}
        found = self._own_properties(there)
        make = "HubSpot, Settings, Properties, Contact properties, Create property"
        return found + schema.compare(self._fields, self._cards, there.values(), how_to_make=make)

    def _own_properties(self, there: Mapping[str, schema.Field]) -> list[Problem]:
        at = "in HubSpot, Settings, Properties, Contact properties, make a property"
        found = []
        key = there.get(self._key)
        if key is None or not key.is_unique:
            what = f'there is no contact property "{self._key}" with unique values'
            fix = f'{at} named "{self._key}": single-line text, rule "require unique values"'
            found.append(Problem("crm.key_property", what, fix, "crm-no-field"))
        if self._outcome not in there:
            what = f'there is no contact property "{self._outcome}"'
            kind = f"single-line text, or a dropdown of {', '.join(OUTCOMES)}"
            fix = f'{at} named "{self._outcome}": {kind}'
            found.append(Problem("crm.outcome_property", what, fix, "crm-no-field"))
        return found

    def _is_there(self, external_key: str) -> bool:
        """A contact that is there keeps the name a rep may have corrected."""
        try:
            self._ask(lambda: self._crm.contacts.basic_api.get_by_id(external_key, id_property=self._key))
        except PermanentError as error:
            if error.reason != "no_such_lead":
                raise
            return False
        return True

    def _notes(self, ref: str) -> Iterator[tuple[str, str]]:
        """Ids and words of the notes at a contact, by their associations: those do not lag."""
        after: str | None = None
        seen = 0
        while seen < MOST_NOTES:
            more: dict[str, Any] = {"after": after} if after else {}
            page = self._ask(
                lambda more=more: self._crm.associations.v4.basic_api.get_page(  # type: ignore[misc]
                    "contacts", ref, "notes", limit=PAGE, **more
                )
            )
            ids = [{"id": str(one["toObjectId"])} for one in page["results"]]
            if not ids:
                return
            wanted = {"inputs": ids, "properties": ["hs_note_body"], "propertiesWithHistory": []}
            read = self._ask(lambda wanted=wanted: self._crm.objects.notes.batch_api.read(wanted))  # type: ignore[misc]
            for row in read["results"]:
                yield str(row["id"]), row["properties"].get("hs_note_body") or ""
            after, seen = _next(page), seen + len(ids)
            if after is None:
                return

    def _search(
        self, groups: list[list[dict[str, Any]]], properties: list[str], *, most: int = 10_000
    ) -> Iterator[dict[str, Any]]:
        after: str | None = None
        seen = 0
        while seen < most:
            request = {
                "filterGroups": [{"filters": filters} for filters in groups],
                "properties": properties,
                "limit": min(PAGE, most),
                **({"after": after} if after else {}),
            }
            page = self._ask(lambda request=request: self._crm.contacts.search_api.do_search(request))  # type: ignore[misc]
            yield from page["results"]
            after, seen = _next(page), seen + len(page["results"])
            if after is None or not page["results"]:
                return

    def _ask(self, call: Callable[[], Any]) -> dict[str, Any]:
        """One call of the client; its answer as JSON. What HubSpot refuses is raised by who acts next."""
        from hubspot.crm.contacts.exceptions import OpenApiException

        try:
            return _json(call())
        except OpenApiException as error:
            raise PermanentError("crm_refused", f"HubSpot's client: {type(error).__name__}") from None


def _json(answer: Any) -> dict[str, Any]:
    """The client's answer as HubSpot wrote it: its models differ from one object to the next."""
    if answer is None or not getattr(answer, "data", b""):
        return {}
    found = json.loads(answer.data)
    return found if isinstance(found, dict) else {}


def build(options: Mapping[str, Any], around: Surroundings) -> CrmAdapter:
    """The adapter from ``[crm]``. Raises ConfigError."""
    read = Options(options, "hubspot")
    base_url = read.url("base_url", "https://api.hubapi.com", example="https://api.hubapi.com")
    token = read.secret("token")
    names = {
        "key_property": read.text("key_property", "leadbot_x_user_id"),
        "outcome_property": read.text("outcome_property", "leadbot_outcome"),
    }
    for key, name in names.items():
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
            read.fault(
                key, f'"{name}" is no internal name of a property', "write lower case letters, digits and _"
            )
    fields, timeout = read.fields(), read.timeout()
    read.done()
    wire = Wire("HubSpot", around.now, timeout=timeout)
    client = client_on(wire, base_url, token)
    return Once(HubspotCrm(client, around, **names, fields=fields, cards=read.cards()), around.ledger)


def _field(row: Mapping[str, Any]) -> schema.Field:
    kind = str(row.get("type", ""))
    is_read_only = bool((row.get("modificationMetadata") or {}).get("readOnlyValue"))
    is_unique = bool(row.get("hasUniqueValue"))
    return schema.Field(str(row["name"]), kind, _KINDS.get(kind, frozenset()), not is_read_only, is_unique)


def _filter(name: str, operator: str, value: str) -> dict[str, Any]:
    return {"propertyName": name, "operator": operator, "value": value}


def _next(page: Mapping[str, Any]) -> str | None:
    after = ((page.get("paging") or {}).get("next") or {}).get("after")
    return None if after is None else str(after)


def _label(values: Mapping[str, Any]) -> str:
    parts = [values.get(name) or "" for name in ("firstname", "lastname", "email")]
    return " ".join(part for part in parts if part) or "a contact without a name"


def _text(value: Value) -> str:
    if isinstance(value, datetime):
        return _stamp(value)
    if value is None:
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _refusal_of(answer: Mapping[str, Any]) -> str:
    errors = answer.get("errors") or [{}]
    return str(errors[0].get("message") or "the contact was not written")[:300]
