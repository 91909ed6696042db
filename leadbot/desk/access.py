"""Who asks: the session behind a request, what its role may do, and the token its forms must bring."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import timedelta

from fastapi import HTTPException, Request
from starlette.responses import Response

from leadbot.desk.house import House
from leadbot.store.desk_access import DeskUser, Role, Session

LASTS = timedelta(hours=12)
IDLE = timedelta(hours=2)

TALKS = frozenset({Role.REP, Role.OPERATOR})
MINDS_WORDS = frozenset({Role.REP, Role.MARKETER, Role.OPERATOR})
OPERATES = frozenset({Role.OPERATOR})


class NotSignedIn(Exception):
    """Nobody is signed in: the sign-in page answers."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of somebody who is signed in."""

    house: House
    session: Session
    address: str

    @property
    def user(self) -> DeskUser:
        """Who asks."""
        return self.session.user

    @property
    def brands(self) -> frozenset[str] | None:
        """The ids of the brands they may see; None: all."""
        return self.user.brands or None

    def may(self, roles: frozenset[Role]) -> bool:
        """Whether their role is among these."""
        return self.user.role in roles

    def need(self, roles: frozenset[Role], brand_id: str = "") -> None:
        """Raises 403 for a role that may not, 404 for a brand that is not theirs to see."""
        if brand_id and not self.user.may_see(brand_id):
            raise HTTPException(404)
        if not self.may(roles):
            raise HTTPException(403, "Your role does not allow that.")

    def see(self, brand_id: str) -> None:
        """Raises 404 for a brand that is not theirs to see: whether it exists is not told either."""
        if not self.user.may_see(brand_id):
            raise HTTPException(404)

    def log(self, what: str, *, brand_id: str = "", subject: str = "", why: str = "") -> None:
        """Write down what they did."""
        self.house.store.desk_access.log(
            what,
            by=self.user.name,
            at=self.house.now(),
            brand_id=brand_id,
            subject=subject,
            why=why,
            address=self.address,
        )


def house_of(request: Request) -> House:
    """What the desk was given."""
    house: House = request.app.state.house
    return house


def address_of(request: Request) -> str:
    """Whence the request comes; through a proxy of ours, what that says (uvicorn knows whom to believe)."""
    return request.client.host if request.client else "?"


def cookie_name(house: House) -> str:
    """With TLS a name no other host, and nothing without TLS, can set."""
    return "__Host-leadbot" if house.address.is_secure else "leadbot_desk"


def visit(request: Request) -> Visit:
    """A dependency of every page behind the door. Raises NotSignedIn."""
    house = house_of(request)
    token = request.cookies.get(cookie_name(house), "")
    session = house.store.desk_access.session(token, now=house.now(), idle=IDLE) if token else None
    if session is None:
        raise NotSignedIn
    return Visit(house, session, address_of(request))


def click(request: Request, form_token: str) -> Visit:
    """A visit that wants to change something: its form must hold the session's token. Raises 403."""
    found = visit(request)
    if not hmac.compare_digest(form_token.encode(), found.session.form_token.encode()):
        raise HTTPException(403, "This page is out of date: go back, load it again, and try once more.")
    return found


def begin(request: Request, response: Response, user: DeskUser) -> None:
    """Sign somebody in: a fresh token, never the one the browser came with (session fixation)."""
    house = house_of(request)
    name = cookie_name(house)
    came_with = request.cookies.get(name)
    token = house.store.desk_access.begin_session(user, now=house.now(), lasts=LASTS, instead_of=came_with)
    response.set_cookie(
        name,
        token,
        max_age=int(LASTS.total_seconds()),
        path="/",
        secure=house.address.is_secure,
        httponly=True,
        samesite="lax",
    )


def end(request: Request, response: Response) -> None:
    """Sign out here."""
    house = house_of(request)
    name = cookie_name(house)
    house.store.desk_access.end_session(request.cookies.get(name, ""))
    response.delete_cookie(name, path="/", secure=house.address.is_secure, httponly=True, samesite="lax")
