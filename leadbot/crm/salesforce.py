"""Leads of Salesforce, by simple-salesforce (extra ``salesforce``).

A lead is known by a field of ours that is an External ID and unique, so that two pushes of one person make no
two leads. Signed in is by the OAuth client credentials of a connected app.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

import requests

from leadbot.crm import schema
from leadbot.crm.base import OUTCOMES, Can, Surroundings, mark_of
from leadbot.crm.fields import FACTS, Value, mapped
from leadbot.crm.once import Once
from leadbot.crm.options import Options
from leadbot.crm.wire import OneShot, Wire, words_of
from leadbot.errors import AccountError, LeadbotError, PermanentError, Problem, TransientError
from leadbot.model import Lead, SlotType
from leadbot.model.secret import Secret
from leadbot.ports import CrmAdapter, CrmCandidate, CrmOutcome

VERSION = "60.0"
LONGEST_NAME = 80
LONGEST_COMPANY = 255
DAY_IS_OVER = timedelta(minutes=15)
"""The org's requests of 24 hours are spent, and come back little by little."""

ALLOW_DUPLICATES = {"Sforce-Duplicate-Rule-Header": "allowSave=true"}
"""Rules that only warn of duplicates let the lead in: a rep decides about them, nobody merges. Rules that
block still do."""

_KINDS = schema.kinds_by_type(
    texts=("string", "textarea", "picklist", "phone", "url", "email", "combobox"),
    numbers=("double", "int", "currency", "percent"),
    times=("datetime", "date"),
)
_OF_EVERYBODY = frozenset(
    {"INVALID_FIELD", "INVALID_FIELD_FOR_INSERT_UPDATE", "INVALID_TYPE", "MULTIPLE_CHOICES"}
)
"""Error codes that mean: fields are missing or locked, so no lead at all will do."""

_FIXES = {
    "crm_unauthorized": "see the connected app: its client credentials flow, client_id and "
    "LEADBOT_CRM_CLIENT_SECRET",
    "crm_forbidden": "let the app's user read and edit leads and tasks, with a permission set",
}

T = TypeVar("T")


class Session:
    """The client, signed in when it is first needed, and anew when Salesforce has ended the session."""

    def __init__(self, wire: Wire, url: str, client_id: str, secret: Secret) -> None:
        self._wire = wire
        self._url = url
        self._client_id = client_id
        self._secret = secret
        self._client: Any = None

    def ask(self, call: Callable[[Any], T]) -> T:
        """`call` with the client. Raises what `Wire` raises, AccountError and PermanentError."""
        from simple_salesforce.exceptions import SalesforceError, SalesforceExpiredSession

        for is_last in (False, True):
            try:
                if self._client is None:
                    self._client = self._sign_in()
                return call(self._client)
            except SalesforceExpiredSession:
                self._client = None
                if is_last:
                    raise AccountError("crm_unauthorized", "Salesforce ends every session at once") from None
            except SalesforceError as error:
                raise self._refusal(error.status, error.content) from None
        raise AssertionError("the second round returns or raises")

    def _sign_in(self) -> Any:
        from simple_salesforce.api import Salesforce

        form = {
            "grant_type": "client_credentials",
            "client_id": self._client_id,
            "client_secret": self._secret.reveal(),
        }
        answer = self._wire.post(f"{self._url}/services/oauth2/token", data=form)
        try:
            token = answer.json().get("access_token") if answer.status_code == 200 else None
        except (ValueError, AttributeError):
            token = None
        if not isinstance(token, str) or not token:
            told = words_of(answer.content) if answer.status_code != 200 else "no token came"
            raise AccountError("crm_unauthorized", f"Salesforce does not let leadbot sign in: {told}")
        return Salesforce(session_id=token, instance_url=self._url, version=VERSION, session=self._wire)

    def _refusal(self, status: int, content: Any) -> LeadbotError:
        first = content[0] if isinstance(content, list) and content and isinstance(content[0], dict) else {}
        code, told = str(first.get("errorCode", status)), str(first.get("message", ""))[:300]
        if status == 300:
            code, told = "MULTIPLE_CHOICES", "several leads have the same X id: make the field unique"
        if code == "REQUEST_LIMIT_EXCEEDED":
            return self._wire.rest_for(DAY_IS_OVER, "Salesforce: the org's requests of the day are spent")
        if code == "UNABLE_TO_LOCK_ROW":
            return TransientError("Salesforce: somebody else writes this record just now")
        if code in _OF_EVERYBODY or "external id field" in told.lower():
            return AccountError(
                "crm_schema", f"Salesforce's fields do not fit (leadbot doctor): {code} {told}"
            )
        if code in ("DUPLICATE_VALUE", "DUPLICATES_DETECTED"):
            return PermanentError("conflict", f"Salesforce has such a lead already: {told}")
        if code == "CANNOT_UPDATE_CONVERTED_LEAD":
            return PermanentError(
                "converted", "this lead was converted in Salesforce: tell its contact by hand"
            )
        if code in ("ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY") or status == 404:
            return PermanentError("no_such_lead", f"Salesforce does not know it: {code}")
        if status == 403 or code.startswith("INSUFFICIENT_ACCESS"):
            return AccountError("crm_forbidden", f"Salesforce does not let leadbot do this: {code} {told}")
        return PermanentError("crm_refused", f"Salesforce: {code} {told}")


