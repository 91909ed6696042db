"""Everything that changes something. Every click is a POST with its session's token, and is written down."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from leadbot.desk import access, links, views
from leadbot.desk.access import MINDS_WORDS, OPERATES, TALKS, Visit
from leadbot.desk.pages import mark_of, show, story_of, talk_page
from leadbot.errors import PermanentError
from leadbot.flows import drafting
from leadbot.flows.render import weighted_length
from leadbot.model import BrandId, Mode, PersonId, PostId
from leadbot.store.desk_talk import RepWords

router = APIRouter()

Token = Annotated[str, Form(max_length=100)]
Words = Annotated[str, Form(max_length=4000)]
Short = Annotated[str, Form(max_length=500)]
LONGEST = 280
"""Weighted characters of a rep's reply: what X takes of everybody."""


@router.post("/talk/{conversation_id}/claim")
def claim(request: Request, conversation_id: str, form_token: Token = "", key: Short = "") -> Response:
    """First wins; the other is told who has it."""
    visit, brand_id, _ = _talking(request, conversation_id, form_token)
    _belongs(visit, key, conversation_id)
    return _do(
        request, visit, conversation_id, "claimed", brand_id,
        lambda: visit.house.store.desk.claim_handoff(key, by=visit.user.name),
    )  # fmt: skip


@router.post("/talk/{conversation_id}/unclaim")
def unclaim(request: Request, conversation_id: str, form_token: Token = "", key: Short = "") -> Response:
    """Back to the team."""
    visit, brand_id, _ = _talking(request, conversation_id, form_token)
    _belongs(visit, key, conversation_id)
    return _do(
        request, visit, conversation_id, "unclaimed", brand_id,
        lambda: visit.house.store.desk_talk.unclaim(key, by=visit.user.name),
    )  # fmt: skip


@router.post("/talk/{conversation_id}/take-over")
def take_over(request: Request, conversation_id: str, form_token: Token = "") -> Response:
    """The bot falls silent here, also where nobody was handed over."""
    visit, brand_id, person_id = _talking(request, conversation_id, form_token)
    return _do(
        request, visit, conversation_id, "taken", brand_id,
        lambda: visit.house.store.desk_talk.take_over(brand_id, person_id, by=visit.user.name),
    )  # fmt: skip


@router.post("/talk/{conversation_id}/hand-back")
def hand_back(request: Request, conversation_id: str, form_token: Token = "") -> Response:
    """The bot may speak again."""
    visit, brand_id, person_id = _talking(request, conversation_id, form_token)
    return _do(
        request, visit, conversation_id, "back", brand_id,
        lambda: visit.house.store.desk_talk.hand_back(brand_id, person_id, by=visit.user.name),
    )  # fmt: skip


@router.post("/talk/{conversation_id}/reply")
def reply(
    request: Request,
    conversation_id: str,
    form_token: Token = "",
    text: Words = "",
    parent: Short = "",
    seen: Short = "",
) -> Response:
    """A rep's own words as the brand, through the one door. What was typed stays if it is not taken."""
    visit, brand_id, person_id = _talking(request, conversation_id, form_token)
    text = text.strip().replace("\r\n", "\n")
    fault = _fault(visit, conversation_id, text)
    words = RepWords(text, PostId(parent or seen), PostId(seen), visit.user.name, LONGEST)
    try:
        if not fault:
            is_new = visit.house.store.desk_talk.reply(brand_id, person_id, words)
            visit.log("replied", brand_id=brand_id, subject=conversation_id)
            return _back(conversation_id, "replied" if is_new else "already")
    except PermanentError as error:
        fault = str(error)
    return talk_page(request, visit, conversation_id, words=text, fault=fault, status=409)


def _fault(visit: Visit, conversation_id: str, text: str) -> str:
    """Why these words cannot leave, as far as can be told before the gate is asked."""
    story = story_of(visit, conversation_id)
    if story.suppressed_why:
        return "They asked not to be written to. Nobody writes to them."
    if not text:
        return "There are no words yet."
    length = weighted_length(text)
    if length > LONGEST:
        return f"{length} characters by X's count; {LONGEST} fit."
    if visit.house.mode_of(story.conversation.brand_id) is Mode.WATCH:
        return "This account only watches: answer on X itself."
    return ""


