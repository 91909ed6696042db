"""Leads of Tryton: a party for the person, an opportunity for the lead, notes at the opportunity.

The opportunity carries the X id as its reference; the party has the person's lasting address on X (by id, not
by handle) among its contact mechanisms. Tryton promises no uniqueness for either, so both are looked for
before anything is made, by one thread at a time.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from leadbot.crm import schema
from leadbot.crm.base import Can, Surroundings, mark_of
from leadbot.crm.fields import FACTS, mapped, profile_url
from leadbot.crm.once import Once
from leadbot.crm.options import Options
from leadbot.crm.tryton_rpc import TrytonRpc, written
from leadbot.crm.wire import Wire
from leadbot.errors import LeadbotError, PermanentError, Problem
from leadbot.model import Lead, SlotType
from leadbot.ports import CrmAdapter, CrmCandidate, CrmOutcome

OPPORTUNITY, PARTY, NOTE = "sale.opportunity", "party.party", "ir.note"
MECHANISM = "party.contact_mechanism"
HANDLE, LASTING = "X handle", "X"
"""Names of the two contact mechanisms of a person."""

STATES = {"won": "won", "not_a_fit": "lost", "not_a_lead": "cancelled", "later": "lead"}
"""Our outcome → Tryton's state. Tryton has no word for later: what is open stays as it is, what was closed is
a lead again."""

OUTCOMES = {"won": "won", "lost": "not_a_fit", "cancelled": "not_a_lead"}
"""Tryton's state → our outcome."""

_CLOSED = (*OUTCOMES, "converted")
_LONGEST = 250
_KINDS = schema.kinds_by_type(
    texts=("char", "text", "selection"),
    numbers=("integer", "float", "numeric"),
    times=("datetime", "date", "timestamp"),
)
_FIXES = {
    "crm_unauthorized": "check crm.database and crm.user, and set LEADBOT_CRM_PASSWORD",
    "crm_forbidden": "put leadbot's user into the groups Sales and Party Administration",
    "crm_schema": "activate Tryton's module sale_opportunity",
}


