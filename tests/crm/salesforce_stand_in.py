"""Salesforce over HTTP: sign-in, leads, tasks, and the queries that leadbot asks.

Written from Salesforce's REST API guide: PATCH by external id, lists of ``{"errorCode", "message"}``, SOQL
with AND, pages by ``nextRecordsUrl``. Fields that an object does not have are refused wherever they stand.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

from .contract import AT
from .stand_in import Answer, Request, StandIn

CLIENT_ID, SECRET = "3MVG9-client", "salesforce-secret"
ROOT = "/services/data/v60.0"
STANDARD = {"Id", "Name", "SystemModstamp"}
PAGE = 2


class Refused(Exception):
    """A request that breaks a rule."""

    def __init__(self, code: str, message: str = "", status: int = 400) -> None:
        self.answer = Answer(status, [{"errorCode": code, "message": message or code, "fields": []}])


class SalesforceStandIn(StandIn):
    """now: Salesforce's clock. Records by object and id."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, dict[str, str]] = {}
        self.forget_all()

    def forget_all(self) -> None:
        self.requests.clear()
        self.faults.clear()
        self.now = AT
        self.tokens: set[str] = set()
        self.records: dict[str, dict[str, dict[str, Any]]] = {"Lead": {}, "Task": {}}
        self.fields = {
            "Lead": {
                "LastName": "string",
                "Company": "string",
                "Email": "email",
                "Handle__c": "string",
                "Seats__c": "double",
                "X_User_Id__c": "string",
                "Leadbot_Outcome__c": "picklist",
                "IsConverted": "boolean",
            },
            "Task": {
                "WhoId": "reference",
                "Subject": "string",
                "Description": "textarea",
                "Status": "picklist",
            },
        }
        self.may = {"createable": True, "updateable": True}
        self.is_unique = True
        self.limit_is_spent = False
        self.blocks = False  # a duplicate rule that blocks
        self.rival = False  # somebody else makes the same lead between our look and our write
        self._last_id = 0
        self.deals: dict[str, dict[str, Any]] = {}
        self._pages: dict[str, list[Any]] = {}

    def leads(self) -> list[str]:
        return [record["X_User_Id__c"] for record in self.records["Lead"].values()]

    def notes(self) -> list[str]:
        return [record["Description"] for record in self.records["Task"].values()]

    def outcomes(self) -> list[str]:
        return [record["Leadbot_Outcome__c"] for record in self.records["Lead"].values()]

    def answer(self, request: Request) -> Answer:
        self.now += timedelta(seconds=1)
        if request.path == "/services/oauth2/token":
            return self._sign_in(request)
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return Answer(401, [{"errorCode": "INVALID_SESSION_ID", "message": "Session expired"}])
        if self.limit_is_spent:
            return Answer(403, [{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "TotalRequests Limit"}])
        try:
            return self._route(request)
        except Refused as error:
            return error.answer

    def _sign_in(self, request: Request) -> Answer:
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        wanted = {"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": SECRET}
        if form != wanted:
            return Answer(400, {"error": "invalid_client", "error_description": "invalid client credentials"})
        token = f"00D!{len(self.tokens)}"
        self.tokens.add(token)
        return Answer(200, {"access_token": token, "instance_url": "https://elsewhere.example"})

    def _route(self, request: Request) -> Answer:
        match request.method, request.path.removeprefix(f"{ROOT}/").strip("/").split("/"):
            case "GET", ["query"]:
                return self._query(request.query["q"])
            case "GET", ["query", page]:
                return self._page(self._pages.pop(page))
            case "GET", ["sobjects", kind, "describe"]:
                return Answer(200, {"name": kind, **self.may, "fields": self._described(kind)})
            case "GET", ["sobjects", kind, field, value]:
                found = self._by(kind, field, value)
                if found is None:
                    raise Refused("NOT_FOUND", "The requested resource does not exist", 404)
                return Answer(200, self.records[kind][found])
            case "PATCH", ["sobjects", kind, field, value]:
                return self._upsert(kind, field, value, request.json)
            case "PATCH", ["sobjects", kind, ref]:
                return self._write(kind, ref, request.json)
            case "POST", ["sobjects", kind]:
                return self._create(kind, request.json)
            case "DELETE", ["sobjects", kind, ref]:
                if self.records[kind].pop(ref, None) is None:
                    raise Refused("ENTITY_IS_DELETED", "entity is deleted", 404)
                return Answer(204)
        raise Refused("NOT_FOUND", request.path, 404)

    def _by(self, kind: str, field: str, value: str) -> str | None:
        if field not in self.fields[kind]:
            raise Refused("NOT_FOUND", f"Provided external ID field does not exist: {field}", 404)
        found = [ref for ref, record in self.records[kind].items() if record.get(field) == value]
        if len(found) > 1:
            raise Refused("MULTIPLE_CHOICES", status=300)
        return found[0] if found else None

    def _upsert(self, kind: str, field: str, value: str, values: dict[str, Any]) -> Answer:
        known = self._by(kind, field, value)
        if known is None and self.blocks:
            raise Refused("DUPLICATES_DETECTED", "You're creating a duplicate record")
        if known is None and self.rival:
            self.rival = False
            self._create(kind, {**values, field: value})
            raise Refused("DUPLICATE_VALUE", f"duplicate value found: {field}")
        if known is None:
            return self._create(kind, {**values, field: value})
        self._write(kind, known, values)
        return Answer(200, {"id": known, "success": True, "created": False, "errors": []})

    def _create(self, kind: str, values: dict[str, Any]) -> Answer:
        self._check(kind, values)
        if kind == "Lead":
            missing = [name for name in ("LastName", "Company") if not values.get(name)]
            if missing:
                raise Refused("REQUIRED_FIELD_MISSING", f"Required fields are missing: {missing}")
        elif values["WhoId"] not in self.records["Lead"]:
            raise Refused("INVALID_CROSS_REFERENCE_KEY")
        self._last_id += 1
        ref = f"00Q{self._last_id:012d}AAA"
        self.records[kind][ref] = {"Id": ref, "Name": values.get("LastName")}
        self._write(kind, ref, values)
        return Answer(201, {"id": ref, "success": True, "errors": [], "created": True})

    def _write(self, kind: str, ref: str, values: dict[str, Any]) -> Answer:
        self._check(kind, values)
        if ref not in self.records[kind]:
            raise Refused("NOT_FOUND", "The requested resource does not exist", 404)
        if self.records[kind][ref].get("IsConverted"):
            raise Refused("CANNOT_UPDATE_CONVERTED_LEAD")
        self.records[kind][ref] |= {**values, "SystemModstamp": self._stamp(self.now)}
        return Answer(204)

    def _check(self, kind: str, values: dict[str, Any]) -> None:
        for name, value in values.items():
            if name not in self.fields[kind]:
                raise Refused("INVALID_FIELD", f"No such column '{name}' on sobject of type {kind}")
            if self.fields[kind][name] == "double" and isinstance(value, str):
                raise Refused("JSON_PARSER_ERROR", f"Cannot deserialize double from {value}")

    def _query(self, soql: str) -> Answer:
        found = re.fullmatch(r"SELECT (.+?) FROM (\w+) WHERE (.+?)(?: LIMIT (\d+))?", soql)
        assert found, soql
        names, kind, wheres, limit = found.groups()
        conditions = [self._condition(kind, one) for one in wheres.split(" AND ")]
        rows = [
            self._selected(ref, record, names.split(", "), kind)
            for ref, record in self.records[kind].items()
            if all(holds(ref, record) for holds in conditions)
        ]
        return self._page(rows[: int(limit or 10_000)])

    def _condition(self, kind: str, text: str) -> Any:
        found = re.fullmatch(r"([\w.]+) (=|!=|>=) (.+)", text)
        assert found, text
        name, operator, wanted = found.groups()
        self._must_know(kind, name)
        value: Any = {"null": None, "true": True}.get(wanted, wanted)
        if wanted.startswith("'"):
            value = re.sub(r"\\(.)", r"\1", wanted[1:-1])

        def holds(ref: str, record: dict[str, Any]) -> bool:
            own = self._value(ref, record, name)
            if operator == ">=":
                return own is not None and datetime.fromisoformat(own) >= datetime.fromisoformat(value)
            same = own.lower() == value.lower() if isinstance(own, str) and value else own == value
            return same if operator == "=" else not same

        return holds

    def _must_know(self, kind: str, name: str) -> None:
        if not name.startswith("ConvertedOpportunity.") and name not in {*self.fields[kind], *STANDARD}:
            raise Refused("INVALID_FIELD", f"No such column '{name}' on entity '{kind}'")

    def _value(self, ref: str, record: dict[str, Any], name: str) -> Any:
        head, _, tail = name.partition(".")
        return self.deals.get(ref, {}).get(tail) if tail else record.get(head)

    def _selected(self, ref: str, record: dict[str, Any], names: list[str], kind: str) -> dict[str, Any]:
        row: dict[str, Any] = {"attributes": {"type": kind}}
        for name in names:
            self._must_know(kind, name)
            head, _, tail = name.partition(".")
            if tail:
                row.setdefault(head, {})[tail] = self._value(ref, record, name)
            else:
                row[head] = record.get(head)
        return row

    def _page(self, rows: list[Any]) -> Answer:
        page, rest = rows[:PAGE], rows[PAGE:]
        more: dict[str, Any] = {"done": True}
        if rest:
            name = f"01g-{len(self.requests)}"
            self._pages[name] = rest
            more = {"done": False, "nextRecordsUrl": f"{ROOT}/query/{name}"}
        return Answer(200, {"totalSize": len(rows), "records": page, **more})

    def _described(self, kind: str) -> list[dict[str, Any]]:
        return [
            {
                "name": name,
                "type": type_,
                "updateable": name not in ("IsConverted",),
                "externalId": name == "X_User_Id__c",
                "unique": name == "X_User_Id__c" and self.is_unique,
            }
            for name, type_ in self.fields[kind].items()
        ]

    def convert(self, ref: str, *, is_closed: bool, is_won: bool) -> None:
        """A rep converts the lead, and its deal goes on."""
        self.now += timedelta(seconds=1)
        self.records["Lead"][ref]["IsConverted"] = True
        stamp = self._stamp(self.now)
        self.deals[ref] = {"IsClosed": is_closed, "IsWon": is_won, "SystemModstamp": stamp}

    @staticmethod
    def _stamp(at: datetime) -> str:
        return at.strftime("%Y-%m-%dT%H:%M:%S.000+0000")