class SalesforceCrm:
    """A `ports.CrmAdapter` over leads and tasks."""

    def __init__(
        self,
        session: Session,
        *,
        key_field: str,
        outcome_field: str,
        company: str,
        fields: Mapping[str, str],
        cards: Mapping[str, SlotType],
    ) -> None:
        self._session = session
        self._key = key_field
        self._outcome = outcome_field
        self._company = company
        self._fields = dict(fields)
        self._cards = cards

    def capabilities(self) -> frozenset[str]:
        """Everything."""
        return frozenset(Can)

    def find(self, lead: Lead) -> list[CrmCandidate]:
        """Leads with this X account, name, handle or e-mail."""
        names = {"name": "the same name", "username": "the same handle"}
        asked: dict[str, tuple[Value, str]] = {self._key: (lead.external_key, "the same X account")}
        for ours, field in {"name": "LastName", **self._fields}.items():
            value = mapped(lead, {ours: field}).get(field)
            if value and (ours in names or field == "Email"):
                asked[field] = (value, names.get(ours, "the same e-mail"))
        found: dict[str, CrmCandidate] = {}
        for field, (value, why) in asked.items():
            rows = self._query(
                f"SELECT Id, Name, Company FROM Lead WHERE {field} = {_soql(str(value))} LIMIT 5"
            )
            for row in rows:
                label = f"{row['Name']}, {row['Company']}"
                found.setdefault(row["Id"], CrmCandidate(row["Id"], label, why))
        return list(found.values())

    def upsert(self, lead: Lead, *, key: str) -> str:
        """The lead's id."""
        values = {name: _json(value) for name, value in mapped(lead, self._fields).items()}
        if not values.get("LastName"):
            values["LastName"] = str(FACTS["name"].of(lead))[:LONGEST_NAME]
        if lead.reopens:
            values[self._outcome] = None
        path = f"{self._key}/{quote(lead.external_key, safe='')}"
        known = self._session.ask(lambda client: self._id_of(client, path))
        if known is None and not values.get("Company"):
            values["Company"] = self._company[:LONGEST_COMPANY]
        answer = self._written(path, values, is_new=known is None)
        ref = known or (answer.json().get("id") if answer.content else None)
        return str(ref or self._session.ask(lambda client: self._id_of(client, path)))

    def _written(self, path: str, values: Mapping[str, Any], *, is_new: bool) -> requests.Response:
        """A duplicate is this person, made by somebody else just now, or somebody a human must look at."""
        try:
            answer: requests.Response = self._session.ask(
                lambda client: client.Lead.upsert(path, values, raw_response=True, headers=ALLOW_DUPLICATES)
            )
            return answer
        except PermanentError as error:
            may_be_them = is_new and error.reason == "conflict"
            if may_be_them and self._session.ask(lambda client: self._id_of(client, path)) is not None:
                raise TransientError("Salesforce: this lead was made by somebody else just now") from None
            raise

    def add_note(self, ref: str, text: str, *, key: str) -> str:
        """The id of a task that is done, with the story. One of this key that is there is taken for it."""
        subject = f"Lead from X ({mark_of(key)})"
        query = f"SELECT Id FROM Task WHERE WhoId = {_soql(ref)} AND Subject = {_soql(subject)}"
        known = next((row["Id"] for row in self._query(query)), None)
        if known is not None:
            return str(known)
        task = {"WhoId": ref, "Subject": subject, "Description": text[:32_000], "Status": "Completed"}
        return str(self._session.ask(lambda client: client.Task.create(task))["id"])

    def delete_note(self, ref: str, note_id: str, *, key: str) -> None:
        """Into Salesforce's bin, which it empties itself."""
        try:
            self._session.ask(lambda client: client.Task.delete(note_id))
        except PermanentError as error:
            if error.reason != "no_such_lead":
                raise

    def set_outcome(self, ref: str, outcome: str, *, key: str) -> None:
        """Into the field of outcomes."""
        self._session.ask(lambda client: client.Lead.update(ref, {self._outcome: outcome}))

    def pull_outcomes(self, since_at: datetime) -> list[CrmOutcome]:
        """What stands in the field of outcomes, and deals of converted leads that were won or lost."""
        since = since_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        rows = self._query(
            f"SELECT Id, {self._key}, {self._outcome}, SystemModstamp FROM Lead "
            f"WHERE {self._key} != null AND {self._outcome} != null AND SystemModstamp >= {since}"
        )
        found = [
            CrmOutcome(row["Id"], row[self._key], row[self._outcome], _time(row["SystemModstamp"]))
            for row in rows
            if row[self._outcome] in OUTCOMES
        ]
        deals = self._query(
            f"SELECT Id, {self._key}, ConvertedOpportunity.IsWon, ConvertedOpportunity.SystemModstamp "
            f"FROM Lead WHERE {self._key} != null AND ConvertedOpportunity.IsClosed = true "
            f"AND ConvertedOpportunity.SystemModstamp >= {since}"
        )
        for row in deals:
            deal = row["ConvertedOpportunity"]
            outcome = "won" if deal["IsWon"] else "not_a_fit"
            found.append(CrmOutcome(row["Id"], row[self._key], outcome, _time(deal["SystemModstamp"])))
        return found

    def examine(self) -> list[Problem]:
        """Sign-in, rights, our two fields, and the field map."""
        try:
            lead = self._session.ask(lambda client: client.Lead.describe())
            task = self._session.ask(lambda client: client.Task.describe())
        except LeadbotError as error:
            return [schema.unanswered(error, _FIXES)]
        found = [
            Problem("crm", f"leadbot's user may not {verb} {what}", _FIXES["crm_forbidden"], "crm-forbidden")
            for what, description in (("leads", lead), ("tasks", task))
            for verb, may in (("create", "createable"), ("edit", "updateable"))
            if not description.get(may)
        ]
        there = {row["name"]: _field(row) for row in lead["fields"]}
        make = "Salesforce, Setup, Object Manager, Lead, Fields & Relationships, New"
        key = there.get(self._key)
        if key is None or not key.is_unique:
            what = f'Lead has no field "{self._key}" that is a unique external id'
            fix = f"make it: {make}: Text(64), Unique, External ID"
            found.append(Problem("crm.key_field", what, fix, "crm-no-field"))
        if (outcome := there.get(self._outcome)) is None or not outcome.is_writable:
            what = f'Lead has no field "{self._outcome}" that leadbot may write'
            fix = f"make it: {make}: Picklist or Text, with {', '.join(OUTCOMES)}"
            found.append(Problem("crm.outcome_field", what, fix, "crm-no-field"))
        return found + schema.compare(self._fields, self._cards, there.values(), how_to_make=make)

    def _id_of(self, client: Any, path: str) -> str | None:
        """The lead under our key, if there is one."""
        from simple_salesforce.exceptions import SalesforceResourceNotFound

        try:
            return str(client.Lead.get(path)["Id"])
        except SalesforceResourceNotFound as error:
            if "external id field" in str(error.content).lower():
                raise  # not the lead is missing, but the field it is known by
            return None

    def _query(self, soql: str) -> Iterator[Any]:
        page = self._session.ask(lambda client: client.query(soql))
        while True:
            yield from page["records"]
            if page.get("done", True):
                return
            following = page["nextRecordsUrl"]
            page = self._session.ask(lambda client, url=following: client.query_more(url, True))  # type: ignore[misc]


