"""Tryton's JSON-RPC, as its server publishes it. Its libraries are under the GPL and are not used here."""

from __future__ import annotations

import base64
import threading
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from leadbot.crm.wire import Wire, words_of
from leadbot.errors import AccountError, LeadbotError, PermanentError, TransientError
from leadbot.model.secret import Secret


class TrytonRpc:
    """Calls to one database as one user, signed in when first needed and anew when the session has ended."""

    def __init__(self, wire: Wire, url: str, database: str, user: str, password: Secret) -> None:
        self._wire = wire
        self._url = f"{url}/{database}/rpc/"
        self._user = user
        self._password = password
        self._lock = threading.RLock()
        self._session = ""
        self._context: dict[str, Any] = {}

    @property
    def context(self) -> Mapping[str, Any]:
        """The user's company and employee, as every call carries them."""
        with self._lock:
            if not self._session:
                self._sign_in()
            return dict(self._context)

    def call(self, method: str, *params: Any) -> Any:
        """What a method of a model (``model.party.party.create``) returns; the context is added.

        Raises what `Wire` raises, AccountError and PermanentError.
        """
        for _ in range(2):
            context = self.context
            status, answer = self._post(method, [*params, context], self._session)
            if status != 401:
                return self._result(status, answer)
            with self._lock:
                self._session = ""
        raise AccountError("crm_unauthorized", "Tryton ends every session at once")

    def _sign_in(self) -> None:
        secret = {"password": self._password.reveal()}
        status, answer = self._post("common.db.login", [self._user, secret, "en"], "")
        result = answer.get("result") if isinstance(answer, dict) else None
        if status == 404:
            raise AccountError("crm_unauthorized", "Tryton's server does not have this database")
        if status != 200 or not result:
            raise AccountError("crm_unauthorized", "Tryton does not let leadbot sign in")
        token = f"{self._user}:{result[0]}:{result[1]}"
        self._session = "Session " + base64.b64encode(token.encode()).decode()
        status, answer = self._post("model.res.user.get_preferences", [True, {}], self._session)
        preferences = self._result(status, answer)
        self._context = {name: preferences.get(name) for name in ("company", "employee")}

    def _post(self, method: str, params: list[Any], session: str) -> tuple[int, Any]:
        headers = {"Authorization": session} if session else {}
        told = {"id": 1, "method": method, "params": params}
        answer = self._wire.post(self._url, json=told, headers=headers)
        if answer.status_code != 200:
            return answer.status_code, words_of(answer.content)
        try:
            return 200, answer.json()
        except ValueError:
            raise PermanentError("crm_refused", "Tryton's answer is no JSON: check crm.url") from None

    def _result(self, status: int, answer: Any) -> Any:
        if status != 200 or not isinstance(answer, dict):
            raise AccountError("redirected", f"this is no Tryton server (it answers {status}): check crm.url")
        if "error" in answer:
            raise refusal(answer["error"])
        return read(answer.get("result"))


def refusal(error: Any) -> LeadbotError:
    """What ``[name, arguments]`` of a failed call means."""
    name, details = (error[0], error[1]) if isinstance(error, list) and len(error) > 1 else (str(error), "")
    told = details[0] if isinstance(details, list) and details else details
    told = " ".join(str(told).split())[:300]
    if name == "ConcurrencyException":
        return TransientError("Tryton: somebody else writes this record just now")
    if name == "UserError" and "that don't exist" in told:
        return PermanentError("no_such_lead", f"Tryton does not know it: {told}")
    if name == "UserError" and "not allowed" in told:
        return AccountError("crm_forbidden", f"Tryton does not let leadbot do this: {told}")
    if name in ("UserError", "UserWarning"):
        return PermanentError("crm_refused", f"Tryton: {told}")
    return AccountError(
        "crm_schema", f"Tryton's models do not fit (leadbot doctor): {name[:80]} {told}".strip()
    )


def read(value: Any) -> Any:
    """JSON with ``{"__class__": …}`` → values; times are UTC."""
    if isinstance(value, list):
        return [read(one) for one in value]
    if not isinstance(value, dict):
        return value
    parts = {name: one for name, one in value.items() if name != "__class__"}
    match value.get("__class__"):
        case "datetime":
            return datetime(**parts, tzinfo=UTC)
        case "date":
            return date(**parts)
        case "Decimal":
            return float(parts["decimal"])
    return {name: read(one) for name, one in value.items()}


def written(value: Any, kind: str) -> Any:
    """A value as a field of that type takes it."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        at = value.astimezone(UTC)
        day = {"year": at.year, "month": at.month, "day": at.day}
        if kind == "date":
            return {"__class__": "date", **day}
        if kind in ("datetime", "timestamp"):
            time = {"hour": at.hour, "minute": at.minute, "second": at.second}
            fraction = at.microsecond if kind == "timestamp" else 0
            return {"__class__": "datetime", **day, **time, "microsecond": fraction}
        return at.isoformat()
    if kind == "numeric":
        return {"__class__": "Decimal", "decimal": str(value)}
    if kind == "integer":
        return round(value)
    return value if kind == "float" else _text(value)


def _text(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
