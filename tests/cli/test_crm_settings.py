"""The CRM in leadbot.toml: options, field map and keys, every fault told with its fix."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

from leadbot import settings as config
from leadbot.cli import call
from leadbot.crm import registry
from leadbot.errors import Problem
from leadbot.settings import Settings

BRAND = '[[brands]]\nhandle = "acme"\nplaybooks = []\n[x]\nbase_url = "http://127.0.0.1:1"\n'
WEBHOOK = '[crm]\nadapter = "webhook"\nurl = "https://example.com/leads"\n'
KEY = "0123456789abcdef0123456789abcdef"


def read(folder: Path, text: str, **env: str) -> tuple[Settings, list[Problem]]:
    (folder / "leadbot.toml").write_text(BRAND + text, encoding="utf-8")
    return config.read(folder, env)


def test_the_field_map_is_read_by_whole_names(tmp_path: Path) -> None:
    text = WEBHOOK + 'pull_every = "10 min"\n[crm.fields]\nname = "full_name"\nvalue.team = "seats"\n'
    settings, problems = read(tmp_path, text)
    assert problems == []
    assert settings.crm.options["fields"] == {"name": "full_name", "value.team": "seats"}
    assert settings.crm.pull_every_s == 600


@pytest.mark.parametrize(
    ("text", "rule", "fix"),
    [
        (WEBHOOK + 'ulr = "x"\n', "unknown-key", 'did you mean "url"?'),
        ('[crm]\nadapter = "file"\nurl = "x"\n', "unknown-key", "path"),
        (WEBHOOK + "fields = 3\n", "wrong-type", "[crm.fields]"),
        (WEBHOOK + 'pull_every = "often"\n', "cannot-read", "30 min"),
        (WEBHOOK + 'signing_secret = "x"\n', "secret-in-file", "LEADBOT_CRM_SIGNING_SECRET"),
    ],
)
def test_a_slip_is_told_with_its_line_and_fix(tmp_path: Path, text: str, rule: str, fix: str) -> None:
    _, problems = read(tmp_path, text)
    (problem,) = [one for one in problems if one.rule == rule]
    assert fix in problem.fix
    assert problem.line > 5


def test_keys_come_from_the_environment_or_a_private_file_and_are_shown_nowhere(tmp_path: Path) -> None:
    file = tmp_path / "secrets.toml"
    file.write_text(f'[crm]\nsigning_secret = "{KEY}"\n', encoding="utf-8")
    file.chmod(0o600)
    settings, problems = read(tmp_path, WEBHOOK)
    assert problems == []
    assert settings.crm.options["secrets"]["signing_secret"].reveal() == KEY
    settings, _ = read(tmp_path, WEBHOOK, LEADBOT_CRM_SIGNING_SECRET=KEY[::-1])
    assert settings.crm.options["secrets"]["signing_secret"].reveal() == KEY[::-1]
    assert KEY not in repr(settings)
    assert KEY[::-1] not in repr(settings)


def test_a_file_others_may_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "secrets.toml"
    file.write_text(f'[crm]\nsigning_secret = "{KEY}"\n', encoding="utf-8")
    file.chmod(0o644)
    settings, problems = read(tmp_path, WEBHOOK)
    assert [one.rule for one in problems] == ["secrets-mode"]
    assert settings.crm.options["secrets"] == {}


def test_a_variable_nobody_reads_and_a_key_with_a_slip_are_told(tmp_path: Path) -> None:
    env = {"LEADBOT_CRM_SIGNING_SECRT": KEY, "LEADBOT_CRM_TOKEN": "two words"}
    _, problems = read(tmp_path, WEBHOOK, **env)
    assert {one.rule for one in problems} == {"unknown-variable", "odd-key"}
    assert "did you mean LEADBOT_CRM_SIGNING_SECRET?" in str(problems)
    assert "two words" not in str(problems)


def test_an_account_called_crm_keeps_keys_of_its_own_beside(tmp_path: Path) -> None:
    file = tmp_path / "secrets.toml"
    file.write_text(f'[crm]\nsigning_secret = "{KEY}"\nbearer_token = "b"\n', encoding="utf-8")
    file.chmod(0o600)
    (tmp_path / "leadbot.toml").write_text(BRAND.replace("acme", "crm") + WEBHOOK, encoding="utf-8")
    settings, problems = config.read(tmp_path, {"LEADBOT_CRM_CONSUMER_KEY": "c"})
    assert problems == []
    assert settings.crm.options["secrets"]["signing_secret"].reveal() == KEY
    (brand,) = settings.brands
    assert (brand.secrets.bearer_token.reveal(), brand.secrets.consumer_key.reveal()) == ("b", "c")


def test_every_key_of_a_crm_is_documented() -> None:
    page = (Path(__file__).parents[2] / "docs" / "settings.md").read_text(encoding="utf-8")
    told = page.partition("## Keys for a CRM\n")[2]
    assert [line.split("`")[1] for line in told.splitlines() if line.startswith("| `")] == list(
        registry.SECRETS
    )


def test_keys_that_were_typed_are_kept_for_their_owner_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    read(tmp_path, WEBHOOK)
    monkeypatch.setattr("sys.stdin", io.StringIO(f'signing_secret = "{KEY}"'))
    assert call(["crm", "keys", "--stdin", "--project", str(tmp_path)]) == 0
    file = tmp_path / "keys" / "@crm.json"
    assert file.stat().st_mode & 0o077 == 0
    assert KEY not in capsys.readouterr().out
    settings, problems = read(tmp_path, WEBHOOK)
    assert problems == []
    assert settings.crm.options["secrets"]["signing_secret"].reveal() == KEY
    settings, _ = read(tmp_path, WEBHOOK, LEADBOT_CRM_SIGNING_SECRET=KEY[::-1])
    assert settings.crm.options["secrets"]["signing_secret"].reveal() == KEY[::-1], "the environment wins"


@pytest.mark.parametrize("said", ["not toml", 'token = "x"', 'signing_secret = "two words"', ""])
def test_keys_that_make_no_sense_are_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], said: str
) -> None:
    read(tmp_path, WEBHOOK)
    monkeypatch.setattr("sys.stdin", io.StringIO(said))
    assert call(["crm", "keys", "--stdin", "--project", str(tmp_path)]) == 2
    assert "two words" not in capsys.readouterr().err
    assert not (tmp_path / "keys" / "@crm.json").exists()


def test_a_vault_others_may_read_or_that_makes_no_sense_is_refused(tmp_path: Path) -> None:
    read(tmp_path, WEBHOOK)
    file = tmp_path / "keys" / "@crm.json"
    file.parent.mkdir(mode=0o700)
    file.write_text("nonsense", encoding="utf-8")
    file.chmod(0o600)
    assert [one.rule for one in read(tmp_path, WEBHOOK)[1]] == ["keys-file"]
    file.chmod(0o644)
    assert [one.rule for one in read(tmp_path, WEBHOOK)[1]] == ["keys-mode"]


def test_every_example_of_the_page_about_crms_can_be_read(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "crm.md").read_text(encoding="utf-8")
    examples = re.findall(r"^```toml\n(.*?)^```", page, flags=re.MULTILINE | re.DOTALL)
    assert len(examples) == 3
    for example in examples:
        settings, problems = read(tmp_path, example, LEADBOT_CRM_SIGNING_SECRET=KEY)
        assert problems == []
        registry.build(settings.crm.adapter, settings.crm.options)
