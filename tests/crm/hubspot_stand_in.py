"""HubSpot over HTTP: contacts, notes and properties, as its public OpenAPI says.

Every body is checked against the models that HubSpot generates from its OpenAPI into its official client:
names, types, what must be there. What the specs leave to prose (properties that must exist, values that must
be unique, answers) is written here from HubSpot's documentation.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import hubspot.crm.contacts.models as contacts
import hubspot.crm.objects.notes.models as notes
from hubspot.crm.contacts.exceptions import OpenApiException

from .contract import AT
from .stand_in import Answer, Request, StandIn

TOKEN = "pat-eu1-0000"
V3 = "/crm/v3/objects"


class Refused(Exception):
    """A request that breaks a rule."""

    def __init__(self, message: str, status: int = 400) -> None:
        self.answer = Answer(status, {"status": "error", "category": "VALIDATION_ERROR", "message": message})


def validate(model: type[Any], value: Any, package: Any, where: str = "body") -> None:
    """As a JSON schema of that model would. Raises Refused."""
    if not isinstance(value, dict):
        raise Refused(f"{where} is no object")
    unknown = set(value) - set(model.attribute_map.values())
    if unknown:
        raise Refused(f"{where} has unknown members {sorted(unknown)}")
    given = {ours: value.get(theirs) for ours, theirs in model.attribute_map.items() if theirs in value}
    for name, found in given.items():
        _of_type(model.openapi_types[name], found, package, f"{where}.{name}")
    try:
        model(**given)  # its setters refuse None where the spec says "required", and values out of an enum
    except (OpenApiException, ValueError) as error:
        raise Refused(f"{where}: {error}") from None


def _of_type(kind: str, value: Any, package: Any, where: str) -> None:
    if kind.startswith("list["):
        if not isinstance(value, list):
            raise Refused(f"{where} is no list")
        for number, one in enumerate(value):
            _of_type(kind[5:-1], one, package, f"{where}[{number}]")
    elif kind.startswith("dict["):
        if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
            raise Refused(f"{where} should hold texts")
    elif kind in ("str", "int"):
        if not isinstance(value, {"str": str, "int": int}[kind]) or isinstance(value, bool):
            raise Refused(f"{where} is {value!r}, not {kind}")
    else:
        validate(getattr(package, kind), value, package, where)


class HubspotStandIn(StandIn):
    """now: HubSpot's clock. lag: how long its search does not see what was written."""

    def __init__(self) -> None:
        super().__init__()
        self.properties = {
            "firstname": ("string", False),
            "lastname": ("string", False),
            "email": ("string", True),
            "twitterhandle": ("string", False),
            "seats": ("number", False),
            "leadbot_x_user_id": ("string", True),
            "leadbot_outcome": ("string", False),
            "lastmodifieddate": ("datetime", False),
        }
        self.read_only = {"lastmodifieddate"}
        self.forbids: set[str] = set()
        self.forget_all()

    def forget_all(self) -> None:
        self.requests.clear()
        self.faults.clear()
        self.now = AT
        self.lag = timedelta(seconds=10)
        self.rival = False  # somebody else makes the same contact between our look and our write
        self.contacts: dict[str, dict[str, str]] = {}
        self.notes_by_id: dict[str, dict[str, Any]] = {}
        self._last_id = 100

    def leads(self) -> list[str]:
        return [values["leadbot_x_user_id"] for values in self.contacts.values()]

    def notes(self) -> list[str]:
        return [note["properties"]["hs_note_body"] for note in self.notes_by_id.values()]

    def outcomes(self) -> list[str]:
        return [values["leadbot_outcome"] for values in self.contacts.values()]

    def answer(self, request: Request) -> Answer:
        self.now += timedelta(seconds=1)
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return Answer(401, {"status": "error", "category": "INVALID_AUTHENTICATION", "message": "Auth"})
        if any(part in request.path for part in self.forbids):
            return Answer(403, {"status": "error", "category": "MISSING_SCOPES", "message": "missing scopes"})
        try:
            return self._route(request)
        except Refused as error:
            return error.answer

    def _route(self, request: Request) -> Answer:
        match request.method, request.path.strip("/").split("/")[2:]:
            case "POST", ["objects", "contacts", "batch", "upsert"]:
                return self._upsert(request.json)
            case "POST", ["objects", "contacts", "search"]:
                return self._search(request.json)
            case "GET", ["objects", "contacts", value]:
                return self._by(request.query["idProperty"], value)
            case "PATCH", ["objects", "contacts", contact_id]:
                validate(contacts.SimplePublicObjectInput, request.json, contacts)
                return Answer(200, self._write(contact_id, request.json["properties"]))
            case "POST", ["objects", "notes"]:
                return self._add_note(request.json)
            case "GET", ["objects", "notes"]:
                return Answer(200, {"results": []})
            case "POST", ["objects", "notes", "batch", "read"]:
                return self._read_notes(request.json)
            case "DELETE", ["objects", "notes", note_id]:
                self.notes_by_id.pop(note_id, None)
                return Answer(204)
            case "GET", ["objects", "contacts", contact_id, "associations", "notes"]:
                return self._notes_of(contact_id, request.query)
            case "GET", ["properties", "contacts"]:
                return Answer(200, {"results": [self._property(name) for name in self.properties]})
        raise Refused(f"no such path: {request.method} {request.path}", 404)

    def _upsert(self, body: Any) -> Answer:
        validate(contacts.BatchInputSimplePublicObjectBatchInputUpsert, body, contacts)
        results = []
        for one in body["inputs"]:
            by = one["idProperty"]
            self._must_be_unique(by)
            known = next((ref for ref, values in self.contacts.items() if values.get(by) == one["id"]), None)
            if known is None and self.rival:
                self.rival = False
                self.contacts["99"] = {by: one["id"], "lastmodifieddate": self.now.isoformat()}
                raise Refused("Contact already exists. Existing ID: 99", 409)
            self._must_be_free(one["properties"], known)
            if known is None:
                self._check(one["properties"])
                if not any(one["properties"].get(name) for name in ("email", "firstname", "lastname")):
                    raise Refused("at least one of email, firstname, lastname")
                known = self._new_id()
                self.contacts[known] = {by: one["id"]}
            results.append({**self._write(known, one["properties"]), "new": True})
        return Answer(200, {"status": "COMPLETE", "results": results})

    def _by(self, name: str, value: str) -> Answer:
        self._must_be_unique(name)
        found = [ref for ref, values in self.contacts.items() if values.get(name) == value]
        if not found:
            raise Refused("Object not found", 404)
        return Answer(200, {"id": found[0], "properties": self.contacts[found[0]]})

    def _must_be_unique(self, name: str) -> None:
        if name not in self.properties or not self.properties[name][1]:
            raise Refused(f"Unable to perform update/upsert by non-unique 0-1 property {name}")

    def _must_be_free(self, properties: dict[str, str], own: str | None) -> None:
        for name, value in properties.items():
            holders = [ref for ref, theirs in self.contacts.items() if value and theirs.get(name) == value]
            if self.properties.get(name, ("", False))[1] and set(holders) - {own}:
                raise Refused(f"Contact already exists. Existing ID: {holders[0]}", 409)

    def _write(self, contact_id: str, properties: dict[str, str]) -> dict[str, Any]:
        if contact_id not in self.contacts:
            raise Refused("resource not found", 404)
        self._check(properties)
        self.contacts[contact_id] |= properties
        self.contacts[contact_id]["lastmodifieddate"] = self.now.isoformat()
        return {"id": contact_id, "properties": dict(self.contacts[contact_id])}

    def _check(self, properties: dict[str, str]) -> None:
        for name, value in properties.items():
            if name not in self.properties:
                raise Refused(f'Property "{name}" does not exist (PROPERTY_DOESNT_EXIST)')
            if name in self.read_only:
                raise Refused(f'"{name}" is a read only property (READ_ONLY_VALUE)')
            if self.properties[name][0] == "number" and value and not re.fullmatch(r"-?\d+(\.\d+)?", value):
                raise Refused(f'"{value}" was not a valid long (INVALID_LONG)')

    def _search(self, body: Any) -> Answer:
        validate(contacts.PublicObjectSearchRequest, body, contacts)
        groups = body["filterGroups"]
        old = (self.now - self.lag).isoformat()
        rows = [
            {"id": ref, "properties": {name: values.get(name) for name in body["properties"]}}
            for ref, values in self.contacts.items()
            if values["lastmodifieddate"] <= old
            and any(all(self._holds(one, values) for one in group["filters"]) for group in groups)
        ]
        start = int(body.get("after") or 0)
        page = rows[start : start + body["limit"]]
        more = (
            {"paging": {"next": {"after": str(start + len(page))}}} if start + len(page) < len(rows) else {}
        )
        return Answer(200, {"total": len(rows), "results": page, **more})

    def _holds(self, one: dict[str, Any], values: dict[str, str]) -> bool:
        if one["propertyName"] not in self.properties:
            raise Refused(f'Property "{one["propertyName"]}" does not exist')
        value = values.get(one["propertyName"], "")
        match one["operator"]:
            case "HAS_PROPERTY":
                return bool(value)
            case "GTE":
                return datetime.fromisoformat(value) >= datetime.fromtimestamp(int(one["value"]) / 1000, UTC)
            case "EQ":
                return value.lower() == one["value"].lower()
        raise Refused(f"operator {one['operator']}")

    def _add_note(self, body: Any) -> Answer:
        validate(notes.SimplePublicObjectInputForCreate, body, notes)
        (association,) = body["associations"]
        if association["to"]["id"] not in self.contacts:
            raise Refused("no such contact", 404)
        assert association["types"][0]["associationTypeId"] == 202, "note to contact"
        datetime.fromisoformat(body["properties"]["hs_timestamp"])
        note_id = self._new_id()
        self.notes_by_id[note_id] = {"contact": association["to"]["id"], "properties": body["properties"]}
        return Answer(201, {"id": note_id, "properties": body["properties"]})

    def _read_notes(self, body: Any) -> Answer:
        validate(notes.BatchReadInputSimplePublicObjectId, body, notes)
        rows = [
            {"id": one["id"], "properties": self.notes_by_id[one["id"]]["properties"]}
            for one in body["inputs"]
            if one["id"] in self.notes_by_id
        ]
        return Answer(200, {"status": "COMPLETE", "results": rows})

    def _notes_of(self, contact_id: str, query: dict[str, str]) -> Answer:
        ids = [note_id for note_id, note in self.notes_by_id.items() if note["contact"] == contact_id]
        start, limit = int(query.get("after") or 0), min(int(query["limit"]), 2)
        page = [{"toObjectId": int(one), "associationTypes": []} for one in ids[start : start + limit]]
        more = {"paging": {"next": {"after": str(start + limit)}}} if start + limit < len(ids) else {}
        return Answer(200, {"results": page, **more})

    def _property(self, name: str) -> dict[str, Any]:
        kind, is_unique = self.properties[name]
        is_fixed = name in self.read_only
        return {
            "name": name,
            "type": kind,
            "hasUniqueValue": is_unique,
            "modificationMetadata": {"readOnlyValue": is_fixed},
        }

    def _new_id(self) -> str:
        self._last_id += 1
        return str(self._last_id)
