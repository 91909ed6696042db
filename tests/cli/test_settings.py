"""leadbot.toml: what may stand in it, and how its faults are told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from leadbot import settings
from leadbot.errors import ConfigError
from leadbot.model import Mode
from leadbot.settings.scaffold import write_project

LOCAL = '[x]\nbase_url = "http://127.0.0.1:8765"\n'
BRAND = '[[brands]]\nhandle = "acme"\nplaybooks = []\n'
KEYS = {
    f"LEADBOT_ACME_{name}": "s3cret"
    for name in ("CONSUMER_KEY", "CONSUMER_SECRET", "ACCESS_TOKEN", "ACCESS_TOKEN_SECRET", "BEARER_TOKEN")
}


def load(folder: Path, text: str, env: dict[str, str] | None = None) -> settings.Settings:
    (folder / "leadbot.toml").write_text(text, encoding="utf-8")
    return settings.load(folder, env or {})


def rules_broken(folder: Path, text: str, env: dict[str, str] | None = None) -> dict[str, str]:
    """Rule → where it is broken."""
    with pytest.raises(ConfigError) as caught:
        load(folder, text, env)
    return {problem.rule: problem.where for problem in caught.value.problems}


def test_the_project_that_init_writes_can_be_loaded_as_it_is(tmp_path: Path) -> None:
    write_project(tmp_path, "acme")

    found = settings.load(tmp_path, {})

    assert found.x.is_local
    assert found.database_url == f"sqlite:///{tmp_path}/leadbot.db"
    (brand,) = found.brands
    assert (brand.facts.handle, brand.facts.mode) == ("acme", Mode.LIVE)
    assert brand.playbooks == (tmp_path / "playbooks" / "team-plan.yaml",)
    assert [rep.first_name for rep in brand.facts.teams[0].reps] == ["Maya", "Tomás"]


def test_every_fault_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    text = (
        '[databse]\nurl = "x"\n[x]\nbase_url = "ftp://there"\nlisen = "both"\n'
        '[[brands]]\nhandle = "acme corp"\npace = "quickly"\n[[teams]]\nname = "sales"\nhours = "always"\n'
    )
    (tmp_path / "leadbot.toml").write_text(text, encoding="utf-8")

    with pytest.raises(ConfigError) as caught:
        settings.load(tmp_path, {})

    told = {(problem.line, problem.rule) for problem in caught.value.problems}
    assert told >= {
        (1, "unknown-key"),
        (4, "base-url"),
        (5, "unknown-key"),
        (7, "handle"),
        (8, "cannot-read"),
        (9, "no-reps"),
        (11, "cannot-read"),
    }
    assert 'did you mean "listen"?' in str(caught.value)
    assert 'did you mean "database"?' in str(caught.value)


def test_a_file_that_is_not_toml_is_told_with_line_and_column(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, "[x]\nlisten = both\n")

    (problem,) = caught.value.problems
    assert (problem.rule, problem.line) == ("not-toml", 2)


def test_a_missing_file_points_to_init(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="leadbot init"):
        settings.load(tmp_path, {})


@pytest.mark.parametrize(
    ("url", "rule"),
    [
        ("mysql://here/db", "database-url"),
        ("leadbot.db", "database-url"),
        ("sqlite://", "database-url"),
        ("sqlite:///:memory:", "database-url"),
        ("postgresql://me@host/leads", "database-url"),
        ("postgresql://[::1/leads", "database-url"),
        ("sqlite+odd:///x.db", "database-url"),
        ("sqlite:///x.db?mode=ro", "database-url"),
    ],
)
def test_a_database_that_would_not_do_is_refused(tmp_path: Path, url: str, rule: str) -> None:
    assert rule in rules_broken(tmp_path, f'{LOCAL}{BRAND}[database]\nurl = "{url}"\n')


def test_the_environment_names_the_database_and_its_password_is_never_told(tmp_path: Path) -> None:
    env = {"LEADBOT_DATABASE_URL": "sqlite:////var/leads.db"}
    assert load(tmp_path, LOCAL + BRAND, env).database_url == "sqlite:////var/leads.db"

    with pytest.raises(ConfigError) as caught:
        load(tmp_path, LOCAL + BRAND, {"LEADBOT_DATABASE_URL": "oracle://me:hunter2@host/leads"})
    assert "hunter2" not in str(caught.value)


def test_on_x_itself_an_account_begins_in_watch_and_no_file_raises_it(tmp_path: Path) -> None:
    live = BRAND + 'mode = "live"\n'

    assert set(rules_broken(tmp_path, live)) == {"no-secrets", "mode-by-hand"}
    assert set(rules_broken(tmp_path, live + 'live_confirmed = "@Acme"\n', KEYS)) == {"mode-by-hand"}
    assert set(rules_broken(tmp_path, BRAND + 'mode = "draft"\n', KEYS)) == {"mode-by-hand"}
    (brand,) = load(tmp_path, BRAND, KEYS).brands
    assert brand.facts.mode is Mode.WATCH
    assert brand.secrets.may_speak


def test_no_secret_is_shown_by_repr(tmp_path: Path) -> None:
    assert "s3cret" not in repr(load(tmp_path, BRAND, KEYS))


def test_a_secret_in_leadbot_toml_is_refused(tmp_path: Path) -> None:
    found = rules_broken(tmp_path, LOCAL + BRAND + 'consumer_secret = "s3cret"\n')

    assert found == {"secret-in-file": "leadbot.toml:6"}


def test_a_secrets_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "secrets.toml"
    file.write_text('[acme]\noauth2_token = "s3cret"\nbearer_token = "s3cret"\n', encoding="utf-8")
    file.chmod(0o644)
    assert "secrets-mode" in rules_broken(tmp_path, BRAND)

    file.chmod(0o600)
    assert load(tmp_path, BRAND).brands[0].secrets.oauth2_token.reveal() == "s3cret"


def test_a_mistyped_variable_is_noticed(tmp_path: Path) -> None:
    env = {**KEYS, "LEADBOT_ACME_CONSUMER_KEYS": "x"}

    assert rules_broken(tmp_path, BRAND, env) == {"unknown-variable": "LEADBOT_ACME_CONSUMER_KEYS"}


def test_two_brands_share_teams_unless_a_team_names_its_brand(tmp_path: Path) -> None:
    second = BRAND.replace("acme", "globex")
    team = '[[teams]]\nname = "{}"\nreps = ["Ann Lee"]\n'
    text = LOCAL + BRAND + second + team.format("all") + team.format("own") + 'brand = "globex"\n'

    acme, globex = load(tmp_path, text).brands

    assert [team.name for team in acme.facts.teams] == ["all"]
    assert [team.name for team in globex.facts.teams] == ["all", "own"]


@pytest.mark.parametrize(
    ("written", "seconds"),
    [('"20s to 90s"', (20, 90)), ("[1, 2.5]", (1, 2.5)), ("0", (0, 0)), ('"1 min - 2 min"', (60, 120))],
)
def test_a_pace_may_be_written_in_several_ways(
    tmp_path: Path, written: str, seconds: tuple[float, float]
) -> None:
    assert load(tmp_path, f"{LOCAL}{BRAND}pace = {written}\n").brands[0].facts.pace_s == seconds


def test_hours_of_a_week_may_have_breaks(tmp_path: Path) -> None:
    hours = '["mon-tue 09:00-12:00, 13:00-17:00", "fri 09:00-15:00"]'
    text = f'{LOCAL}{BRAND}[[teams]]\nname = "sales"\nreps = ["Ann Lee"]\nhours = {hours}\n'

    (team,) = load(tmp_path, text).brands[0].facts.teams

    assert team.hours == (
        (0, 540, 720),
        (0, 780, 1020),
        (1, 540, 720),
        (1, 780, 1020),
        (4, 540, 900),
    )


def test_every_setting_is_documented() -> None:
    page = (Path(__file__).parents[2] / "docs" / "settings.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^## \[+([a-z]+)\]+\n(.*?)(?=^## |\Z)", page, flags=re.MULTILINE | re.DOTALL))

    for table, keys in settings.KNOWN.items():
        assert set(re.findall(r"^\| `(\w+)` \|", sections[table], flags=re.MULTILINE)) == set(keys)
    assert all(f"`{name}`" in page for name in settings.SECRET_NAMES)


GOOD = '[x]\nbase_url = "http://127.0.0.1:8765"\n[[brands]]\nhandle = "acme"\nplaybooks = []\n'


@pytest.mark.parametrize(
    "text",
    [
        b"\x00\xff\xfe" * 50,
        GOOD.encode("utf-16"),
        b"a = " + b"[" * 5000,
        GOOD.replace("127.0.0.1:8765", "[::1").encode(),
        GOOD.replace("127.0.0.1:8765", "127.0.0.1:99999").encode(),
        GOOD.replace("[]", '["**x", "", "a\\u0000b", "/nowhere/x.yaml", "playbooks"]').encode(),
        *(
            (GOOD + line + "\n").encode()
            for line in (
                'id = "٣"', "pace = nan", "pace = inf", "too_late = inf", 'too_late = "99999999999999 d"',
                "daily_budget_usd = nan", "same_text_per_hour = inf", "same_text_hours = 1e300",
                'zone = "../../etc/passwd"', 'zone = "Europe"', 'zone = "a\\u0000"', 'quiet_hours = "late"',
                'disclosure = []', 'mode = ["live"]',
                '[database]\nurl = "postgresql://[::1/db"', '[database]\nurl = "sqlite:///x.db\\u0000"',
                '[crm]\nadapter = 4', '[clock]\nfollow = "http://[::1"', '[log]\nlevel = 3',
                '[[teams]]\nname = "t"\nreps = [{name = 5}]\nhours = 5', '[[brands]]\nhandle = "ACME"',
            )
        ),
    ],
)  # fmt: skip
def test_whatever_stands_in_the_file_is_told_with_place_and_fix(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "leadbot.toml").write_bytes(text)

    with pytest.raises(ConfigError) as caught:
        settings.load(tmp_path, {})

    assert all(problem.where and problem.what and problem.fix for problem in caught.value.problems)


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "leadbot.toml").write_bytes(b"\xef\xbb\xbf" + GOOD.encode())

    assert settings.load(tmp_path, {}).x.is_local


def test_x_may_be_given_more_time_but_its_stream_no_less_than_it_needs(tmp_path: Path) -> None:
    assert load(tmp_path, LOCAL + "timeout_s = 1\nsilence_s = 2\n" + BRAND).x.silence_s == 2.0
    assert rules_broken(tmp_path, "[x]\nsilence_s = 10\n" + BRAND, KEYS) == {"out-of-range": "leadbot.toml:2"}


SALES = '[[teams]]\nname = "sales"\nclaim_within = "20 min"\nmanager = "Ada"\n'


def test_a_team_says_who_gets_whom_and_where_they_are_told(tmp_path: Path) -> None:
    reps = (
        'reps = [{name = "Ann Lee", weight = 2, brands = ["@Acme"], takes = {place = ["berlin", "bonn"]}, '
        'away = ["2026-12-24", "2026-12-30 to 2027-01-01"], notify = "env:ANN"}, "Bo Ek"]\n'
    )
    found = load(tmp_path, f'{LOCAL}{BRAND}{SALES}notify = ["env:SALES"]\n{reps}', {"ANN": "json://h/t0ken"})
    (team,) = found.brands[0].facts.teams
    assert (team.claim_within_s, team.manager) == (1200.0, "Ada")
    ann, bo = team.reps
    assert (ann.weight, ann.brands, ann.takes) == (2, ("acme",), (("place", "berlin"), ("place", "bonn")))
    assert [day.isoformat() for day in ann.away] == ["2026-12-24", "2026-12-30", "2026-12-31", "2027-01-01"]
    assert (bo.weight, bo.away) == (1, ())
    assert [(one.rep, one.name, bool(one.url)) for one in found.channels] == [
        ("", "SALES", False),
        ("Ann Lee", "ANN", True),
    ]
    assert "t0ken" not in repr(found)


@pytest.mark.parametrize(
    ("wrong", "fix"),
    [
        ('reps = [{name = "Ann Lee", wieght = 2}]', 'did you mean "weight"?'),
        ('reps = [{name = "Ann Lee", weight = -1}]', "write weight = 2"),
        ('reps = [{name = "Ann Lee", away = ["2027-01-03 to 2026-12-20"]}]', "write away"),
        ('reps = [{name = "Ann Lee", takes = ["berlin"]}]', "write takes"),
        ('reps = ["Ann Lee", "Ann Lee"]', "keep one"),
        ('reps = [{name = "Ann Lee", notify = "slack://t0ken"}]', "env:"),
        ('notify = "slack://t0ken"\nreps = ["Ann Lee"]', "env:"),
        ('managr = "Ada"\nreps = ["Ann Lee"]', 'did you mean "manager"?'),
    ],
)
def test_a_slip_in_a_team_is_told_with_its_fix_and_without_a_token(
    tmp_path: Path, wrong: str, fix: str
) -> None:
    with pytest.raises(ConfigError) as told:
        load(tmp_path, f'{LOCAL}{BRAND}[[teams]]\nname = "sales"\n{wrong}\n')
    (problem,) = told.value.problems
    assert fix in problem.fix
    assert "t0ken" not in str(told.value)