def build(options: Mapping[str, Any], around: Surroundings) -> CrmAdapter:
    """The adapter from ``[crm]``. Raises ConfigError."""
    read = Options(options, "salesforce")
    url = read.url("url", example="https://acme.my.salesforce.com")
    client_id, secret = read.text("client_id"), read.secret("client_secret")
    names = {
        "key_field": read.text("key_field", "X_User_Id__c"),
        "outcome_field": read.text("outcome_field", "Leadbot_Outcome__c"),
    }
    fields, timeout = read.fields(), read.timeout()
    for key, name in [*names.items(), *((f"fields.{ours}", field) for ours, field in fields.items())]:
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name):
            read.fault(
                key, f'"{name}" is no API name of a field', "write it as Salesforce does: Field_Name__c"
            )
    company = read.text("company", "[not known]")
    read.done()
    wire = Wire("Salesforce", around.now, timeout=timeout)
    if urlsplit(url).scheme == "http":
        wire.mount("https://", _Unencrypted())
    session = Session(wire, url, client_id, secret)
    crm = SalesforceCrm(session, **names, company=company, fields=fields, cards=read.cards())
    return Once(crm, around.ledger)


class _Unencrypted(OneShot):
    """The client always writes https; a stand-in on this machine (nothing else may be http) speaks http."""

    def send(self, request: requests.PreparedRequest, *args: Any, **more: Any) -> requests.Response:
        request.url = "http" + str(request.url).removeprefix("https")
        return super().send(request, *args, **more)


def _field(row: Mapping[str, Any]) -> schema.Field:
    kind = str(row["type"])
    is_key = bool(row.get("externalId") and row.get("unique"))
    return schema.Field(row["name"], kind, _KINDS.get(kind, frozenset()), bool(row.get("updateable")), is_key)


def _soql(text: str) -> str:
    """A text in a query, whatever stands in it."""
    from simple_salesforce.format import format_soql

    return str(format_soql("{}", text))


def _json(value: Value) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def _time(text: str) -> datetime:
    """``2026-11-23T10:00:00.000+0000``, as Salesforce writes it."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z").astimezone(UTC)
