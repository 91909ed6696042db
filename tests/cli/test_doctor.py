"""`leadbot doctor` finds every planted fault, and says how to mend it."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner

from leadbot import model as m
from leadbot import settings as config
from leadbot.app.doctor import CHECKS, Report, State, Thresholds, examine
from leadbot.cli import cli
from leadbot.clock import SystemClock
from leadbot.errors import ConfigError
from leadbot.keys import FileVault, Kind, StoredKeys
from leadbot.model import BrandId
from leadbot.model.secret import Secret
from leadbot.nlp import load_reader
from leadbot.nlp.reader import SHIPPED
from leadbot.ports import Reader
from leadbot.settings.scaffold import write_project
from leadbot.simulator import SimulatorServer, credentials_for, user_id_for
from leadbot.simulator.accounts import APP_BEARER
from leadbot.store import Store, open_database
from tests.fakes.simulated import Endpoints, base_url, simulator
from tests.flows.test_playbook_problems import PLAYBOOK
from tests.x.signing_in import sign_in

__all__ = ["base_url", "simulator"]

ME = BrandId(str(user_id_for("acme")))
RULES = "GET /2/tweets/search/stream/rules"


class Shifted(SystemClock):
    """The machine's time, off by so many seconds."""

    def __init__(self, by_s: float) -> None:
        self.by = timedelta(seconds=by_s)

    def now(self) -> datetime:
        return super().now() + self.by


@dataclass
class Shop:
    """A project of `leadbot init` on a simulated X, and how it is looked at."""

    folder: Path
    control: Endpoints
    simulator: SimulatorServer
    fresh_database: Path
    env: dict[str, str] = field(default_factory=dict)
    limits: Thresholds = field(default_factory=lambda: Thresholds(busy_s=0.05))
    load: Callable[[], Reader] = field(default_factory=lambda: shipped_reader)
    clock: Any = None
    offline: bool = False
    held: list[Any] = field(default_factory=list)

    def examine(self, **more: Any) -> Report:
        options = {"limits": self.limits, "clock": self.clock, "offline": self.offline, "load": self.load}
        return examine(self.folder, self.env, **{**options, **more})

    def edit(self, old: str, new: str, file: str = "leadbot.toml") -> None:
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert re.search(old, text), old
        path.write_text(re.sub(old, new, text, count=1), encoding="utf-8")

    def fault(self, on: str, kind: str, **more: Any) -> None:
        self.control.ask("POST", "faults", json={"on": on, "kind": kind, "times": None, **more})

    def profile(self, **changes: Any) -> None:
        self.control.ask("POST", "users", json={"username": "acme", "brand": False, **changes})

    def to_x(self) -> None:
        """As if it spoke on X itself; nothing is asked."""
        self.edit(r"(?m)^base_url = .*$", "")
        self.edit(r"(?m)^follow = .*$", "")
        self.edit('mode = "live"', 'mode = "watch"')
        self.offline = True

    def keep(self, keys: StoredKeys) -> Path:
        FileVault(self.folder / "keys").save("acme@simulator", keys)
        return self.folder / "keys" / "acme@simulator.json"

    def signed_in(self, **more: Any) -> StoredKeys:
        keys = sign_in(self.control, SystemClock(), **more)
        self.keep(keys)
        return keys

    def store(self) -> Store:
        file = self.folder / "leadbot.db"
        if not file.exists():
            shutil.copy(self.fresh_database, file)
            file.chmod(0o600)
        store = Store(open_database(config.load(self.folder, {}).database_url), SystemClock())
        self.held.append(store)
        return store

    def runs(self, **told: Any) -> None:
        """A daemon that said just now how it is."""
        health = {"running": True, "well": True, "at": time.time(), "pid": 1, **told}
        (self.folder / "leadbot.db.health.json").write_text(json.dumps(health), encoding="utf-8")


@cache
def shipped_reader() -> Reader:
    return load_reader()


