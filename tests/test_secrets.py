"""Nothing secret is ever shown: not in logs, pages, tracebacks or `repr`, whatever goes wrong."""

from __future__ import annotations

import io
import json
import pickle
import subprocess
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st

from leadbot import settings as config
from leadbot.app.accounts import credentials_of
from leadbot.app.build import build
from leadbot.app.project import load_project
from leadbot.cli import call
from leadbot.cli.project import configure_logs
from leadbot.clock import SystemClock
from leadbot.errors import ConfigError, LeadbotError
from leadbot.keys import FileVault, Kind, StoredKeys
from leadbot.model import BrandId
from leadbot.model.secret import Secret
from leadbot.settings import SECRET_NAMES
from leadbot.settings.scaffold import write_project
from leadbot.simulator import SimulatorServer, World, user_id_for
from leadbot.x.account import Account, account_id, verify
from leadbot.x.credentials import Credentials
from leadbot.x.door import Door
from leadbot.x.oauth2 import App, Endpoints, SignIn, exchange, refresh
from leadbot.x.tokens import KeptTokens
from tests.cli.living import LEADBOT, wait_until
from tests.x.wire import RST, ScriptedServer, answer

MARK = "K-"
"""What every planted secret starts with; nothing that is shown may have it."""

AT = datetime(2026, 1, 1, tzinfo=UTC)
OURS = str(Path(__file__).parents[1] / "leadbot")


def marked(kind: Kind, handle: str = "acme", **more: Any) -> StoredKeys:
    names = ("consumer_key", "consumer_secret", "access_token", "access_token_secret", "bearer_token")
    keys = {name: Secret(f"{MARK}{name}") for name in (*names, "client_secret", "refresh_token")}
    keys_of = BrandId(str(user_id_for(handle)))
    return StoredKeys(
        kind, keys_of, handle, AT, client_id="sim-client", issued_at=AT, expires_at=AT, **keys, **more
    )


def project(folder: Path, *, port: int = 9, log: str = "json") -> Path:
    write_project(folder, "acme", port=port)
    toml = folder / "leadbot.toml"
    text = toml.read_text(encoding="utf-8").replace('format = "console"', f'format = "{log}"')
    text = text.replace('level = "info"', 'level = "debug"')
    toml.write_text(text + '[[brands]]\nhandle = "globex"\nplaybooks = []\n', encoding="utf-8")
    vault = FileVault(folder / "keys")
    vault.save("acme@simulator", marked(Kind.OAUTH1))
    vault.save("globex@simulator", marked(Kind.OAUTH2, "globex"))
    return folder


def files_of(folder: Path) -> str:
    """All that stands in a project but the vault itself."""
    paths = [path for path in folder.rglob("*") if path.is_file() and path.parent.name != "keys"]
    return "".join(path.read_bytes().decode("utf-8", errors="replace") for path in paths)


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_a_daemon_whose_keys_x_refuses_shows_none_in_log_health_or_database(
    tmp_path: Path, log_format: str
) -> None:
    out = io.StringIO()
    with SimulatorServer(World(brands=["acme", "globex"])) as server, redirect_stderr(out):
        folder = project(tmp_path, port=int(server.base_url.rpartition(":")[2]))
        configure_logs(log_format, "debug")
        with build(load_project(folder, {})) as daemon:
            daemon.start()
            for word in ("poll.refused", "sign_in_again", "stream.refused"):
                wait_until(lambda word=word: word in out.getvalue(), word)  # type: ignore[misc]
            wait_until(lambda: "sign_in_again" in json.dumps(daemon.health(), default=str), "it is told")
            daemon.stop()
        asked = json.dumps(list(server.call(lambda world: world.requests)))
    structlog.reset_defaults()

    shown = out.getvalue() + files_of(folder) + asked
    assert "leadbot brand add globex" in shown
    assert '"well"' in shown
    assert MARK not in shown


@pytest.mark.parametrize(
    "command", [("--debug", "doctor", "--json"), ("doctor",), ("brand", "list", "--json")]
)
def test_no_command_shows_the_keys_it_tries(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: tuple[str, ...]
) -> None:
    with SimulatorServer(World(brands=["acme", "globex"])) as server:
        folder = project(tmp_path, port=int(server.base_url.rpartition(":")[2]))
        call([*command, "--project", str(folder)])
    shown = "".join(capsys.readouterr())

    assert "acme" in shown
    assert MARK not in shown + files_of(folder)


