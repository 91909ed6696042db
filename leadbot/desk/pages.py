"""Everything that is only looked at: the queue, a person, brands, the log, the export."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.responses import HTMLResponse, Response, StreamingResponse

from leadbot.desk import access, views
from leadbot.desk.access import MINDS_WORDS, OPERATES, TALKS, Visit
from leadbot.desk.card import card_of, without_handles
from leadbot.desk.house import House
from leadbot.store.desk_queue import BrandMark, Page, View
from leadbot.store.desk_story import Story

router = APIRouter()
FOLDER = Path(__file__).parent
VIEWS = (*(view.value for view in View), "drafts", "held", "tasks")

_environment = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=select_autoescape(default=True, default_for_string=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.globals.update(
    age=views.age,
    due_at=views.due_at,
    initials=views.initials,
    intent_link=views.intent_link,
    many=views.many,
    ms=views.ms,
    post_link=views.post_link,
    talk_path=views.talk_path,
    without_handles=without_handles,
    words_of=views.words_of,
    COLOURS=views.COLOURS,
    OUTCOMES=views.OUTCOMES,
    STATES=views.STATES,
    TASKS=views.TASKS,
)

Visiting = Annotated[Visit, Depends(access.visit)]

NOTICES = {
    "claimed": "It is yours. The bot is silent here.",
    "unclaimed": "Back with the team. The bot stays silent.",
    "taken": "You have taken over. The bot is silent here.",
    "back": "The bot may speak here again.",
    "replied": "On its way: the gate is asked, then X.",
    "already": "Just these words are on their way already.",
    "approved": "Approved: it leaves as soon as the gate lets it.",
    "edited": "Changed. It still waits for your yes.",
    "dropped": "Dropped: nothing is said.",
    "stopped": "Stopped: you speak here now. What had left already is told below.",
    "done": "Done.",
    "snoozed": "Off the queue until they write.",
    "awake": "Back on the queue.",
    "closed": "Noted. Thank you.",
    "paused": "Paused: nothing leaves.",
    "resumed": "Resumed.",
}
"""What may be said after a click; the address holds the name only."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The list beside every person."""

    view: str
    brand: str
    q: str
    page: Page
    counts: dict[str, int]


def show(
    request: Request, template: str, visit: Visit | None, *, status: int = 200, **more: Any
) -> HTMLResponse:
    """A page, with what all of them need."""
    house = access.house_of(request)
    marks = house.store.desk_queue.brands() if visit else []
    shown = [mark for mark in marks if visit and visit.user.may_see(mark.brand_id)]
    return HTMLResponse(
        _environment.get_template(template).render(
            visit=visit,
            user=visit.user if visit else None,
            form_token=visit.session.form_token if visit else "",
            marks={mark.brand_id: mark for mark in shown},
            paused=[mark for mark in shown if mark.paused_at is not None],
            is_simulation=house.is_simulation,
            now=house.clock.now(),
            brands=house.brands,
            may_talk=visit is not None and visit.may(TALKS),
            may_word=visit is not None and visit.may(MINDS_WORDS),
            may_operate=visit is not None and visit.may(OPERATES),
            notice=NOTICES.get(request.query_params.get("said", ""), ""),
            path=request.url.path,
            **more,
        ),
        status_code=status,
    )


def listing(visit: Visit, view: str, brand: str, q: str, after: str = "") -> Listing:
    """The list as asked for. Raises 404 for a list or brand that is not there for them."""
    house, me = visit.house, visit.user.name
    if view not in VIEWS:
        raise HTTPException(404)
    if brand:
        visit.see(brand)
        if mark_of(house, brand) is None:
            raise HTTPException(404)
    brands = frozenset({brand}) if brand else visit.brands
    queue = house.store.desk_queue
    if q.strip():
        page = Page(tuple(queue.search(q[:200], brands=brands)), None)
    elif view == "drafts":
        page = queue.drafts(brands=brands)
    elif view == "held":
        page = queue.held(brands=brands)
    elif view == "tasks":
        page = queue.tasks(brands=brands, after=after or None)
    else:
        page = queue.people(View(view), me=me, brands=brands, after=after or None)
    return Listing(view, brand, q, page, queue.counts(me=me, brands=brands))


