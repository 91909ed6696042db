"""An adapter is found by its name; a wrong name says what was meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from leadbot.crm import registry
from leadbot.crm.file import FileCrm
from leadbot.errors import ConfigError


def test_file_is_the_first_adapter(tmp_path: Path) -> None:
    assert isinstance(registry.build("file", {"path": str(tmp_path / "crm")}), FileCrm)
    assert registry.names() == ("file", "hubspot", "salesforce", "tryton", "webhook")


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("flie", 'did you mean "file"?'),
        ("hub-spot", 'did you mean "hubspot"?'),
        ("zzz", 'choose one of "file", "hubspot", "salesforce", "tryton", "webhook"'),
    ],
)
def test_an_unknown_name_says_what_to_write(name: str, fix: str) -> None:
    with pytest.raises(ConfigError) as refused:
        registry.build(name, {})
    (problem,) = refused.value.problems
    assert (problem.where, problem.rule, problem.fix) == ("crm.adapter", "unknown-adapter", fix)


@pytest.mark.parametrize("options", [{}, {"path": ""}, {"path": 7}])
def test_no_folder_is_a_config_error(options: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        registry.build("file", options)


def test_a_file_where_the_folder_should_be_is_a_config_error(tmp_path: Path) -> None:
    (tmp_path / "crm").write_text("in the way")
    with pytest.raises(ConfigError) as refused:
        registry.build("file", {"path": str(tmp_path / "crm")})
    assert refused.value.problems[0].rule == "no-folder"
