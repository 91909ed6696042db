"""Tryton over HTTP: sign-in, and records of a few models with the searches that leadbot asks.

Written after the answers of a real server (8.0; test_tryton_live.py runs the same contract on one): results
and errors stand in a 200, times are ``{"__class__": "datetime"}``, a lead is won only with an employee.
"""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

from .contract import AT
from .stand_in import Answer, Request, StandIn

DATABASE, USER, PASSWORD = "crm", "leadbot", "tryton-password"
FIELDS = {
    "sale.opportunity": {
        "reference": "char",
        "description": "char",
        "comment": "text",
        "amount": "numeric",
        "end_date": "date",
        "state": "selection",
        "party": "many2one",
        "company": "many2one",
        "employee": "many2one",
    },
    "party.party": {"name": "char", "contact_mechanisms": "one2many"},
    "party.contact_mechanism": {"party": "many2one", "type": "selection", "name": "char", "value": "char"},
    "ir.note": {"resource": "reference", "message": "text"},
}


class Refused(Exception):
    """An error as the server tells it."""


class TrytonStandIn(StandIn):
    """now: Tryton's clock. employee: of leadbot's user."""

    def __init__(self) -> None:
        super().__init__()
        self.forget_all()

    def forget_all(self) -> None:
        self.requests.clear()
        self.faults.clear()
        self.now = AT
        self.sessions: set[str] = set()
        self.preferences: dict[str, Any] = {"company": 1, "employee": 3}
        self.denied: set[str] = set()
        self.rows: dict[str, dict[int, dict[str, Any]]] = {model: {} for model in FIELDS}
        self._last_id = 0

    def leads(self) -> list[str]:
        found = [row["reference"] for row in self.rows["sale.opportunity"].values()]
        assert len(self.rows["party.party"]) == len(set(found)), "one party a person"
        return found

    def notes(self) -> list[str]:
        return [row["message"] for row in self.rows["ir.note"].values()]

    def outcomes(self) -> list[str]:
        return [row["state"] for row in self.rows["sale.opportunity"].values()]

    def answer(self, request: Request) -> Answer:
        self.now += timedelta(seconds=1)
        if request.path != f"/{DATABASE}/rpc/":
            return Answer(404)
        method, params = request.json["method"], request.json["params"]
        if method == "common.db.login":
            return self._sign_in(*params)
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme != "Session" or base64.b64decode(token).decode() not in self.sessions:
            return Answer(401)
        try:
            result = self._call(method, *params)
        except Refused as error:
            return Answer(200, {"id": 1, "error": list(error.args)})
        return Answer(200, {"id": 1, "result": result})

    def _sign_in(self, user: str, secrets: dict[str, str], language: str) -> Answer:
        if (user, secrets) != (USER, {"password": PASSWORD}):
            return Answer(401)
        key = f"key-{len(self.sessions)}"
        self.sessions.add(f"{USER}:1:{key}")
        return Answer(200, {"id": 1, "result": [1, key, None]})

    def _call(self, method: str, *params: Any) -> Any:
        if method == "model.res.user.get_preferences":
            return self.preferences
        if method == "model.ir.model.access.get_access":
            return {
                model: dict.fromkeys(("read", "write", "create"), model not in self.denied)
                for model in params[0]
            }
        model, _, verb = method.removeprefix("model.").rpartition(".")
        if model not in FIELDS:
            raise Refused(f"'{model}'", "")
        if model in self.denied:
            raise Refused("UserError", [f'You are not allowed to access "{model}".', "", None])
        if verb == "fields_get":
            return {name: {"type": kind, "readonly": name == "state"} for name, kind in FIELDS[model].items()}
        return getattr(self, f"_{verb}")(model, *params)

    def _create(self, model: str, many: list[dict[str, Any]], context: Any) -> list[int]:
        made = []
        for values in many:
            self._check(model, values)
            self._last_id += 1
            row_id = self._last_id
            nested = values.get("contact_mechanisms", [])
            values = {name: value for name, value in values.items() if name != "contact_mechanisms"}
            if model == "sale.opportunity":
                assert values.get("company"), "a lead has a company"
                values = {"state": "lead", "employee": None, **values}
            self.rows[model][row_id] = {
                "id": row_id, "create_date": self._time(self.now), "write_date": None, **values
            }  # fmt: skip
            for _, mechanisms in nested:
                self._create(
                    "party.contact_mechanism", [{"party": row_id, **one} for one in mechanisms], context
                )
            made.append(row_id)
        return made

    def _write(self, model: str, ids: list[int], values: dict[str, Any], context: Any) -> None:
        self._check(model, values)
        for row_id in ids:
            if row_id not in self.rows[model]:
                raise Refused("UserError", [f'records "{row_id}" of "{model}" that don\'t exist.', "", None])
            after = {**self.rows[model][row_id], **values, "write_date": self._time(self.now)}
            if after.get("state") == "won" and not after["employee"]:
                raise Refused("UserError", ['A value is required for field "Employee".', "", None])
            self.rows[model][row_id] = after

    def _delete(self, model: str, ids: list[int], context: Any) -> None:
        for row_id in ids:
            if self.rows[model].pop(row_id, None) is None:
                raise Refused("UserError", [f'records "{row_id}" of "{model}" that don\'t exist.', "", None])

    def _check(self, model: str, values: dict[str, Any]) -> None:
        for name, value in values.items():
            if name not in FIELDS[model]:
                raise Refused(f"'{name}'", "")
            if FIELDS[model][name] == "numeric" and value is not None and value["__class__"] != "Decimal":
                raise Refused("TypeError", "")

    def _search_read(
        self,
        model: str,
        domain: list[Any],
        offset: int,
        limit: int | None,
        order: Any,
        names: list[str],
        context: Any,
    ) -> list[dict[str, Any]]:
        assert order == [["id", "DESC"]]
        rows = [row for row in self.rows[model].values() if all(self._holds(row, one) for one in domain)]
        rows.sort(key=lambda row: row["id"], reverse=True)
        return [{name: row[name] for name in names} for row in rows[: limit or len(rows)]]

    def _holds(self, row: dict[str, Any], clause: list[Any]) -> bool:
        if clause[0] == "OR":
            return any(self._holds(row, one) for one in clause[1:])
        name, operator, wanted = clause
        if name == "contact_mechanisms.value":
            theirs = self.rows["party.contact_mechanism"].values()
            return any(one["party"] == row["id"] and one["value"] == wanted for one in theirs)
        value = row.get(name)
        match operator:
            case "=":
                return bool(value == wanted)
            case "in":
                return value in wanted
            case "like":
                return value is not None and (
                    value.startswith(wanted[:-1]) if wanted[0] != "%" else wanted[1:-1] in value
                )
            case ">=":
                return value is not None and self._plain(value) >= self._plain(wanted)
        raise Refused("ValueError", operator)

    @staticmethod
    def _time(at: datetime) -> dict[str, Any]:
        parts = ("year", "month", "day", "hour", "minute", "second", "microsecond")
        return {"__class__": "datetime", **{name: getattr(at, name) for name in parts}}

    @staticmethod
    def _plain(value: dict[str, Any]) -> datetime:
        parts = {name: part for name, part in value.items() if name != "__class__"}
        return datetime(**parts, tzinfo=UTC)
