"""The fake keeps the same promises as the adapters it stands for."""

from __future__ import annotations

import pytest

from tests.fakes.crm import FakeCrm

from .contract import CrmContract


class TestFakeCrm(CrmContract):
    @pytest.fixture
    def crm(self) -> FakeCrm:
        return FakeCrm()
