"""Leads by signed messages: told once, checked by anybody's library, and never into a private network."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import json
import socket
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from leadbot.crm import registry
from leadbot.crm.base import MemoryLedger, Surroundings
from leadbot.crm.guard import is_public
from leadbot.crm.webhook import signature
from leadbot.errors import AccountError, ConfigError, LeadbotError, PermanentError, TransientError
from leadbot.model.secret import Secret
from leadbot.ports import CrmAdapter

from .contract import AT, Clock, CrmContract, FaultContract, a_lead
from .stand_in import Answer, Request, StandIn

KEY = base64.b64encode(bytes(range(32))).decode()
SECRET = Secret(f"whsec_{KEY}")


class Receiver(StandIn):
    """Checks signatures, remembers ids, as docs/crm.md tells receivers to."""

    def __init__(self) -> None:
        super().__init__()
        self.forget_all()

    def forget_all(self) -> None:
        self.requests.clear()
        self.faults.clear()
        self.now = AT
        self.seen: set[str] = set()
        self.told: list[dict[str, Any]] = []

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [one["data"] for one in self.told if one["type"] == kind]

    def leads(self) -> list[str]:
        return sorted({one["lead"]["external_key"] for one in self.of("lead.upserted")})

    def notes(self) -> list[str]:
        return [one["text"] for one in self.of("note.added")]

    def outcomes(self) -> list[str]:
        return [one["outcome"] for one in self.of("outcome.set")]

    def answer(self, request: Request) -> Answer:
        if request.path == "/elsewhere":
            return Answer(302, None, {"Location": self.url})
        if not self.is_genuine(request):
            return Answer(401, {"error": "signature"})
        if request.method == "GET":
            return self._outcomes(request.query["since"])
        message_id = request.headers["webhook-id"]
        if message_id not in self.seen:
            self.seen.add(message_id)
            self.told.append(request.json)
        return Answer(204)

    def is_genuine(self, request: Request) -> bool:
        headers = request.headers
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + request.body
        mac = base64.b64encode(hmac.new(base64.b64decode(KEY), signed, hashlib.sha256).digest()).decode()
        return headers["webhook-signature"] == f"v1,{mac}" and headers["webhook-key-id"] == "2026"

    def _outcomes(self, since: str) -> Answer:
        at = AT + timedelta(minutes=1)
        rows: list[Any] = [
            {"ref": one["ref"], "external_key": one["ref"].split("/")[1], "outcome": one["outcome"], "at": at}
            for one in self.of("outcome.set")
            if at >= datetime.fromisoformat(since)
        ]
        rows = [{**row, "at": at.isoformat()} for row in rows]
        odd = [{"ref": "r", "outcome": "sold!"}, "text", {"ref": "r", "outcome": "won", "at": "soon"}]
        return Answer(200, {"outcomes": rows + odd})


@pytest.fixture
def server() -> Iterator[Receiver]:
    server = Receiver()
    yield server
    server.close()


def options(server: StandIn, **more: Any) -> Mapping[str, Any]:
    return {
        "url": f"{server.url}/leads",
        "outcomes_url": f"{server.url}/outcomes",
        "key_id": "2026",
        "allow_private": ["127.0.0.1/32"],
        "timeout_s": server.patience_s,
        "secrets": {"signing_secret": SECRET},
        **more,
    }


@pytest.fixture
def make(server: Receiver) -> Callable[[Surroundings], CrmAdapter]:
    return lambda around: registry.build("webhook", options(server), around)


@pytest.fixture
def crm(make: Callable[[Surroundings], CrmAdapter]) -> CrmAdapter:
    return make(Surroundings(MemoryLedger(), Clock().now))


class TestWebhook(CrmContract, FaultContract):
    pass


def test_a_message_tells_the_whole_lead_with_its_mapped_fields(server: Receiver) -> None:
    fields = {"username": "handle", "words.team": "seats", "words.plan": "plan", "score": "points"}
    crm = registry.build("webhook", options(server, fields=fields))
    crm.upsert(a_lead(), key="k1")
    ((told,),) = ([one["lead"] for one in server.of("lead.upserted")],)
    assert told["receipt"][0]["words"] == "about 40"
    assert told["fields"] == {"handle": "ann", "seats": "about 40", "points": 15}


def test_the_same_key_carries_the_same_id_and_a_later_time(server: Receiver) -> None:
    clock = Clock()
    for _ in range(2):  # without a ledger in common, as after a crash before the answer was kept
        registry.build("webhook", options(server), Surroundings(MemoryLedger(), clock.now)).upsert(
            a_lead(), key="k1"
        )
        clock.at += timedelta(minutes=9)
    first, second = (request.headers for request in server.requests)
    assert first["webhook-id"] == second["webhook-id"] == second["idempotency-key"]
    assert int(second["webhook-timestamp"]) - int(first["webhook-timestamp"]) == 540
    assert len(server.of("lead.upserted")) == 1


def test_the_signature_is_that_of_the_standard_webhooks_spec() -> None:
    """The spec's own example."""
    secret = Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    found = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", '{"test": 2432232314}')
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_receiver_that_has_the_message_already_is_content(server: Receiver, crm: CrmAdapter) -> None:
    server.answer = lambda request: Answer(409, {"error": "seen"})  # type: ignore[method-assign]
    assert crm.upsert(a_lead(), key="k1")