class TrytonCrm:
    """A `ports.CrmAdapter` over `TrytonRpc`."""

    def __init__(self, rpc: TrytonRpc, *, fields: Mapping[str, str], cards: Mapping[str, SlotType]) -> None:
        self._rpc = rpc
        self._fields = dict(fields)
        self._cards = cards
        self._types: dict[str, str] | None = None
        self._lock = threading.Lock()

    def capabilities(self) -> frozenset[str]:
        """Everything."""
        return frozenset(Can)

    def find(self, lead: Lead) -> list[CrmCandidate]:
        """Parties with this X account, name or handle, by their newest opportunity or by themselves."""
        asked = {
            "the same X account": ["contact_mechanisms.value", "=", profile_url(lead)],
            "the same handle": ["contact_mechanisms.value", "=", _handle(lead)],
            "the same name": ["name", "=", lead.name or f"@{lead.username}"],
        }
        found: dict[str, CrmCandidate] = {}
        for why, clause in asked.items():
            for party in self._search(PARTY, [clause], ["name"], limit=5):
                leads = self._search(OPPORTUNITY, [["party", "=", party["id"]]], ["state"], limit=1)
                ref = str(leads[0]["id"]) if leads else f"party:{party['id']}"
                found.setdefault(ref, CrmCandidate(ref, party["name"] or "a party without a name", why))
        return list(found.values())

    def upsert(self, lead: Lead, *, key: str) -> str:
        """The opportunity's id. A closed one is not opened again by a new handoff: that gets its own."""
        with self._lock:
            known = self._opportunity(lead.external_key)
            if known is not None and not (lead.reopens and known["state"] in _CLOSED):
                self._keep_handle(known["party"], lead)
                if values := self._values(lead):
                    self._call(OPPORTUNITY, "write", [known["id"]], values)
                return str(known["id"])
            values = {
                "party": self._party(lead),
                "reference": lead.external_key,
                "description": f"@{lead.username} to @{lead.brand_handle} on X"[:_LONGEST],
                **self._values(lead),
            }
            if company := self._rpc.context.get("company"):
                values["company"] = company
            return str(self._call(OPPORTUNITY, "create", [values])[0])

    def add_note(self, ref: str, text: str, *, key: str) -> str:
        """The note's id. One of this key that is there already is taken for it."""
        mark, resource = mark_of(key), f"{OPPORTUNITY},{ref}"
        with self._lock:
            wanted = [["resource", "=", resource], ["message", "like", f"%{mark}%"]]
            known = self._search(NOTE, wanted, ["message"], limit=1)
            if known:
                return str(known[0]["id"])
            note = {"resource": resource, "message": f"{text}\n({mark})"}
            return str(self._call(NOTE, "create", [note])[0])

    def delete_note(self, ref: str, note_id: str, *, key: str) -> None:
        """Gone from Tryton."""
        try:
            self._call(NOTE, "delete", [int(note_id)])
        except PermanentError as error:
            if error.reason != "no_such_lead":
                raise

    def set_outcome(self, ref: str, outcome: str, *, key: str) -> None:
        """As the opportunity's state."""
        found = self._search(OPPORTUNITY, [["id", "=", int(ref)]], ["state", "employee"], limit=1)
        if not found:
            raise PermanentError("no_such_lead", f"Tryton has no opportunity {ref}")
        state, employee = STATES[outcome], found[0]["employee"] or self._rpc.context.get("employee")
        if found[0]["state"] == state or (outcome == "later" and found[0]["state"] not in OUTCOMES):
            return
        if state == "won" and not employee:
            what = f"Tryton wants to know whose opportunity {ref} was before it is won: set it there by hand"
            raise PermanentError("no_employee", what)
        values = {"state": state, **({"employee": employee} if employee else {})}
        self._call(OPPORTUNITY, "write", [int(ref)], values)

    def pull_outcomes(self, since_at: datetime) -> list[CrmOutcome]:
        """Opportunities of ours that are won, lost or cancelled, changed since then."""
        since = written(since_at, "timestamp")
        wanted = [
            ["reference", "like", "x:%"],
            ["state", "in", list(OUTCOMES)],
            ["OR", ["write_date", ">=", since], ["create_date", ">=", since]],
        ]
        names = ["reference", "state", "write_date", "create_date"]
        return [
            CrmOutcome(
                str(row["id"]),
                row["reference"],
                OUTCOMES[row["state"]],
                row["write_date"] or row["create_date"],
            )
            for row in self._search(OPPORTUNITY, wanted, names)
        ]

    def examine(self) -> list[Problem]:
        """Sign-in, the module, rights, the user's company and employee, and the field map."""
        models = [OPPORTUNITY, PARTY, NOTE]
        try:
            there = self._call(OPPORTUNITY, "fields_get", [], 0)
            rights = self._rpc.call("model.ir.model.access.get_access", models)
            context = self._rpc.context
        except LeadbotError as error:
            return [schema.unanswered(error, _FIXES)]
        found = [
            Problem(
                "crm.user", f"leadbot's user may not {verb} {model}", _FIXES["crm_forbidden"], "crm-forbidden"
            )
            for model in models
            for verb in ("read", "write", "create")
            if not rights.get(model, {}).get(verb)
        ]
        for name, why in (("company", "no lead can be made"), ("employee", "no lead can be set to won")):
            if not context.get(name):
                fix = f"give leadbot's user a {name} in its preferences in Tryton"
                found.append(Problem("crm.user", f"leadbot's user has no {name}: {why}", fix, "crm-user"))
        fields = [_field(name, row) for name, row in there.items()]
        make = "a module of your own for Tryton"
        return found + schema.compare(self._fields, self._cards, fields, how_to_make=make)

    def _opportunity(self, external_key: str) -> dict[str, Any] | None:
        wanted = [["reference", "=", external_key]]
        found = self._search(OPPORTUNITY, wanted, ["state", "party"], limit=1)
        return found[0] if found else None

    def _party(self, lead: Lead) -> int:
        lasting = profile_url(lead)
        found = self._search(PARTY, [["contact_mechanisms.value", "=", lasting]], ["name"], limit=1)
        if found:
            self._keep_handle(found[0]["id"], lead)
            return int(found[0]["id"])
        mechanisms = [
            {"type": "website", "name": LASTING, "value": lasting},
            {"type": "website", "name": HANDLE, "value": _handle(lead)},
        ]
        name = str(FACTS["name"].of(lead))[:_LONGEST]
        made = self._call(PARTY, "create", [{"name": name, "contact_mechanisms": [["create", mechanisms]]}])
        return int(made[0])

    def _keep_handle(self, party: int | None, lead: Lead) -> None:
        """Handles change hands: the old one must not lead to this person any more."""
        if party is None:
            return
        wanted = [["party", "=", party], ["name", "=", HANDLE]]
        found = self._search(MECHANISM, wanted, ["value"], limit=1)
        if found and found[0]["value"] != _handle(lead):
            self._call(MECHANISM, "write", [found[0]["id"]], {"value": _handle(lead)})

    def _values(self, lead: Lead) -> dict[str, Any]:
        if not self._fields:
            return {}
        if self._types is None:
            there = self._call(OPPORTUNITY, "fields_get", [], 0)
            self._types = {name: row["type"] for name, row in there.items()}
        types = self._types
        return {
            name: written(value, types.get(name, "")) for name, value in mapped(lead, self._fields).items()
        }

    def _search(
        self, model: str, domain: list[Any], names: list[str], *, limit: int | None = None
    ) -> list[Any]:
        """Newest first."""
        found = self._call(model, "search_read", domain, 0, limit, [["id", "DESC"]], ["id", *names])
        assert isinstance(found, list), "search_read answers with rows"
        return found

    def _call(self, model: str, method: str, *params: Any) -> Any:
        return self._rpc.call(f"model.{model}.{method}", *params)


def build(options: Mapping[str, Any], around: Surroundings) -> CrmAdapter:
    """The adapter from ``[crm]``. Raises ConfigError."""
    read = Options(options, "tryton")
    url = read.url("url", example="https://tryton.example.com")
    database, user, password = read.text("database"), read.text("user"), read.secret("password")
    if set(database) & set("/?#%\\ "):
        read.fault("database", f'"{database}" is no name of a database', "write the name alone")
    fields, timeout = read.fields(), read.timeout()
    read.done()
    wire = Wire("Tryton", around.now, timeout=timeout)
    rpc = TrytonRpc(wire, url, database, user, password)
    return Once(TrytonCrm(rpc, fields=fields, cards=read.cards()), around.ledger)


def _handle(lead: Lead) -> str:
    return f"https://x.com/{lead.username}"


def _field(name: str, row: Mapping[str, Any]) -> schema.Field:
    kind = str(row["type"])
    return schema.Field(name, kind, _KINDS.get(kind, frozenset()), not row.get("readonly"))
