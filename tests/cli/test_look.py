"""Which account a handle means: the one at the simulator, or the one at X."""

from __future__ import annotations

from pathlib import Path

import pytest

from leadbot import settings
from leadbot.app.look import brand_ids
from leadbot.model import BrandId
from leadbot.simulator.accounts import user_id_for
from leadbot.store import Store, open_database
from tests.fakes.clock import ManualClock

KEYS = {"LEADBOT_ACME_OAUTH2_TOKEN": "k", "LEADBOT_ACME_BEARER_TOKEN": "k"}
LOCAL_ID = BrandId(str(user_id_for("acme")))


@pytest.mark.parametrize("at_x", [BrandId("5"), BrandId("999999999999999999")])
@pytest.mark.parametrize("is_local", [True, False])
def test_a_database_that_was_begun_on_the_simulator_does_not_confuse_the_accounts(
    tmp_path: Path, at_x: BrandId, is_local: bool
) -> None:
    base_url = "http://127.0.0.1:8765" if is_local else "https://api.twitter.com"
    text = f'[x]\nbase_url = "{base_url}"\n[[brands]]\nhandle = "Acme"\nplaybooks = []\n'
    (tmp_path / "leadbot.toml").write_text(text, encoding="utf-8")
    found = settings.load(tmp_path, KEYS)
    store = Store(open_database(found.database_url), ManualClock())
    try:
        store.brands.introduce(LOCAL_ID, "acme")
        assert brand_ids(found, store) == ({"acme": LOCAL_ID} if is_local else {})
        store.brands.introduce(at_x, "acme")
        assert brand_ids(found, store) == {"acme": LOCAL_ID if is_local else at_x}
    finally:
        store.close()
