"""How long X is waited for is the operator's to say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from leadbot import settings
from leadbot.app.build import time_outs
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