@router.post("/talk/{conversation_id}/outcome")
def outcome(
    request: Request,
    conversation_id: str,
    form_token: Token = "",
    key: Short = "",
    outcome: Short = "",
    why: Short = "",
) -> Response:
    """What became of it, in one tap."""
    visit, brand_id, _ = _talking(request, conversation_id, form_token)
    _belongs(visit, key, conversation_id)
    if outcome not in views.OUTCOMES:
        raise HTTPException(400, "There is no such outcome.")
    return _do(
        request, visit, conversation_id, "closed", brand_id,
        lambda: visit.house.store.desk.close_handoff(key, outcome, by=visit.user.name, why=why.strip()),
        why=outcome,
    )  # fmt: skip


@router.post("/talk/{conversation_id}/snooze")
def snooze(
    request: Request, conversation_id: str, form_token: Token = "", key: Short = "", wake: Short = ""
) -> Response:
    """Off the queue until they write; wake: back on it."""
    visit, brand_id, _ = _talking(request, conversation_id, form_token)
    _belongs(visit, key, conversation_id)
    talk = visit.house.store.desk_talk
    return _do(
        request, visit, conversation_id, "awake" if wake else "snoozed", brand_id,
        lambda: talk.wake(key) if wake else talk.snooze(key),
    )  # fmt: skip


@router.post("/drafts/{number}/{verb}")
def draft(request: Request, number: int, verb: str, form_token: Token = "", text: Words = "") -> Response:
    """Let it go, change its words, or drop it."""
    visit = access.click(request, form_token)
    brand_id, conversation_id = _found(visit.house.store.desk_stories.of_reply(number))
    visit.need(MINDS_WORDS, brand_id)
    drafts, me = visit.house.store.drafts, visit.user.name
    if verb == "approve":
        return _do(
            request,
            visit,
            conversation_id,
            "approved",
            brand_id,
            lambda: _approve(visit, number, brand_id, text),
        )
    if verb == "edit":
        return _do(
            request, visit, conversation_id, "edited", brand_id, lambda: _edit(visit, number, brand_id, text)
        )
    if verb == "drop":
        return _do(
            request, visit, conversation_id, "dropped", brand_id, lambda: drafts.drop_draft(number, by=me)
        )
    if verb == "stop":
        visit.need(TALKS, brand_id)
        return _do(
            request, visit, conversation_id, "stopped", brand_id, lambda: _stop(visit, conversation_id)
        )
    raise HTTPException(404)


def _stop(visit: Visit, conversation_id: str) -> None:
    """Nothing that waits for them is said; a human speaks there now."""
    brand_id, _, person_id = conversation_id.partition(":")
    visit.house.store.vetoes.veto(BrandId(brand_id), PersonId(person_id), by=visit.user.name)


def _approve(visit: Visit, number: int, brand_id: str, text: str) -> None:
    if visit.house.mode_of(brand_id) is Mode.WATCH:
        raise PermanentError("only_watches", "the account only watches; the draft waits")
    if text.strip():
        _edit(visit, number, brand_id, text)
    visit.house.store.drafts.approve_draft(number, by=visit.user.name)


def _edit(visit: Visit, number: int, brand_id: str, text: str) -> None:
    """The words of the form, if others than those that wait. Raises PermanentError with all their faults."""
    house, words = visit.house, text.strip().replace("\r\n", "\n")
    waits = house.store.vetoes.reply(number)
    if waits is not None and waits.text == words:
        return
    before, told = house.store.drafts.told_before(number)
    brand = house.brands.get(BrandId(brand_id))
    disclosures = brand.disclosures if brand else ()
    person = waits.person if waits else ""
    wrong = drafting.faults(words, before, disclosures=disclosures, person=person, told=told)
    if wrong:
        raise PermanentError("draft_words", "; ".join(f"{what}: {fix}" for what, fix in wrong))
    house.store.drafts.edit_draft(number, words, by=visit.user.name)


@router.post("/tasks/done")
def task_done(request: Request, form_token: Token = "", key: Short = "") -> Response:
    """Seen to."""
    visit = access.click(request, form_token)
    brand_id, conversation_id = _found(visit.house.store.desk_stories.of_task(key))
    visit.need(MINDS_WORDS, brand_id)
    return _do(
        request, visit, conversation_id, "done", brand_id,
        lambda: visit.house.store.desk.finish_task(key, by=visit.user.name),
    )  # fmt: skip


