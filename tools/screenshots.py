"""The pictures of the desk in docs/: the demo's people, before a week has gone by. Needs tools/browser.sh.

.venv/bin/python -m tools.screenshots
"""

from __future__ import annotations

import threading
from pathlib import Path
from shutil import which
from typing import Any

from playwright.sync_api import sync_playwright

from leadbot.demo.cast import CAST
from leadbot.demo.desk import open_desk
from leadbot.demo.show import open_stage_store
from leadbot.demo.stage import Actor, Stage, open_stage
from leadbot.store import Store

OUT = Path(__file__).parent.parent / "docs" / "img"
LAPTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


def main() -> None:
    OUT.mkdir(exist_ok=True)
    with open_stage(seed=0) as stage:
        stage.wait_until_it_listens()
        with open_stage_store(stage) as store, open_desk(stage) as address:
            play(stage, store)
            with sync_playwright() as playwright:
                chromium = playwright.chromium.launch(
                    executable_path=which("chromium"),
                    args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
                )
                shoot(chromium, address, who(store, "ana_ops"))
                chromium.close()


def play(stage: Stage, store: Store) -> None:
    def is_settled(handle: str, post_id: str) -> bool:
        found = store.queries.find_person(handle)
        if found is None or not store.queries.decisions_of_post(post_id):
            return False
        return not any(one.waiting or one.in_flight for one in found.conversations)

    threads = [threading.Thread(target=Actor(role, stage, is_settled).play, daemon=True) for role in CAST]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


def who(store: Store, handle: str) -> str:
    found = store.queries.find_person(handle)
    assert found is not None, handle
    return str(found.conversations[0].id)


def shoot(chromium: Any, address: str, conversation_id: str) -> None:
    base = address.split("/sign-in")[0]
    first = chromium.new_context()
    page = first.new_page()
    page.goto(address)
    page.get_by_role("button").click()
    page.wait_for_url(base + "/")
    signed_in = first.storage_state()
    for name, size, scheme in (
        ("desk", LAPTOP, "light"),
        ("desk-dark", LAPTOP, "dark"),
        ("desk-phone", PHONE, "light"),
    ):
        context = chromium.new_context(viewport=size, color_scheme=scheme, storage_state=signed_in)
        page = context.new_page()
        page.goto(f"{base}/talk/{conversation_id}")
        page.wait_for_timeout(1500)
        page.screenshot(path=OUT / f"{name}.png")
        context.close()
    first.close()


if __name__ == "__main__":
    main()
