"""How long X is waited for is the operator's to say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from leadbot import settings
from leadbot.app.build import patience_of, time_outs
from leadbot.settings.scaffold import write_project
from leadbot.x.session import TimeOuts


def test_the_settings_decide_how_long_x_is_waited_for(tmp_path: Path) -> None:
    write_project(tmp_path, "acme")
    usual = settings.load(tmp_path, {})
    assert time_outs(usual) == TimeOuts()
    hasty = replace(usual, x=replace(usual.x, timeout_s=1.0, silence_s=2.0))
    assert time_outs(hasty) == TimeOuts(connect_s=1.0, read_s=1.0, silence_s=2.0)
    patient = replace(usual, x=replace(usual.x, timeout_s=60.0))
    assert time_outs(patient) == TimeOuts(connect_s=5.0, read_s=60.0, silence_s=22.0)


def test_polls_that_are_seldom_on_purpose_are_no_silence(tmp_path: Path) -> None:
    write_project(tmp_path, "acme")
    usual = settings.load(tmp_path, {})
    assert patience_of(usual).no_poll_s == 900.0
    seldom = replace(usual, x=replace(usual.x, poll_s=300.0))
    assert patience_of(seldom).no_poll_s == 3600.0, "with few reads left it polls every half hour"
    assert patience_of(replace(seldom, x=replace(seldom.x, listen="stream"))).no_poll_s == 900.0