@router.post("/brands/{brand_id}/{verb}")
def brake(request: Request, brand_id: str, verb: str, form_token: Token = "", why: Short = "") -> Response:
    """The brake of one account. For operators."""
    visit = access.click(request, form_token)
    visit.need(OPERATES, brand_id)
    if verb not in ("pause", "resume") or mark_of(visit.house, brand_id) is None:
        raise HTTPException(404)
    if verb == "pause":
        reason = why.strip() or "paused on the desk"
        visit.house.store.brands.pause(BrandId(brand_id), why=reason, by=visit.user.name)
    else:
        visit.house.resume(BrandId(brand_id), visit.user.name)
    visit.log(verb, brand_id=brand_id, why=why.strip())
    return RedirectResponse(f"/brands?said={'paused' if verb == 'pause' else 'resumed'}", status_code=303)


@router.get("/claim/{token}")
def look_at_link(request: Request, token: str) -> Response:
    """What a notification's link leads to. It only shows, whoever fetches it."""
    link, _ = _link(request, token)
    return show(request, "claim.html", None, token=token, rep=link.rep, taken="")


@router.post("/claim/{token}")
def claim_by_link(request: Request, token: str) -> Response:
    """Claims for the rep the link was made for; to read on they sign in."""
    link, conversation_id = _link(request, token)
    house = access.house_of(request)
    user = house.store.desk_access.user(link.rep)
    brand_id = conversation_id.partition(":")[0]
    if user is None or user.is_disabled or user.role not in TALKS or not user.may_see(brand_id):
        raise HTTPException(404)
    try:
        house.store.desk.claim_handoff(link.handoff_key, by=user.name)
    except PermanentError as error:
        return show(request, "claim.html", None, status=409, token=token, rep=link.rep, taken=str(error))
    address = access.address_of(request)
    house.store.desk_access.log(
        "claimed", by=user.name, at=house.now(), brand_id=brand_id, subject=conversation_id, why="by link",
        address=address,
    )  # fmt: skip
    return _back(conversation_id, "claimed")


def _link(request: Request, token: str) -> tuple[links.ClaimLink, str]:
    house = access.house_of(request)
    secret = house.store.desk_access.secret(links.SECRET)
    link = links.read(secret, token, now=house.now())
    conversation_id = house.store.desk_stories.conversation_of(link.handoff_key) if link else None
    if link is None or conversation_id is None:
        raise HTTPException(404, "This link has ended.")
    return link, conversation_id


def _talking(request: Request, conversation_id: str, form_token: str) -> tuple[Visit, BrandId, PersonId]:
    visit = access.click(request, form_token)
    brand_id, _, person_id = conversation_id.partition(":")
    visit.need(TALKS, brand_id)
    return visit, BrandId(brand_id), PersonId(person_id)


def _belongs(visit: Visit, handoff_key: str, conversation_id: str) -> None:
    """Raises 404 unless the handoff is of this conversation: the brand was asked about that one only."""
    if visit.house.store.desk_stories.conversation_of(handoff_key) != conversation_id:
        raise HTTPException(404)


def _found(where: tuple[str, str] | None) -> tuple[str, str]:
    if where is None:
        raise HTTPException(404)
    return where


def _do(
    request: Request,
    visit: Visit,
    conversation_id: str,
    said: str,
    brand_id: str,
    verb: object,
    *,
    why: str = "",
) -> Response:
    """Carry it out, write it down, and show what came of it."""
    assert callable(verb)
    try:
        verb()
    except PermanentError as error:
        fault = _sentence(str(error))
        if not conversation_id:
            raise HTTPException(409, fault) from error
        return talk_page(request, visit, conversation_id, fault=fault, status=409)
    visit.log(said, brand_id=brand_id, subject=conversation_id, why=why)
    return _back(conversation_id, said)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")


def _back(conversation_id: str, said: str) -> Response:
    where = views.talk_path(conversation_id) if conversation_id else "/"
    return RedirectResponse(f"{where}?said={said}", status_code=303)
