"""Whoever attacks the desk: with words, with forms of other sites, with guesses, with links."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from leadbot import model as m
from leadbot.desk import links
from leadbot.desk.guard import POLICY
from leadbot.desk.passwords import hash_password
from leadbot.store.desk_access import Role
from tests.desk.conftest import BRAND, OTHER, Browser, Desk

PASSWORD = "correct horse battery"
EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'{{ 7*7 }}"


def talk(conversation_id: str) -> str:
    return f"/talk/{conversation_id}"


def sign_in(browser: Browser, name: str, password: str, **more: str) -> object:
    form = re.search(r'name="form" value="([^"]+)"', browser.get("/sign-in").text)
    assert form
    values = {"name": name, "password": password, "form": form[1], **more}
    return browser.client.post("/sign-in", data=values)


@pytest.fixture
def guarded(desk: Desk) -> Desk:
    """Maya has a password."""
    hashed = hash_password(PASSWORD)
    desk.store.desk_access.add_user("Maya Lindqvist", Role.REP, password=hashed, now=desk.time.at)
    return desk


# ---------------------------------------------------------------- words of strangers


def test_markup_in_a_name_a_profile_or_a_post_stays_text(desk: Desk) -> None:
    who = desk.hand_over(f"human please {EVIL}", name=EVIL, description=EVIL)
    maya = desk.as_("Maya Lindqvist")

    for path in ("/", talk(who), f"{talk(who)}/story", "/list?view=open", "/?q=person7"):
        found = maya.get(path)
        assert found.status_code == 200
        assert "<script>alert" not in found.text, path
        assert "<img src=x" not in found.text, path
        assert "&lt;script&gt;" in found.text, path
        assert "{{ 7*7 }}" in found.text, path


def test_no_page_lets_a_script_run_that_is_not_ours(desk: Desk) -> None:
    who = desk.hand_over()
    maya = desk.as_("Olga", Role.OPERATOR)

    for path in ("/", talk(who), "/brands", "/log", "/sign-in", "/nowhere"):
        page = maya.get(path)
        assert page.headers["content-security-policy"] == POLICY
        assert not re.search(r"<script(?![^>]* src=\"/static/)|\son\w+=|style=|javascript:", page.text), path
    assert "unsafe" not in POLICY
    assert "script-src 'self'" in POLICY


def test_a_formula_in_a_name_is_text_in_the_export(desk: Desk) -> None:
    desk.hand_over(name="=cmd|' /C calc'!A0")

    found = desk.as_("Maya Lindqvist").get("/export.csv")
    (row,) = csv.DictReader(io.StringIO(found.text))

    assert row["name"] == "'=cmd|' /C calc'!A0"
    assert row["brand"] == "acme"


# ---------------------------------------------------------------- forms of other sites


def test_a_form_without_the_session_s_token_changes_nothing(desk: Desk) -> None:
    who = desk.hand_over()
    maya, tomas = desk.as_("Maya Lindqvist"), desk.as_("Tomás Rivera")
    key, before, stolen = desk.key_of(who), desk.store.desk_stories.story(who), tomas.token()

    for path in ("claim", "unclaim", "take-over", "hand-back", "reply", "outcome", "snooze"):
        for token in ("", "x", stolen):
            values = {"key": key, "outcome": "won", "text": "x", "seen": before.newest_post.id}
            answer = maya.client.post(f"{talk(who)}/{path}", data={"form_token": token, **values})
            assert answer.status_code == 403, path
    assert desk.store.desk_stories.story(who) == before


def test_a_form_another_site_sends_is_refused_even_with_the_token(desk: Desk) -> None:
    who = desk.hand_over()
    maya = desk.as_("Maya Lindqvist")
    values = {"form_token": maya.token(), "key": desk.key_of(who)}

    for headers in (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ):
        answer = maya.client.post(f"{talk(who)}/claim", data=values, headers=headers)
        assert answer.status_code == 403, headers
    assert desk.store.desk_stories.story(who).handoff.state == "open"


def test_nobody_is_signed_in_by_a_form_of_another_browser(guarded: Desk) -> None:
    attacker, victim = guarded.browser(), guarded.browser()
    form = re.search(r'name="form" value="([^"]+)"', attacker.get("/sign-in").text)
    assert form
    values = {"name": "Maya Lindqvist", "password": PASSWORD, "form": form[1]}

    assert victim.client.post("/sign-in", data=values).status_code == 403


def test_other_host_names_are_not_answered(desk: Desk) -> None:
    browser = desk.browser()
    for host in ("evil.example", "127.0.0.1:1", "127.0.0.1", ""):
        assert browser.get("/sign-in", headers={"Host": host}).status_code == 421, host


def test_a_body_without_end_is_not_read(desk: Desk) -> None:
    assert desk.browser().client.post("/sign-in", data={"name": "x" * 70_000}).status_code == 413


# ---------------------------------------------------------------- whoever may not


READS = ["/", "/list", "/talk/100:7", "/talk/100:7/story", "/brands", "/log", "/export.csv", "/events"]


def test_nothing_is_shown_to_somebody_who_is_not_signed_in(desk: Desk) -> None:
    desk.hand_over(name="Ida Berg")
    browser = desk.browser()

    for path in READS:
        found = browser.get(path)
        assert found.status_code in (303, 401), path
        assert "Ida Berg" not in found.text


def test_a_fragment_of_a_session_that_ended_leads_the_whole_page_to_the_door(desk: Desk) -> None:
    found = desk.browser().get("/list", headers={"HX-Request": "true"})

    assert (found.status_code, found.headers["hx-redirect"]) == (401, "/sign-in")


def test_a_role_may_not_click_what_is_not_its_own(desk: Desk) -> None:
    who = desk.hand_over()
    key = desk.key_of(who)
    may_not = {
        Role.MARKETER: ("/talk/100:7/claim", "/talk/100:7/reply", "/talk/100:7/outcome", "/brands/100/pause"),
        Role.REP: ("/brands/100/pause", "/brands/100/resume"),
    }

    for role, paths in may_not.items():
        somebody = desk.as_(f"A {role}", role)
        for path in paths:
            assert somebody.click(path, key=key, why="x", outcome="won").status_code == 403, path
    assert desk.store.brands.paused() == []
    assert desk.store.desk_stories.story(who).handoff.state == "open"


def test_a_role_does_not_see_what_is_not_its_own(desk: Desk) -> None:
    for role, path in ((Role.REP, "/log"), (Role.MARKETER, "/log"), (Role.MARKETER, "/export.csv")):
        assert desk.as_(f"A {role}", role).get(path).status_code == 403, (role, path)


def test_who_serves_one_brand_neither_sees_nor_touches_another(
    desk: Desk, add_brand: Callable[[], m.BrandId]
) -> None:
    add_brand()
    who = desk.hand_over(name="Ida Berg")
    key = desk.key_of(who)
    stranger = desk.as_("Grace", Role.OPERATOR, brands=(OTHER,))

    for path in ("/", "/list?view=open", "/?q=person7", "/export.csv", "/brands"):
        found = stranger.get(path)
        assert "Ida" not in found.text
        assert "acme" not in found.text, path
    for path in (
        talk(who),
        f"{talk(who)}/story",
        f"/?brand={BRAND}",
        f"/export.csv?brand={BRAND}",
        f"/events?talk={who}",
    ):
        assert stranger.get(path).status_code == 404, path
    for path in (f"{talk(who)}/claim", f"{talk(who)}/reply", f"/brands/{BRAND}/pause"):
        assert stranger.click(path, key=key, text="x").status_code == 404, path
    # The address names a person of theirs, the form a handoff of somebody else's.
    assert stranger.click(f"/talk/{OTHER}:7/claim", key=key).status_code == 404
    assert desk.store.desk_stories.story(who).handoff.state == "open"


def test_who_may_not_come_any_more_is_out_at_once(desk: Desk) -> None:
    maya = desk.as_("Maya Lindqvist")
    assert maya.get("/").status_code == 200

    desk.store.desk_access.change_user("Maya Lindqvist", is_disabled=True, now=desk.time.at)

    assert maya.get("/").status_code == 303


def test_a_session_ends_when_nobody_uses_it(desk: Desk) -> None:
    maya = desk.as_("Maya Lindqvist")
    desk.time.advance(hours=1)
    assert maya.get("/").status_code == 200
    desk.time.advance(hours=1, minutes=59)
    assert maya.get("/").status_code == 200
    desk.time.advance(hours=2, minutes=1)
    assert maya.get("/").status_code == 303


# ---------------------------------------------------------------- guesses


def test_guesses_are_slowed_down_and_the_right_password_waits_as_well(guarded: Desk) -> None:
    browser = guarded.browser()

    codes = [sign_in(browser, "maya lindqvist", f"guess number {n}").status_code for n in range(6)]  # type: ignore[attr-defined]
    right = sign_in(browser, "Maya Lindqvist", PASSWORD)
    guarded.time.advance(seconds=3)
    later = sign_in(browser, "Maya Lindqvist", PASSWORD)

    assert codes[:5] == [401] * 5
    assert codes[5:] == [429]
    assert right.status_code == 429  # type: ignore[attr-defined]
    assert int(right.headers["retry-after"]) >= 1  # type: ignore[attr-defined]
    assert later.status_code == 303  # type: ignore[attr-defined]


def test_a_wrong_name_and_a_wrong_password_are_told_alike(guarded: Desk) -> None:
    nobody = sign_in(guarded.browser(), "Nobody", PASSWORD)
    wrong = sign_in(guarded.browser(), "Maya Lindqvist", "something else")

    def plain(answer: object) -> str:
        return re.sub(r'value="[^"]+"', "", answer.text)  # type: ignore[attr-defined]

    assert plain(nobody) == plain(wrong)


def test_a_session_never_goes_on_with_the_token_a_browser_came_with(guarded: Desk) -> None:
    browser = guarded.browser()
    planted = guarded.as_("Attacker").client.cookies["leadbot_desk"]
    browser.client.cookies.set("leadbot_desk", planted)

    answer = sign_in(browser, "Maya Lindqvist", PASSWORD)

    cookie = answer.headers["set-cookie"]  # type: ignore[attr-defined]
    assert planted not in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    old = guarded.browser()
    old.client.cookies.set("leadbot_desk", planted)
    assert old.get("/").status_code == 303


def test_signing_in_never_leads_to_another_site(desk: Desk) -> None:
    browser = desk.browser()
    for next in ("https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a\nb"):
        page = browser.get("/sign-in", params={"next": next}).text
        assert 'name="next" value="/"' in page, next


def test_of_tokens_and_passwords_only_hashes_are_kept(guarded: Desk) -> None:
    token = guarded.as_("Maya Lindqvist").client.cookies["leadbot_desk"]
    kept = guarded.machinery.file.read_bytes()
    log = guarded.machinery.file.with_name("leadbot.db-wal")
    kept += log.read_bytes() if log.exists() else b""

    assert token.encode() not in kept
    assert PASSWORD.encode() not in kept


# ---------------------------------------------------------------- links and paths


def once(desk: Desk) -> str:
    access = desk.store.desk_access
    access.add_user("Maya Lindqvist", Role.REP, password="", now=desk.time.at)
    user = access.user("Maya Lindqvist")
    return f"/sign-in/once/{access.make_pass(user, now=desk.time.at, lasts=timedelta(minutes=5))}"


def test_a_link_that_signs_in_is_not_used_up_by_a_preview_and_works_once(desk: Desk) -> None:
    path = once(desk)
    for _ in range(3):
        assert desk.browser().get(path).status_code == 200

    codes = []
    for _ in range(2):
        browser = desk.browser()
        form = re.search(r'name="form" value="([^"]+)"', browser.get(path).text)
        assert form
        codes.append(browser.client.post(path, data={"form": form[1]}).status_code)

    assert codes == [303, 401]


def claim_link(desk: Desk, conversation_id: str, *, hours: float = 1.0) -> str:
    ends_at = (desk.time.at + timedelta(hours=hours)).timestamp()
    secret = desk.store.desk_access.secret(links.SECRET)
    link = links.ClaimLink("Maya Lindqvist", desk.key_of(conversation_id), ends_at)
    return f"/claim/{links.sign(secret, link)}"


def test_a_look_at_a_notification_s_link_claims_nothing_and_tells_no_words(desk: Desk) -> None:
    who = desk.hand_over("a human, my number is secret", name="Ida Berg")
    desk.as_("Maya Lindqvist")
    path = claim_link(desk, who)

    looks = [desk.browser().get(path) for _ in range(3)]

    assert desk.store.desk_stories.story(who).handoff.state == "open"
    assert all(look.status_code == 200 and "secret" not in look.text for look in looks)
    assert desk.browser().client.post(path, data={"go": "1"}).status_code == 303
    assert desk.store.desk_stories.story(who).handoff.claimed_by == "Maya Lindqvist"


def test_a_link_that_was_changed_or_has_ended_opens_nothing(desk: Desk) -> None:
    who = desk.hand_over()
    desk.as_("Maya Lindqvist")
    good = claim_link(desk, who)

    for bad in (
        good[:-1] + ("0" if good[-1] != "0" else "1"),
        good.replace("/claim/", "/claim/A"),
        "/claim/x",
        "/claim/é.é",
    ):
        assert desk.browser().get(bad).status_code == 404
    assert desk.browser().client.post(claim_link(desk, who, hours=-1), data={"go": "1"}).status_code == 404


TRICKS = [
    "/static/../site.py",
    "/static/%2e%2e/site.py",
    "/static/..%2f..%2fstore/tables.py",
    "/static//etc/passwd",
    "/talk/..%2f..%2fetc%2fpasswd",
    "/talk/100:7%00",
    "/talk/100:999",
    "/talk/x",
    "/list?view=../../x",
    "/?brand=%27%20OR%201=1",
    "/brands/../log",
]


def test_tricks_with_paths_lead_nowhere(desk: Desk) -> None:
    maya = desk.as_("Maya Lindqvist")
    for path in TRICKS:
        found = maya.get(path)
        assert found.status_code in (403, 404), path
        assert "import" not in found.text


def test_a_page_mark_that_makes_no_sense_is_the_first_page(desk: Desk) -> None:
    desk.hand_over(name="Ida Berg")
    maya = desk.as_("Maya Lindqvist")

    for after in ("x", "|", "2026-01-01|k", "2026-13-01T00:00:00+00:00|k", "' OR 1=1 --"):
        found = maya.get("/list", params={"view": "open", "after": after})
        assert found.status_code == 200
        assert "Ida Berg" in found.text, after


def test_no_get_changes_anything(desk: Desk) -> None:
    who = desk.hand_over()
    maya = desk.as_("Maya Lindqvist")
    before = desk.store.desk_stories.story(who)

    for verb in ("claim", "reply", "outcome", "take-over", "hand-back", "snooze"):
        assert maya.get(f"{talk(who)}/{verb}", params={"key": desk.key_of(who)}).status_code in (404, 405)
    assert desk.store.desk_stories.story(who) == before