def test_settings_and_accounts_show_no_key_however_they_are_shown(tmp_path: Path) -> None:
    found = config.load(project(tmp_path), {f"LEADBOT_ACME_{n.upper()}": f"{MARK}{n}" for n in SECRET_NAMES})
    acme, globex = found.brands
    account = Account(BrandId("7"), "globex", credentials_of(globex, found, SystemClock()))
    things: list[Any] = [
        found,
        acme,
        globex,
        account,
        acme.secrets,
        globex.kept,
        credentials_of(acme, found, SystemClock()),
    ]

    for thing in things:
        assert MARK not in f"{thing} {thing!r} {[thing]} {vars_of(thing)}"
        with pytest.raises(TypeError):
            pickle.dumps(thing)
    for thing in (found, acme, globex, acme.secrets):
        assert MARK not in json.dumps(asdict(thing), default=str)
        assert "•••" in json.dumps(asdict(thing), default=str, ensure_ascii=False)


def vars_of(thing: Any) -> str:
    """As a debugger shows the attributes of an object."""
    names = getattr(type(thing), "__slots__", ()) or vars(thing)
    return str({name: getattr(thing, name, None) for name in names})


# -- tracebacks --


def fails(call: Callable[[], object]) -> BaseException:
    with pytest.raises(Exception) as caught:  # noqa: PT011  # whatever it is, it must not show a key
        call()
    return caught.value


def shown_with_variables(error: BaseException) -> str:
    """A traceback as the most talkative of tools shows it: with the variables of every frame of ours."""
    lines: list[str] = []
    seen: BaseException | None = error
    while seen is not None:
        lines += [str(seen), repr(seen)]
        lines += [repr(value) for frame in _frames(seen.__traceback__) for value in frame.values()]
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return "\n".join(lines)


def _frames(trace: TracebackType | None) -> Iterator[dict[str, Any]]:
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.startswith(OURS):
            yield trace.tb_frame.f_locals
        trace = trace.tb_next


def as_logged(error: BaseException, log_format: str) -> str:
    out = io.StringIO()
    with redirect_stderr(out):
        configure_logs(log_format, "debug")
        structlog.get_logger().error("part.failed", exc_info=error, keys=marked(Kind.OAUTH2))
    structlog.reset_defaults()
    return out.getvalue()


NAMES = ("consumer_key", "consumer_secret", "access_token", "access_token_secret", "bearer_token")
KEYS = Credentials(**{name: Secret(f"{MARK}{name}") for name in NAMES})  # type: ignore[arg-type]
TOKEN = Credentials(oauth2_user_token=Secret(f"{MARK}token"))


def door(base_url: str, keys: Credentials, **more: Any) -> Door:
    return Door(keys, SystemClock(), base_url=base_url, owner="acme", **more)


ACME = Account(BrandId("1"), "acme", KEYS)


class Crash(RuntimeError):
    """A bug, somewhere below."""


def crash(*args: Any, **more: Any) -> Any:
    raise Crash("a bug")


def _kept(folder: Path, base_url: str, **more: Any) -> KeptTokens:
    vault = FileVault(folder)
    vault.save("acme", replace(marked(Kind.OAUTH2), **more))
    return KeptTokens(vault, "acme", SystemClock(), base_url=base_url)


ATTEMPT = SignIn(
    App("sim-client"), "http://127.0.0.1/", state=Secret(f"{MARK}state"), verifier=Secret(f"{MARK}verifier")
)


def spoilt(folder: Path, *, mode: int, text: str) -> StoredKeys | None:
    _kept(folder, "http://127.0.0.1:9")
    (folder / "acme.json").write_text(text, encoding="utf-8")
    (folder / "acme.json").chmod(mode)
    return FileVault(folder).load("acme")


FAILURES: dict[str, Callable[[str, Path], object]] = {
    "users/me by OAuth 1.0a": lambda url, at: account_id(door(url, KEYS)),
    "users/me by OAuth 2.0": lambda url, at: account_id(door(url, TOKEN)),
    "the app's rules": lambda url, at: door(url, KEYS, as_app=True).ask(lambda c: c.request("GET", "/2/x")),
    "a bug in a question": lambda url, at: door(url, KEYS).ask(crash),
    "verifying an account": lambda url, at: verify(ACME, SystemClock(), base_url=url),
    "a refresh": lambda url, at: refresh(
        Endpoints.of(url), App("sim-confidential", Secret(f"{MARK}app")), Secret(f"{MARK}refresh"), now=AT
    ),
    "a code": lambda url, at: exchange(Endpoints.of(url), ATTEMPT, Secret(f"{MARK}code"), now=AT),
    "a kept token": lambda url, at: _kept(at, url).current(),
    "a kept token that X refused": lambda url, at: _kept(at, url).renew(Secret(f"{MARK}access_token")),
    "a bug while a token is renewed": lambda url, at: KeptTokens(
        _kept(at, url)._vault, "acme", SystemClock(), base_url=url, ask=crash
    ).current(),
    "a spoilt vault": lambda url, at: spoilt(at, mode=0o600, text=f'{{"kind": "{MARK}'),
    "a loose vault": lambda url, at: spoilt(at, mode=0o644, text=f"{MARK}loose"),
    "odd keys": lambda url, at: Credentials(oauth2_user_token=Secret(f"{MARK}a\nb")),
}  # fmt: skip