def test_a_refusal_says_what_the_receiver_said(server: Receiver, crm: CrmAdapter) -> None:
    server.answer = lambda request: Answer(422, {"error": "no such\nteam"})  # type: ignore[method-assign]
    with pytest.raises(PermanentError, match="422"):
        crm.upsert(a_lead(), key="k1")


def test_redirects_are_not_followed(server: Receiver) -> None:
    crm = registry.build("webhook", options(server, url=f"{server.url}/elsewhere"))
    with pytest.raises(AccountError) as refused:
        crm.upsert(a_lead(), key="k1")
    assert refused.value.reason == "redirected"
    assert [request.path for request in server.requests] == ["/elsewhere"]


def test_an_endless_answer_is_cut_off(server: Receiver, crm: CrmAdapter) -> None:
    server.answer = lambda request: Answer(200, {"ref": "x" * 2_000_000})  # type: ignore[method-assign]
    with pytest.raises(PermanentError) as refused:
        crm.upsert(a_lead(), key="k1")
    assert refused.value.reason == "too_long"


def test_no_error_shows_the_secret(server: Receiver) -> None:
    wrong = Secret("another secret that is quite long enough")
    crm = registry.build("webhook", options(server, secrets={"signing_secret": wrong}))
    with pytest.raises(AccountError) as refused:
        crm.upsert(a_lead(), key="k1")
    assert "another" not in str(refused.value)
    (problem,) = crm.examine()
    assert "another" not in str(problem)


# ---------------------------------------------------------------- where it may not go


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "2130706433", "0x7f.1"])
def test_this_machine_is_refused_unless_it_is_allowed(server: Receiver, host: str) -> None:
    url = f"https://{host}:{server.server.server_address[1]}/leads"
    crm = registry.build("webhook", options(server, url=url, allow_private=[]))
    with pytest.raises(LeadbotError) as refused:
        crm.upsert(a_lead(), key="k1")
    assert getattr(refused.value, "reason", "") == "private_address"
    assert server.requests == []


def test_a_name_that_changes_its_address_after_the_check_gains_nothing(
    server: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: public when judged, this machine when connected to."""
    answers = iter(["203.0.113.7", "127.0.0.1"])
    asked = []

    def resolve(host: str, port: int, *args: Any, **more: Any) -> list[Any]:
        if not host.endswith(".example"):
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port))]
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    url = f"http://rebind.example:{server.server.server_address[1]}/leads"
    # 203.0.113.0/24 is set aside for examples: allowed here, so that it counts as public.
    crm = registry.build("webhook", options(server, url=url, allow_private=["203.0.113.0/24"]))
    with pytest.raises(TransientError):
        crm.upsert(a_lead(), key="k1")
    assert (asked, server.requests) == (["rebind.example"], [])
    with pytest.raises(AccountError):
        crm.upsert(a_lead(), key="k1")
    assert server.requests == []


def test_a_public_address_is_told_nothing_without_encryption(
    server: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("1.1.1.1", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **more: found)
    crm = registry.build("webhook", options(server, url="http://plain.example/leads"))
    with pytest.raises(AccountError) as refused:
        crm.upsert(a_lead(), key="k1")
    assert refused.value.reason == "unencrypted"


def test_one_inner_address_among_public_ones_is_enough_to_refuse(
    server: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443)) for one in ("1.1.1.1", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **more: found)
    crm = registry.build("webhook", options(server, url="https://two.example/leads"))
    with pytest.raises(AccountError):
        crm.upsert(a_lead(), key="k1")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
        "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1",
    ],
)  # fmt: skip
def test_inner_addresses_in_any_dress(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"])
def test_addresses_of_the_open_internet(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


def test_an_allowed_network_opens_that_network_alone() -> None:
    allowed = [ipaddress.ip_network("10.1.2.0/24")]
    assert is_public(ipaddress.ip_address("10.1.2.9"), allowed)
    assert not is_public(ipaddress.ip_address("10.1.3.9"), allowed)


# ---------------------------------------------------------------- settings


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ({"url": ""}, "crm.url"),
        ({"url": "example.com"}, "crm.url"),
        ({"url": "http://example.com/", "allow_private": []}, "crm.url"),
        ({"url": "https://me:pw@example.com/"}, "crm.url"),
        ({"url": "https://example.com:99999/"}, "crm.url"),
        ({"secrets": {}}, "crm.signing_secret"),
        ({"secrets": {"signing_secret": Secret("short")}}, "crm.signing_secret"),
        ({"allow_private": ["ten"]}, "crm.allow_private"),
        ({"timeout_s": "long"}, "crm.timeout_s"),
        ({"fields": {"usrname": "handle"}}, "crm.fields.usrname"),
    ],
)
def test_each_option_that_does_not_do_is_told_with_a_fix(
    server: Receiver, more: dict[str, Any], where: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        registry.build("webhook", options(server, **more))
    (problem,) = refused.value.problems
    assert (problem.where, bool(problem.fix)) == (where, True)
    assert "pw" not in problem.what


def test_the_body_is_json_that_says_its_kind(server: Receiver, crm: CrmAdapter) -> None:
    crm.upsert(a_lead(), key="k1")
    told = json.loads(server.requests[0].body)
    assert (told["type"], datetime.fromisoformat(told["timestamp"])) == ("lead.upserted", AT.astimezone(UTC))
