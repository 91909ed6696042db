"""Reps at work, in a real browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from leadbot import model as m
from leadbot.store.desk_access import Role
from tests.desk.browser.conftest import PHONE, Served
from tests.fakes.house import BRAND

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("browser")]
expect = pytest.importorskip("playwright.sync_api", reason="tools/browser.sh installs it").expect


def test_two_reps_see_the_queue_live_and_one_wins_the_race(served: Served) -> None:
    maya, tomas = served.page("Maya Lindqvist"), served.page("Tomás Rivera")
    maya.goto(served.url("/"))
    tomas.goto(served.url("/"))
    expect(maya.get_by_text("Nobody waits. Well done.")).to_be_visible()

    who = served.hand_over(name="Ida Berg")
    for page in (maya, tomas):
        page.locator(".item", has_text="Ida Berg").click()  # nobody reloaded anything
        expect(page.get_by_role("button", name="Claim")).to_be_visible()
    maya.get_by_role("button", name="Claim").click()
    expect(maya.locator("#state")).to_have_text("Yours")

    expect(tomas.locator("#state")).to_have_text("Maya Lindqvist has it")
    expect(tomas.locator("#claim")).to_have_count(0)
    assert served.store.desk_stories.story(who).handoff.claimed_by == "Maya Lindqvist"


def test_who_clicks_a_moment_too_late_is_told_who_was_faster(served: Served) -> None:
    who = served.hand_over(name="Ida Berg")
    tomas = served.page("Tomás Rivera")
    tomas.route("**/events*", lambda route: route.abort())  # whose news do not arrive
    tomas.goto(served.url(f"/talk/{who}"))
    served.store.desk.claim_handoff(served.key_of(who), by="Maya Lindqvist")

    tomas.get_by_role("button", name="Claim").click()

    expect(tomas.get_by_role("alert")).to_have_text("Maya Lindqvist has this handoff already.")


def test_a_take_over_comes_before_words_the_bot_was_about_to_say(talkative: Served) -> None:
    talkative.machinery.say("what does it cost?")
    talkative.machinery.settle()  # heard; the words are due in 30 seconds
    maya = talkative.page("Maya Lindqvist")
    maya.goto(talkative.url(f"/talk/{BRAND}:7"))

    maya.get_by_role("button", name="Take over").click()
    expect(maya.locator("#state")).to_have_text("A human speaks here")
    talkative.machinery.settle(seconds=31)

    assert talkative.machinery.timeline.posts == []


def test_a_rep_replies_hands_back_and_notes_an_outcome(served: Served) -> None:
    who = served.hand_over(name="Ida Berg")
    maya = served.page("Maya Lindqvist")
    maya.goto(served.url(f"/talk/{who}"))

    maya.get_by_role("button", name="Claim").click()
    maya.get_by_role("button", name="Use the suggested line").click()
    expect(maya.locator("#text")).to_have_value("Hi Ida, Maya here, a real person. How can I help?")
    expect(maya.locator("#reply .counter")).to_have_text("49 of 280")
    maya.get_by_role("button", name="Send as @acme").click()
    served.machinery.settle()
    expect(maya.locator(".post.ours", has_text="a real person")).to_be_visible()
    maya.get_by_role("button", name="Later").click()
    expect(maya.get_by_text("Noted. Thank you.")).to_be_visible()
    maya.get_by_role("button", name="Hand back to the bot").click()
    served.machinery.settle()
    expect(maya.locator("#state")).to_have_text("The bot speaks here")

    story = served.store.desk_stories.story(who)
    assert [post.said for post in served.machinery.timeline.posts] == [
        "Hi Ida, Maya here, a real person. How can I help?"
    ]
    assert (story.handoff.state, story.handoff.outcome) == ("closed", "later")
    assert story.conversation.owner is m.Owner.BOT


def test_what_they_write_comes_in_while_a_rep_types_and_the_words_stay(served: Served) -> None:
    who = served.hand_over(name="Ida Berg")
    maya = served.page("Maya Lindqvist")
    maya.goto(served.url(f"/talk/{who}"))
    maya.locator("#text").fill("Half a sent")

    served.hand_over("and a human for SSO?", name="Ida Berg")

    expect(maya.locator(".post.theirs", has_text="SSO")).to_be_visible()
    expect(maya.locator("#text")).to_have_value("Half a sent")


def test_a_draft_is_changed_approved_and_said(drafting: Served) -> None:
    drafting.machinery.say("what does it cost?")
    drafting.machinery.settle(seconds=31)
    maya = drafting.page("Maya Lindqvist", Role.MARKETER)
    maya.goto(drafting.url("/?view=drafts"))

    maya.locator(".item .row").click()
    maya.get_by_label("The words").fill("Six dollars a seat.")
    maya.get_by_role("button", name="Approve").click()
    expect(maya.get_by_text("Approved: it leaves as soon as the gate lets it.")).to_be_visible()
    drafting.machinery.settle()

    expect(maya.locator(".post.ours", has_text="Six dollars a seat.")).to_be_visible()


def test_a_pause_shows_on_pages_that_are_open(served: Served) -> None:
    served.hand_over(name="Ida Berg")
    olga = served.page("Olga", Role.OPERATOR)
    olga.goto(served.url("/brands"))

    olga.get_by_label("Why?").fill("a storm")
    olga.get_by_role("button", name="Pause").click()
    expect(olga.locator(".pause")).to_contain_text("a storm")
    olga.get_by_role("button", name="Resume").click()

    expect(olga.locator(".pause")).to_have_count(0)


def test_everything_can_be_done_with_the_keyboard_alone(served: Served) -> None:
    served.hand_over(name="Ida Berg")
    served.machinery.clock.advance(5)
    served.hand_over("human please, for 12", by=8, name="Ben Okafor")
    maya = served.page("Maya Lindqvist")
    maya.goto(served.url("/"))
    key = maya.keyboard.press

    key("?")
    expect(maya.locator("#help")).to_be_visible()
    key("Escape")
    key("j")
    key("j")
    key("k")
    expect(maya.locator(".row:focus")).to_contain_text("Ida Berg")
    key("Enter")
    expect(maya.locator("h1")).to_have_text("Ida Berg")
    key("c")
    expect(maya.locator("#state")).to_have_text("Yours")
    key("r")
    maya.keyboard.type("Hello Ida")
    key("Tab")
    key("Enter")
    expect(maya.get_by_text("On its way: the gate is asked, then X.")).to_be_visible()
    served.machinery.settle()

    assert [post.said for post in served.machinery.timeline.posts] == ["Hello Ida"]


def test_on_a_phone_one_thing_is_shown_at_a_time_and_nothing_is_cut_off(served: Served) -> None:
    who = served.hand_over("human please " + "w" * 120, name="Ida Berg")
    maya = served.page("Maya Lindqvist", size=PHONE)
    maya.goto(served.url("/"))
    expect(maya.locator(".talk")).to_be_hidden()

    maya.locator(".item .row").tap()
    maya.wait_for_url(f"**/talk/{who}*")

    expect(maya.locator(".queue")).to_be_hidden()
    for path in ("/", f"/talk/{who}", "/brands"):
        maya.goto(served.url(path))
        assert maya.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
    maya.goto(served.url(f"/talk/{who}"))
    maya.get_by_role("button", name="Claim").tap()
    expect(maya.locator("#state")).to_have_text("Yours")
    maya.get_by_role("link", name="← Queue").tap()
    expect(maya.locator(".queue")).to_be_visible()


def test_a_hostile_name_is_text_in_a_real_browser_too(served: Served) -> None:
    evil = '<img src=x onerror="document.title=1">'
    who = served.hand_over(f"human please {evil}", name=evil, description=evil)
    maya = served.page("Maya Lindqvist")
    maya.goto(served.url(f"/talk/{who}"))

    expect(maya.locator("h1")).to_have_text(evil)
    assert maya.locator("img[src=x]").count() == 0
    assert maya.title() != "1"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [None, PHONE])
def test_axe_finds_no_serious_violation(drafting: Served, scheme: str, size: Any) -> None:
    axe = pytest.importorskip("axe_playwright_python", reason="tools/browser.sh installs it")
    drafting.machinery.say("what does it cost?")
    drafting.machinery.settle(seconds=31)
    olga = drafting.page("Olga", Role.OPERATOR, scheme=scheme, **({"size": size} if size else {}))
    script = (Path(axe.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    found = []
    for path in ("/", "/?view=drafts", f"/talk/{BRAND}:7", "/brands", "/log", "/sign-in", "/nowhere"):
        olga.goto(drafting.url(path))
        olga.evaluate(script)
        answer = olga.evaluate("axe.run({resultTypes: ['violations']})")
        found += [
            f"{path}: {one['id']}: {node['html'][:120]}"
            for one in answer["violations"]
            if one["impact"] in ("serious", "critical")
            for node in one["nodes"]
        ]
    assert found == []
