"""`leadbot brand add`, `list` and `remove` against the simulator: who asks, what is kept, what is refused."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner

from leadbot import settings as config
from leadbot.app import adding
from leadbot.app.adding import How, NotTypedBack
from leadbot.app.callback import Callback
from leadbot.cli import cli
from leadbot.clock import SystemClock
from leadbot.errors import AccountError, ConfigError, TransientError
from leadbot.keys import Kind
from leadbot.model import Mode
from leadbot.model.secret import Secret
from leadbot.settings.appending import append_brand
from leadbot.simulator import SimulatorServer, credentials_for, user_id_for
from leadbot.simulator.accounts import APP_BEARER
from tests.cli.living import LEADBOT
from tests.fakes.simulated import Endpoints, base_url, simulator

__all__ = ["base_url", "simulator"]

OAUTH1 = {name: Secret(text) for name, text in credentials_for("acme")["oauth1"].items()}
BEARER = Secret(APP_BEARER)


class Person:
    """Types what it was told to type, in the browser too; remembers what it saw."""

    def __init__(
        self, control: Endpoints, *answers: str, approves: str = "acme", pastes: bool = False
    ) -> None:
        self.control, self.approves, self.pastes = control, approves, pastes
        self.answers = list(answers)
        self.seen: list[str] = []
        self.asked: list[str] = []
        self.came_back: list[threading.Thread] = []
        self.address = ""

    def tell(self, line: str) -> None:
        self.seen.append(line)
        if "/i/oauth2/authorize" in line:
            self.address = line
        elif line.startswith("Waiting"):
            self._browse(self._say_yes())

    def ask(self, what: str) -> str:
        self.asked.append(what)
        return self.answers.pop(0)

    def ask_secret(self, what: str, *, may_be_empty: bool = False) -> Secret:
        self.asked.append(what)
        return Secret(self._say_yes() if what == "That address" else self.answers.pop(0))

    def _say_yes(self) -> str:
        body = {"url": self.address, "username": self.approves, "deny": not self.approves}
        return str(self.control.ask("POST", "authorize", json=body)["redirect"])

    def _browse(self, address: str) -> None:
        thread = threading.Thread(target=lambda: requests.get(address, timeout=10).close())
        self.came_back.append(thread)
        thread.start()


@pytest.fixture
def control(base_url: str) -> Iterator[Endpoints]:
    control = Endpoints(base_url)
    yield control
    control.close()


@pytest.fixture
def folder(tmp_path: Path, base_url: str) -> Path:
    (tmp_path / "leadbot.toml").write_text(
        f'# keep me\n[x]\nbase_url = "{base_url}"   # and me\n', encoding="utf-8"
    )
    return tmp_path


@pytest.fixture
def person(control: Endpoints) -> Callable[..., Person]:
    return lambda *answers, **more: Person(control, *answers, **more)


def add(folder: Path, asker: Person, how: How, handle: str = "acme") -> adding.Added:
    settings = adding.lenient(folder, {})
    try:
        return adding.add(settings, folder / "leadbot.toml", handle, how, asker, SystemClock())
    finally:
        for thread in asker.came_back:
            thread.join(10)


def oauth2(**more: Any) -> How:
    return How(Kind.OAUTH2, "sim-client", port=0, given={"bearer_token": BEARER}, **more)


def test_an_owner_signs_in_by_browser_and_the_account_begins_in_watch(
    folder: Path, person: Callable[..., Person]
) -> None:
    asker = person("@Acme")
    added = add(folder, asker, oauth2())

    assert added.appended
    assert added.keys.brand_id == str(user_id_for("acme"))
    text = (folder / "leadbot.toml").read_text(encoding="utf-8")
    assert text.startswith("# keep me\n[x]\n")
    assert "# and me" in text
    (brand,) = config.load(folder, {}).brands
    assert brand.facts.mode is Mode.WATCH
    assert brand.kept == added.keys
    assert (folder / added.where).stat().st_mode & 0o777 == 0o600
    shown = "\n".join(asker.seen)
    assert added.keys.access_token.reveal() not in shown
    assert added.keys.refresh_token.reveal() not in shown


def test_an_owner_without_a_browser_here_pastes_the_address(
    folder: Path, person: Callable[..., Person]
) -> None:
    asker = person("acme", pastes=True)
    added = add(folder, asker, How(Kind.OAUTH2, "sim-client", pastes=True, given={"bearer_token": BEARER}))
    assert added.keys.scopes == ("tweet.read", "tweet.write", "users.read", "offline.access")


def test_a_confidential_app_is_asked_for_its_secret(folder: Path, person: Callable[..., Person]) -> None:
    asker = person("sim-client-secret", "", "acme")
    added = add(folder, asker, How(Kind.OAUTH2, "sim-confidential", is_confidential=True, port=0))
    assert added.keys.client_secret == Secret("sim-client-secret")
    assert asker.asked[0] == "client secret"


def test_four_keys_are_asked_for_and_kept(folder: Path, person: Callable[..., Person]) -> None:
    asker = person(*(key.reveal() for key in OAUTH1.values()), "", "acme")
    added = add(folder, asker, How(Kind.OAUTH1))
    assert added.keys.consumer_secret == OAUTH1["consumer_secret"]
    assert asker.asked[:4] == ["consumer key", "consumer secret", "access token", "access token secret"]


@pytest.mark.parametrize("kind", ["oauth1", "oauth2"])
def test_keys_of_another_account_are_refused_and_given_back(
    folder: Path, person: Callable[..., Person], simulator: SimulatorServer, kind: str
) -> None:
    other = {name: Secret(text) for name, text in credentials_for("globex")["oauth1"].items()}
    how = oauth2() if kind == "oauth2" else How(Kind.OAUTH1, given={**other, "bearer_token": BEARER})
    before = (folder / "leadbot.toml").read_text(encoding="utf-8")

    with pytest.raises(ConfigError, match=r"keys of @globex .*, and you asked for @acme") as refused:
        add(folder, person("acme", approves="globex"), how)

    assert "nothing was kept" in str(refused.value)
    assert not list(folder.glob("keys/*.json"))
    assert (folder / "leadbot.toml").read_text(encoding="utf-8") == before
    assert simulator.call(lambda world: world.oauth2.grants) == []


def test_a_handle_that_is_not_typed_back_keeps_nothing(
    folder: Path, person: Callable[..., Person], simulator: SimulatorServer
) -> None:
    with pytest.raises(NotTypedBack):
        add(folder, person("yes"), oauth2())
    assert not list(folder.glob("keys/*.json"))
    assert simulator.call(lambda world: world.oauth2.grants) == []


def test_who_breaks_off_leaves_no_token_behind(
    folder: Path, control: Endpoints, simulator: SimulatorServer
) -> None:
    class Impatient(Person):
        def ask(self, what: str) -> str:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        add(folder, Impatient(control), oauth2())
    assert simulator.call(lambda world: world.oauth2.grants) == []
    assert not list(folder.glob("keys/*.json"))


def test_keys_that_cannot_be_kept_are_given_back(
    folder: Path, person: Callable[..., Person], simulator: SimulatorServer
) -> None:
    (folder / "keys").mkdir()
    (folder / "keys" / "acme@simulator.json").mkdir()
    with pytest.raises(ConfigError, match="cannot be written"):
        add(folder, person("acme"), oauth2())
    assert simulator.call(lambda world: world.oauth2.grants) == []


def test_an_owner_who_says_no_is_no_sign_in(folder: Path, person: Callable[..., Person]) -> None:
    with pytest.raises(ConfigError, match="the account's owner said no"):
        add(folder, person(approves=""), oauth2())


def test_nobody_who_comes_back_ends_the_wait(folder: Path, control: Endpoints) -> None:
    class Away(Person):
        def tell(self, line: str) -> None:
            self.seen.append(line)

    with pytest.raises(ConfigError, match="nobody came back"):
        add(folder, Away(control), oauth2(waits_s=0.05))


def test_strangers_at_the_callback_are_turned_away_and_told_nothing(folder: Path, control: Endpoints) -> None:
    answers: list[tuple[int, str]] = []

    class Crowd(Person):
        def _browse(self, address: str) -> None:
            def come() -> None:
                own = address.split("?")[0]
                for tried in (own, own + "?state=x&code=K-evil", own + "x?" + address.split("?")[1], address):
                    response = requests.get(tried, timeout=10)
                    answers.append((response.status_code, response.text))

            self.came_back.append(threading.Thread(target=come))
            self.came_back[-1].start()

    add(folder, Crowd(control, "acme"), oauth2())

    assert [status for status, _ in answers] == [400, 400, 404, 200]
    assert "K-evil" not in str(answers)


def test_a_taken_port_says_which_to_choose() -> None:
    taken = Callback(0)
    with pytest.raises(ConfigError, match="--port"):
        Callback(taken.server_port)
    taken.close()


def test_keys_that_x_refuses_are_not_kept(folder: Path, person: Callable[..., Person]) -> None:
    wrong = {**OAUTH1, "access_token_secret": Secret("K-wrong"), "bearer_token": BEARER}
    with pytest.raises(AccountError, match="X refuses these keys") as refused:
        add(folder, person(), How(Kind.OAUTH1, given=wrong))
    assert "K-wrong" not in str(refused.value)
    assert not list(folder.glob("keys/*.json"))


@pytest.mark.parametrize("name", [*OAUTH1, "bearer_token"])
def test_a_key_copied_with_its_surroundings_is_refused_by_name(
    folder: Path, person: Callable[..., Person], name: str
) -> None:
    odd = {**OAUTH1, "bearer_token": BEARER, name: Secret("K-one K-two")}
    with pytest.raises(ConfigError, match=name) as refused:
        add(folder, person("acme"), How(Kind.OAUTH1, given=odd))
    assert "K-" not in str(refused.value)
    assert not list(folder.glob("keys/*.json"))


def test_an_x_that_is_away_keeps_nothing(folder: Path, person: Callable[..., Person]) -> None:
    (folder / "leadbot.toml").write_text('[x]\nbase_url = "http://127.0.0.1:9"\n', encoding="utf-8")
    with pytest.raises(TransientError):
        add(folder, person(), How(Kind.OAUTH1, given={**OAUTH1, "bearer_token": BEARER}))


def test_an_id_in_the_settings_that_is_not_that_of_the_keys_is_refused(
    folder: Path, person: Callable[..., Person]
) -> None:
    with (folder / "leadbot.toml").open("a", encoding="utf-8") as file:
        file.write('[[brands]]\nhandle = "acme"\nid = "5"\nplaybooks = []\n')
    with pytest.raises(ConfigError, match="is the account 5, and X says"):
        add(folder, person("acme"), How(Kind.OAUTH1, given={**OAUTH1, "bearer_token": BEARER}))


def test_what_cannot_work_is_told_before_anybody_is_asked(
    folder: Path, person: Callable[..., Person]
) -> None:
    with pytest.raises(ConfigError) as told:
        add(folder, person(), How(Kind.OAUTH2), handle="../acme")
    assert {problem.rule for problem in told.value.problems} == {"handle", "no-client-id"}

    (folder / "leadbot.toml").write_text('[x]\nbase_url = "https://api.x.com"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="signed for"):
        add(folder, person(), How(Kind.OAUTH1))


def leadbot(folder: Path, *args: str, stdin: str = "") -> Any:
    return CliRunner().invoke(cli, [*args, "--project", str(folder)], input=stdin, catch_exceptions=True)


def test_a_script_gives_secrets_on_standard_input(folder: Path) -> None:
    stdin = "".join(f'{name} = "{key.reveal()}"\n' for name, key in OAUTH1.items())

    done = leadbot(folder, "brand", "add", "@acme", "--stdin", "--oauth1", "--confirm", "acme", stdin=stdin)
    assert done.exit_code == 0, done.output
    assert "leadbot doctor acme" in done.output

    listed = leadbot(folder, "brand", "list")
    assert "OAuth 1.0a from keys/acme@simulator.json" in listed.output
    document = json.loads(leadbot(folder, "brand", "list", "--json").output)
    assert document[0]["mode"] == "watch"
    assert OAUTH1["consumer_secret"].reveal() not in done.output + listed.output + str(document)

    assert leadbot(folder, "brand", "remove", "acme", "--confirm", "acme").exit_code == 0
    assert "the simulator's own" in leadbot(folder, "brand", "list").output


@pytest.mark.parametrize(
    ("stdin", "rule"),
    [("K-secret", "not-toml"), ('consumer = "K-secret"', "unknown-key"), ("consumer_key = 5", "wrong-type"),
     ('consumer_key = "K-secret"', "no-secrets")],
)  # fmt: skip
def test_a_faulty_script_is_told_without_its_secrets(folder: Path, stdin: str, rule: str) -> None:
    done = leadbot(folder, "brand", "add", "acme", "--stdin", "--oauth1", stdin=stdin)
    assert isinstance(done.exception, ConfigError)
    assert rule in {problem.rule for problem in done.exception.problems}
    assert "K-secret" not in str(done.exception)


def test_list_tells_until_when_and_remove_gives_tokens_back(
    folder: Path, person: Callable[..., Person], simulator: SimulatorServer
) -> None:
    add(folder, person("acme"), oauth2())
    listed = leadbot(folder, "brand", "list").output
    assert "scopes tweet.read tweet.write users.read offline.access; token until 2" in listed
    assert "renewed by itself" in listed

    assert leadbot(folder, "brand", "remove", "acme", "--confirm", "globex").exit_code == 1
    assert leadbot(folder, "brand", "remove", "acme", "--revoke", "--confirm", "acme").exit_code == 0
    assert simulator.call(lambda world: world.oauth2.grants) == []
    gone = leadbot(folder, "brand", "remove", "acme", "--confirm", "acme")
    assert "no keys are kept" in str(gone.exception)


def test_list_tells_an_entry_that_cannot_be_used(folder: Path, person: Callable[..., Person]) -> None:
    added = add(folder, person("acme"), oauth2())
    (folder / added.where).chmod(0o644)
    listed = leadbot(folder, "brand", "list")
    assert isinstance(listed.exception, ConfigError)
    assert "chmod 600 keys/acme@simulator.json" in str(listed.exception)


@pytest.mark.slow
def test_the_command_signs_in_by_browser(folder: Path, control: Endpoints) -> None:
    command = [
        *LEADBOT,
        "brand",
        "add",
        "acme",
        "--client-id",
        "sim-client",
        "--port",
        "0",
        "--stdin",
        "--confirm",
        "acme",
    ]
    with subprocess.Popen(
        command,
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        running.stdin.close()
        address = next(line for line in running.stdout if "/i/oauth2/authorize" in line).strip()
        body = {"url": address, "username": "acme"}
        back = control.ask("POST", "authorize", json=body)["redirect"]
        assert next(running.stdout).startswith("Waiting")
        assert requests.get(back, timeout=10).status_code == 200
        rest = running.stdout.read()
    assert running.returncode == 0, rest
    assert "Kept in keys/acme@simulator.json" in rest


@pytest.mark.parametrize(
    "text",
    ["", "[x]\nlisten = 'poll'", '[[brands]]\nhandle = "globex"\nplaybooks = []\n# the end', "\ufeff[x]\n"],
)
def test_an_account_is_appended_to_whatever_stands_there(tmp_path: Path, text: str) -> None:
    file = tmp_path / "leadbot.toml"
    file.write_text(text, encoding="utf-8")
    file.chmod(0o640)
    assert append_brand(file, "acme")
    assert not append_brand(file, "ACME")
    assert file.read_text(encoding="utf-8").startswith(text.lstrip("\ufeff"))
    assert file.stat().st_mode & 0o777 == 0o640
    settings, _ = config.read(file, {})
    assert settings.brands[-1].facts.handle == "acme"


@pytest.mark.parametrize("text", ["brands = 5\n", "brands = []\n", "[[brands\n"])
def test_what_cannot_be_appended_to_is_left_alone_with_the_lines_to_write(tmp_path: Path, text: str) -> None:
    file = tmp_path / "leadbot.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match='handle = "acme"'):
        append_brand(file, "acme")
    assert file.read_text(encoding="utf-8") == text
    assert [path.name for path in tmp_path.iterdir()] == ["leadbot.toml"]