@router.get("/")
def desk(request: Request, visit: Visiting, view: str = "open", brand: str = "", q: str = "") -> Response:
    """The queue."""
    found = listing(visit, view, brand, q)
    return show(request, "desk.html", visit, listing=found, story=None, words="", fault="")


@router.get("/list")
def just_the_list(
    request: Request,
    visit: Visiting,
    view: str = "open",
    brand: str = "",
    q: str = "",
    after: str = "",
    here: str = "",
) -> Response:
    """The queue alone, or its next page: for the page that is open already. here: who is being read."""
    found = listing(visit, view, brand, q, after)
    template = "_items.html" if after else "_list.html"
    return show(request, template, visit, listing=found, here=here[:100])


@router.get("/talk/{conversation_id}")
def talk(
    request: Request,
    visit: Visiting,
    conversation_id: str,
    view: str = "open",
    brand: str = "",
    q: str = "",
) -> Response:
    """One person."""
    return talk_page(request, visit, conversation_id, view=view, brand=brand, q=q)


@router.get("/talk/{conversation_id}/story")
def just_the_story(request: Request, visit: Visiting, conversation_id: str) -> Response:
    """One person's story alone: for the page that is open already."""
    story = story_of(visit, conversation_id)
    return show(request, "_story.html", visit, **_about(visit, story))


def talk_page(
    request: Request,
    visit: Visit,
    conversation_id: str,
    *,
    view: str = "open",
    brand: str = "",
    q: str = "",
    words: str = "",
    fault: str = "",
    status: int = 200,
) -> Response:
    """One person with the queue beside. words: what a rep had typed; fault: why it was not taken."""
    story = story_of(visit, conversation_id)
    found = listing(visit, view, brand, q)
    about = _about(visit, story)
    return show(request, "desk.html", visit, status=status, listing=found, words=words, fault=fault, **about)


def story_of(visit: Visit, conversation_id: str) -> Story:
    """Raises 404 where there is none, or none for them."""
    visit.see(conversation_id.partition(":")[0])
    story = visit.house.store.desk_stories.story(conversation_id)
    if story is None:
        raise HTTPException(404)
    return story


def _about(visit: Visit, story: Story) -> dict[str, Any]:
    return {
        "story": story,
        "routes": visit.house.store.routes.of(story.handoff.key) if story.handoff else (),
        "card": card_of(story, rep=visit.user.name),
        "here": story.conversation.id,
        "mode": visit.house.mode_of(story.conversation.brand_id),
    }


@router.get("/brands")
def brands(request: Request, visit: Visiting) -> Response:
    """Every account: its mode, its pause."""
    states = {
        status.brand.brand_id: status
        for status in visit.house.store.queries.status()
        if visit.user.may_see(status.brand.brand_id)
    }
    modes = {brand_id: visit.house.mode_of(brand_id) for brand_id in states}
    return show(request, "brands.html", visit, states=states, modes=modes)


@router.get("/log")
def log(request: Request, visit: Visiting, before: int | None = None) -> Response:
    """Who did what here. For operators."""
    visit.need(OPERATES)
    items = visit.house.store.desk_access.log_items(before=before)
    seen = [
        (number, item) for number, item in items if not item.brand_id or visit.user.may_see(item.brand_id)
    ]
    oldest = items[-1][0] if items else None
    return show(request, "log.html", visit, items=seen, oldest=oldest)


@router.get("/export.csv")
def export(visit: Visiting, brand: str = "") -> Response:
    """Every handoff they may see, as a table."""
    visit.need(TALKS)
    if brand:
        visit.see(brand)
    brands = frozenset({brand}) if brand else visit.brands
    visit.log("exported", brand_id=brand)
    rows = views.as_csv(visit.house.store.desk_queue.export(brands=brands))
    headers = {"Content-Disposition": 'attachment; filename="handoffs.csv"'}
    return StreamingResponse(rows, media_type="text/csv; charset=utf-8", headers=headers)


def mark_of(house: House, brand_id: str) -> BrandMark | None:
    """A brand as pages show it."""
    return next((mark for mark in house.store.desk_queue.brands() if mark.brand_id == brand_id), None)