@pytest.fixture(scope="module")
def fresh_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once: the migrations take their time."""
    file = tmp_path_factory.mktemp("fresh") / "leadbot.db"
    open_database(f"sqlite:///{file}").close()
    return file


@pytest.fixture
def shop(tmp_path: Path, base_url: str, simulator: SimulatorServer, fresh_database: Path) -> Iterator[Shop]:
    write_project(tmp_path, "acme", port=int(base_url.rpartition(":")[2]))
    short = PLAYBOOK.replace("to: sales", "to: inside-sales")  # the template's own takes its time to be read
    (tmp_path / "playbooks" / "team-plan.yaml").write_text(short, encoding="utf-8")
    shop = Shop(tmp_path, Endpoints(base_url), simulator, fresh_database)
    yield shop
    shop.control.close()
    for thing in shop.held:
        thing.close()


def oauth1(username: str, **changes: str) -> StoredKeys:
    known = {**credentials_for(username)["oauth1"], "bearer_token": APP_BEARER, **changes}
    return StoredKeys(
        Kind.OAUTH1, BrandId(str(user_id_for(username))), username, datetime.now(UTC),
        **{name: Secret(text) for name, text in known.items()},  # type: ignore[arg-type]
    )  # fmt: skip


# -- the faults, each planted by one function --


def wrong_key(shop: Shop) -> None:
    shop.keep(oauth1("acme", access_token_secret="K-wrong"))


def keys_of_another_account(shop: Shop) -> None:
    shop.env = {f"LEADBOT_ACME_{n.upper()}": t for n, t in credentials_for("globex")["oauth1"].items()}


def kept_keys_of_another_account(shop: Shop) -> None:
    shop.keep(oauth1("globex"))


def keys_of_an_id_that_is_not_ours(shop: Shop) -> None:
    shop.keep(oauth1("acme"))
    shop.edit(r'handle = "acme"', f'handle = "acme"\nid = "{user_id_for("globex")}"')


def spoilt_keys(shop: Shop) -> None:
    shop.keep(oauth1("acme")).write_text("K-spoilt", encoding="utf-8")


def missing_scope(shop: Shop) -> None:
    shop.signed_in(scopes="tweet.read users.read offline.access")


def no_offline_access(shop: Shop) -> None:
    shop.signed_in(scopes="tweet.read tweet.write users.read")


def expired_refresh_token(shop: Shop) -> None:
    shop.signed_in()
    shop.simulator.call(lambda world: world.oauth2.grants.clear())
    shop.clock = Shifted(3 * 3600)
    shop.control.ask("POST", "clock", json={"advance_s": 3 * 3600})


def token_that_x_ended(shop: Shop) -> None:
    shop.keep(replace(shop.signed_in(), issued_at=datetime(2026, 1, 1, tzinfo=UTC)))
    shop.simulator.call(lambda world: world.oauth2.grants.clear())


def lost_renewal(shop: Shop) -> None:
    shop.keep(replace(shop.signed_in(), renewing_since=datetime(2026, 1, 1, tzinfo=UTC)))


def wrong_client_secret(shop: Shop) -> None:
    keys = shop.signed_in()
    old = {"issued_at": datetime(2026, 1, 1, tzinfo=UTC), "expires_at": datetime(2026, 1, 1, 2, tzinfo=UTC)}
    shop.keep(replace(keys, client_secret=Secret("K-wrong"), **old))


def loose_keys(shop: Shop) -> None:
    shop.keep(oauth1("acme")).chmod(0o644)


def loose_folder_of_keys(shop: Shop) -> None:
    shop.keep(oauth1("acme")).parent.chmod(0o755)


def loose_secrets(shop: Shop) -> None:
    (shop.folder / "secrets.toml").write_text("", encoding="utf-8")
    (shop.folder / "secrets.toml").chmod(0o640)


def loose_secrets_beside_the_database(shop: Shop) -> None:
    (shop.folder / "data").mkdir()
    (shop.folder / "data" / "secrets.toml").touch(mode=0o644)
    shop.edit("sqlite:///leadbot.db", "sqlite:///data/leadbot.db")


def open_database_file(shop: Shop) -> None:
    shop.store()
    (shop.folder / "leadbot.db").chmod(0o644)


def secret_in_the_settings(shop: Shop) -> None:
    shop.edit(r'handle = "acme"', 'handle = "acme"\nconsumer_secret = "K-in-toml"')


def no_keyring(shop: Shop) -> None:
    shop.edit(r"\[crm\]", '[keys]\nstore = "keyring"\n[crm]')


def clock_ahead(shop: Shop) -> None:
    shop.clock = Shifted(600)


def clock_a_little_behind(shop: Shop) -> None:
    shop.clock = Shifted(-60)


def no_label(shop: Shop) -> None:
    shop.profile(automated=False)


def bio_without_bot(shop: Shop) -> None:
    shop.profile(description="Tools for builders. Run by @acmehq")


def bio_without_operator(shop: Shop) -> None:
    shop.profile(description="A bot that answers questions about tools")


def protected_account(shop: Shop) -> None:
    shop.profile(protected=True)


def suspended_account(shop: Shop) -> None:
    shop.profile(suspended=True)


def x_away(shop: Shop) -> None:
    shop.edit(r"(?m)^base_url = .*$", 'base_url = "http://127.0.0.1:9"')


def x_over_capacity(shop: Shop) -> None:
    shop.fault("GET /2/users/me", "html")


def no_credits(shop: Shop) -> None:
    shop.fault("GET /2/users/me", "status", status=402)


def usage_cap(shop: Shop) -> None:
    shop.fault("GET /2/users/me", "usage_cap")


def stream_forbidden(shop: Shop) -> None:
    shop.fault(RULES, "status", status=403)


def wrong_bearer(shop: Shop) -> None:
    shop.env = {"LEADBOT_ACME_BEARER_TOKEN": "K-wrong"}


def ghost_connection(shop: Shop) -> None:
    _add_rules(shop, [{"value": "cats", "tag": "other"}])
    headers = {"Authorization": f"Bearer {APP_BEARER}"}
    url = f"{shop.control.base_url}/2/tweets/search/stream"
    shop.held.append(requests.get(url, headers=headers, stream=True, timeout=10))


def rules_gone_while_it_runs(shop: Shop) -> None:
    shop.runs()


def rules_not_there_yet(shop: Shop) -> None:
    pass


def rules_of_others_at_the_cap(shop: Shop) -> None:
    _add_rules(shop, [{"value": f"from:u{n}", "tag": "other"} for n in range(1000)])


def rules_of_another_leadbot(shop: Shop) -> None:
    _add_rules(shop, [{"value": "@globex", "tag": "leadbot:5"}])


def _add_rules(shop: Shop, rules: list[dict[str, str]]) -> None:
    shop.simulator.call(lambda world: world.rules.add(rules))


def crm_folder_that_is_a_file(shop: Shop) -> None:
    (shop.folder / "crm").write_text("", encoding="utf-8")


def crm_folder_that_cannot_be_written(shop: Shop) -> None:
    shop.edit('path = "crm"', 'path = "/proc/leadbot-crm"')


def crm_nobody_knows(shop: Shop) -> None:
    shop.edit('adapter = "file"', 'adapter = "fille"')


def database_of_a_newer_leadbot(shop: Shop) -> None:
    shop.store()
    with sqlite3.connect(shop.folder / "leadbot.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()


def locked_database(shop: Shop) -> None:
    shop.store()
    connection = sqlite3.connect(shop.folder / "leadbot.db")
    connection.execute("BEGIN EXCLUSIVE")
    shop.held.append(connection)


def database_that_is_none(shop: Shop) -> None:
    (shop.folder / "leadbot.db").write_bytes(b"no database at all" * 500)
    (shop.folder / "leadbot.db").chmod(0o600)


def database_without_a_folder(shop: Shop) -> None:
    shop.edit("sqlite:///leadbot.db", "sqlite:////nowhere/at/all/leadbot.db")


def no_budget(shop: Shop) -> None:
    shop.edit("daily_budget_usd = 25", "daily_budget_usd = 0")


def budget_for_half_a_dialog(shop: Shop) -> None:
    shop.edit("daily_budget_usd = 25", "daily_budget_usd = 0.02")


def budget_used_up(shop: Shop) -> None:
    store = shop.store()
    store.brands.introduce(ME, "acme")
    store.spend.record_spend(ME, "post_read", 4999, 24.995, datetime.now(UTC))


def broken_playbook(shop: Shop) -> None:
    shop.edit("cards:", "crads:", "playbooks/team-plan.yaml")


def playbook_for_an_unknown_team(shop: Shop) -> None:
    shop.edit("inside-sales", "outside-sales")


def no_playbook_of_that_name(shop: Shop) -> None:
    shop.edit(r"playbooks/\*\.yaml", "plays/*.yaml")


def damaged_model(shop: Shop) -> None:
    shutil.copytree(SHIPPED, shop.folder / "model")
    for file in (shop.folder / "model").iterdir():
        file.write_bytes(file.read_bytes()[:100])
    shop.load = partial(load_reader, shop.folder / "model")


def full_disk(shop: Shop) -> None:
    shop.limits = replace(shop.limits, disk_red=10**18, disk_yellow=10**18)


def disk_that_fills_up(shop: Shop) -> None:
    shop.limits = replace(shop.limits, disk_red=0, disk_yellow=10**18)


def one_account_twice(shop: Shop) -> None:
    with (shop.folder / "leadbot.toml").open("a", encoding="utf-8") as file:
        file.write(f'[[brands]]\nhandle = "acme2"\nid = "{ME}"\nplaybooks = []\n')
    shop.edit(r'handle = "acme"', f'handle = "acme"\nid = "{ME}"')


def mistyped_setting(shop: Shop) -> None:
    shop.edit("quiet_hours", "quite_hours")
    shop.edit("# quite_hours", "quite_hours")


def wrong_zone(shop: Shop) -> None:
    shop.edit(r'(?m)^zone = "UTC"(?=.*today)', 'zone = "Europe/Berlim"')


def zone_of_nobody(shop: Shop) -> None:
    shop.edit(r'(?m)^zone = "UTC"\nhours', 'zone = "Europe/Berlin"\nhours')


def no_keys_for_x(shop: Shop) -> None:
    shop.to_x()


def no_bearer_for_the_stream(shop: Shop) -> None:
    shop.to_x()
    FileVault(shop.folder / "keys").save("acme", oauth1("acme", bearer_token=""))


def keys_for_the_other_address_of_x(shop: Shop) -> None:
    shop.to_x()
    FileVault(shop.folder / "keys").save("acme", oauth1("acme"))
    shop.edit(r"\[x\]", '[x]\nbase_url = "https://api.x.com"')


def live_by_a_line_in_a_file(shop: Shop) -> None:
    shop.to_x()
    FileVault(shop.folder / "keys").save("acme", oauth1("acme"))
    shop.edit('mode = "watch"', 'mode = "live"')


def token_that_nobody_renews(shop: Shop) -> None:
    shop.env = {"LEADBOT_ACME_OAUTH2_TOKEN": "sim-user-acme"}


def paused_account(shop: Shop) -> None:
    shop.store().brands.pause(ME, why="a bad day", by="ann")


def unwell_daemon(shop: Shop) -> None:
    shop.runs(well=False, listener={"stream": {"reason": "credits"}, "polls": {}})


def posts_that_nobody_decides(shop: Shop) -> None:
    now = datetime.now(UTC)
    post = m.Post(m.PostId("1"), m.PersonId("7"), "@acme hi", "hi", now, m.PostId("1"))
    store = shop.store()
    store.brands.introduce(ME, "acme")
    store.inbox.put_posts(ME, [(post, m.Person(m.PersonId("7"), "ann"))], channel="poll")
    shop.limits = replace(shop.limits, waiting_posts=0)


def key_with_a_line_break(shop: Shop) -> None:
    shop.env = {"LEADBOT_ACME_CONSUMER_KEY": "K-one\nK-two"}


FAULTS: list[tuple[Callable[[Shop], None], str, State, str]] = [
    (wrong_key, "credentials", State.RED, "leadbot brand add acme"),
    (keys_of_another_account, "account", State.RED, "leadbot brand add acme, signed in as @acme"),
    (kept_keys_of_another_account, "account", State.RED, "leadbot brand add acme"),
    (keys_of_an_id_that_is_not_ours, "account", State.RED, "correct its id"),
    (spoilt_keys, "credentials", State.RED, "leadbot brand add"),
    (missing_scope, "scopes", State.RED, "leadbot brand add acme --oauth2"),
    (no_offline_access, "token", State.RED, "leadbot brand add acme"),
    (expired_refresh_token, "token", State.RED, "leadbot brand add acme"),
    (token_that_x_ended, "token", State.RED, "leadbot brand add acme"),
    (lost_renewal, "token", State.YELLOW, "leadbot brand add acme"),
    (wrong_client_secret, "token", State.RED, "leadbot brand add acme"),
    (loose_keys, "file-modes", State.RED, "chmod 600 keys/acme@simulator.json"),
    (loose_folder_of_keys, "file-modes", State.RED, "chmod 700 keys"),
    (loose_secrets, "file-modes", State.RED, "chmod 600 secrets.toml"),
    (loose_secrets_beside_the_database, "file-modes", State.RED, "chmod 600 data/secrets.toml"),
    (open_database_file, "file-modes", State.YELLOW, "chmod 600 leadbot.db"),
    (secret_in_the_settings, "settings", State.RED, "take it out"),
    (no_keyring, "keyring", State.RED, "file"),
    (clock_ahead, "clock", State.RED, "timedatectl set-ntp true"),
    (clock_a_little_behind, "clock", State.YELLOW, "timedatectl set-ntp true"),
    (no_label, "label", State.RED, "Automation"),
    (bio_without_bot, "bio-bot", State.RED, "bio at X"),
    (bio_without_operator, "bio-operator", State.YELLOW, "run by"),
    (protected_account, "visibility", State.RED, "unprotect"),
    (suspended_account, "account", State.RED, "sign in at x.com as @acme"),
    (x_away, "x", State.RED, "network"),
    (x_over_capacity, "x", State.RED, "network"),
    (no_credits, "credits", State.RED, "console.x.com"),
    (usage_cap, "credits", State.RED, "console.x.com"),
    (stream_forbidden, "stream", State.RED, "x.listen"),
    (wrong_bearer, "stream", State.RED, "bearer token"),
    (ghost_connection, "connections", State.YELLOW, "end the other program"),
    (rules_gone_while_it_runs, "rules", State.RED, "restart leadbot run"),
    (rules_not_there_yet, "rules", State.YELLOW, "leadbot run"),
    (rules_of_others_at_the_cap, "rules", State.RED, "an app of its own"),
    (rules_of_another_leadbot, "rules", State.RED, "each project an app"),
    (crm_folder_that_is_a_file, "crm", State.RED, "name a folder"),
    (crm_folder_that_cannot_be_written, "crm", State.RED, "change crm.path"),
    (crm_nobody_knows, "crm", State.RED, "file"),
    (database_of_a_newer_leadbot, "database", State.RED, "upgrade leadbot"),
    (locked_database, "database", State.RED, "end the program"),
    (database_that_is_none, "database", State.RED, "leadbot database"),
    (database_without_a_folder, "database", State.RED, "database.url"),
    (no_budget, "budget", State.RED, "daily_budget_usd of @acme"),
    (budget_for_half_a_dialog, "budget", State.RED, "daily_budget_usd of @acme"),
    (budget_used_up, "budget", State.YELLOW, "midnight UTC"),
    (broken_playbook, "playbooks", State.RED, "cards"),
    (playbook_for_an_unknown_team, "playbooks", State.RED, "outside-sales"),
    (no_playbook_of_that_name, "playbooks", State.RED, "leadbot init"),
    (damaged_model, "model", State.RED, "leadbot nlp train"),
    (full_disk, "disk", State.RED, "make room"),
    (disk_that_fills_up, "disk", State.YELLOW, "make room"),
    (one_account_twice, "accounts", State.RED, "leadbot brand add"),
    (mistyped_setting, "settings", State.RED, "quiet_hours"),
    (wrong_zone, "settings", State.RED, "Europe/Berlin"),
    (zone_of_nobody, "zone", State.YELLOW, "Europe/Berlin"),
    (no_keys_for_x, "credentials", State.RED, "leadbot brand add acme"),
    (no_bearer_for_the_stream, "credentials", State.RED, "LEADBOT_ACME_BEARER_TOKEN"),
    (keys_for_the_other_address_of_x, "credentials", State.RED, "--oauth2"),
    (live_by_a_line_in_a_file, "mode", State.RED, "leadbot brand mode acme live"),
    (token_that_nobody_renews, "token", State.YELLOW, "--oauth2"),
    (paused_account, "mode", State.YELLOW, "leadbot brand resume acme"),
    (posts_that_nobody_decides, "pile", State.YELLOW, "leadbot run"),
    (key_with_a_line_break, "credentials", State.RED, "copy it again"),
    (unwell_daemon, "daemon", State.RED, "log"),
]


@pytest.mark.parametrize(("plant", "id", "state", "fix"), FAULTS, ids=[one[0].__name__ for one in FAULTS])
def test_every_planted_fault_is_found_with_its_fix(
    shop: Shop,
    monkeypatch: pytest.MonkeyPatch,
    plant: Callable[[Shop], None],
    id: str,
    state: State,
    fix: str,
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    plant(shop)

    report = shop.examine()

    found = [one for one in report.findings if one.id == id and one.state is state]
    assert found, [one for one in report.findings if one.state is not State.GREEN]
    assert fix in " ".join(one.fix for one in found)
    greens = {(one.id, one.brand) for one in report.findings if one.state is State.GREEN}
    assert greens.isdisjoint((one.id, one.brand) for one in report.findings if one.state is not State.GREEN)
    assert all(one.fix for one in report.findings if one.state is not State.GREEN)
    assert report.is_ok == all(one.state is not State.RED for one in report.findings)
    assert "K-" not in json.dumps(report.as_json()) + repr(report)


def test_a_project_that_is_all_right_is_all_green(shop: Shop) -> None:
    _add_rules(shop, [{"value": "(@acme OR to:acme) -is:retweet -from:acme", "tag": f"leadbot:{ME}"}])
    shop.signed_in()
    shop.store()
    report = shop.examine()

    assert [one for one in report.findings if one.state is not State.GREEN] == []
    assert {one.id for one in report.findings} >= set(CHECKS) - {"credits"}


def test_without_x_nothing_is_asked_and_nothing_paid(shop: Shop) -> None:
    report = shop.examine(offline=True)
    assert shop.control.ask("GET", "log")["requests"] == []
    assert {"database", "budget", "model"} <= {one.id for one in report.findings}
    assert "label" not in {one.id for one in report.findings}


def test_each_app_is_asked_for_its_own_stream(shop: Shop) -> None:
    with (shop.folder / "leadbot.toml").open("a", encoding="utf-8") as file:
        file.write('[[brands]]\nhandle = "globex"\nplaybooks = []\n')
    shop.env = {"LEADBOT_GLOBEX_BEARER_TOKEN": "K-another-app"}
    told = {one.what.partition(":")[0]: one.state for one in shop.examine().findings if one.id == "stream"}
    assert told == {"app of @acme": State.GREEN, "app of @globex": State.RED}


def test_what_asking_x_costs_is_written_down(shop: Shop) -> None:
    store = shop.store()
    store.brands.introduce(ME, "acme")
    shop.examine()
    assert store.spend.spent(ME, datetime.now(UTC)) == pytest.approx(0.010)
    assert shop.control.ask("GET", "spend")["total_usd"] == pytest.approx(0.010)


def test_looking_makes_no_database(shop: Shop) -> None:
    shop.examine(offline=True)
    assert not list(shop.folder.glob("leadbot.db*"))


def test_one_account_may_be_asked_about(shop: Shop) -> None:
    with (shop.folder / "leadbot.toml").open("a", encoding="utf-8") as file:
        file.write('[[brands]]\nhandle = "globex"\nplaybooks = []\n')
    report = shop.examine(handle="Globex")
    assert {one.brand for one in report.findings} == {"", "globex"}
    with pytest.raises(ConfigError, match="known: @acme, @globex"):
        shop.examine(handle="initech")


def test_the_command_tells_people_and_programs(shop: Shop) -> None:
    def run(*args: str) -> Any:
        return CliRunner().invoke(
            cli, ["doctor", "--project", str(shop.folder), *args], standalone_mode=False
        )

    shown = run("@acme")
    assert shown.return_value == 0
    assert "fix: leadbot run makes them" in shown.output
    assert re.search(r"\d+ green, 1 yellow, 0 red", shown.output)

    full_folder = shop.folder / "crm"
    full_folder.write_text("", encoding="utf-8")
    told = run("--json", "--offline")
    assert told.return_value == 1
    document = json.loads(told.output)
    assert document["ok"] is False
    assert all(set(one) == {"id", "brand", "state", "what", "fix"} for one in document["checks"])

    shop.edit(r"\[x\]", "[x")
    assert isinstance(run().exception, ConfigError)  # and `leadbot` then ends with 2


def test_every_check_is_documented() -> None:
    page = (Path(__file__).parents[2] / "docs" / "accounts.md").read_text(encoding="utf-8")
    section = page.split("## What is checked\n")[1].split("\n## ")[0]
    assert re.findall(r"^\| `([\w-]+)` \|", section, flags=re.MULTILINE) == list(CHECKS)