SCRIPTS: dict[str, list[bytes]] = {
    "cut": [RST],
    "401": [answer(401, {"title": "Unauthorized"})],
    "refused": [answer(400, {"error": "invalid_request", "error_description": "no"})],
    "html": [answer(503, b"<html>over capacity</html>", kind="text/html")],
    "junk": [answer(200, b"\xff{")],
}


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("failure", FAILURES)
def test_no_failure_shows_a_key_in_its_words_its_frames_or_the_log(
    tmp_path: Path, failure: str, script: str
) -> None:
    with ScriptedServer() as server:
        routes = ["GET /2/users/me", "GET /2/tweets", "GET /2/x", "POST /2/oauth2/token"]
        server.scripts = {route: [SCRIPTS[script]] for route in routes}
        error = fails(lambda: FAILURES[failure](server.base_url, tmp_path))

    logged = as_logged(error, "json") + as_logged(error, "console")
    assert "part.failed" in logged
    assert MARK not in logged
    assert MARK not in shown_with_variables(error)
    assert MARK not in "".join(traceback.format_exception(error))


def test_the_most_talkative_tool_would_find_a_key_that_is_no_secret() -> None:
    """The proof that the test above can fail."""

    def careless() -> None:
        token = f"{MARK}plain"
        raise ValueError(token)

    assert MARK in shown_with_variables(fails(careless))


# -- odd keys --

odd = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30).map(lambda text: f"{MARK}{text}{MARK}")


@given(text=odd)
@settings(max_examples=60, deadline=None)
def test_a_key_with_odd_characters_is_refused_or_sent_and_never_shown(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    with one_folder(tmp_path_factory) as folder:
        try:
            found = config.load(folder, {f"LEADBOT_ACME_{name.upper()}": text for name in SECRET_NAMES})
        except ConfigError as error:
            refused = error
        else:
            refused = None
        if refused is not None:
            assert "odd-key" in {problem.rule for problem in refused.problems}
            assert MARK not in f"{refused!r}" + "".join(traceback.format_exception(refused))
            return
        keys = credentials_of(found.brands[0], found, SystemClock())
        error = fails(lambda: account_id(door("http://127.0.0.1:9", keys)))
        assert isinstance(error, LeadbotError)
        assert MARK not in "".join(traceback.format_exception(error))


@contextmanager
def one_folder(factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project for all examples: nothing in them changes it."""
    folder = factory.getbasetemp() / "odd-keys"
    folder.mkdir(exist_ok=True)
    text = '[x]\nbase_url = "https://x.invalid"\n[[brands]]\nhandle = "acme"\nplaybooks = []\n'
    (folder / "leadbot.toml").write_text(text, encoding="utf-8")
    yield folder


@given(password=st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20))
@settings(max_examples=60, deadline=None)
def test_a_password_in_a_database_url_is_never_told(
    tmp_path_factory: pytest.TempPathFactory, password: str
) -> None:
    url = f"oracle://me:{MARK}{password}{MARK}@host/leads"
    with one_folder(tmp_path_factory) as folder, pytest.raises(ConfigError) as caught:
        config.load(folder, {"LEADBOT_DATABASE_URL": url})
    assert MARK not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    ['[acme]\noauth2_token = ["K-1"]\n', "[acme]\noauth2_token = K-1\n", 'oauth2_token = "K-1"\n',
     '[acme]\noauth2_token = "K-1 K-2"\n', '[acme]\noauth2_token = """K-1\nK-2"""\n',
     '[acme]\n"oauth2_token" = "K-1\n'],
)  # fmt: skip
def test_a_faulty_file_of_keys_is_told_without_its_keys(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    (tmp_path / "leadbot.toml").write_text('[[brands]]\nhandle = "acme"\nplaybooks = []\n', encoding="utf-8")
    (tmp_path / "secrets.toml").write_text(text, encoding="utf-8")
    (tmp_path / "secrets.toml").chmod(0o600)

    assert call(["--debug", "check", "--project", str(tmp_path)]) == 2
    assert MARK not in "".join(capsys.readouterr())


@pytest.mark.long
def test_keys_typed_by_a_person_are_not_echoed(tmp_path: Path) -> None:
    folder = project(tmp_path)
    typed = "".join(f"{MARK}{n}\n" for n in range(6))
    done = subprocess.run(
        [*LEADBOT, "--debug", "brand", "add", "acme", "--oauth1"], cwd=folder, input=typed,
        capture_output=True, text=True, timeout=60, check=False, start_new_session=True,
    )  # fmt: skip
    assert done.returncode == 1
    assert MARK not in done.stdout + done.stderr
