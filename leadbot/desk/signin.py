"""In and out: with a password, or with a link that works once. A GET never changes anything."""

from __future__ import annotations

import hmac
import secrets
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from leadbot.desk import access, passwords
from leadbot.desk.pages import show
from leadbot.store.desk_access import key_of

router = APIRouter()
_FORM = "leadbot_form"
_WRONG = "That name and password do not belong together."


@router.get("/sign-in")
def ask(request: Request, next: str = "/") -> Response:
    """The form."""
    return _form(request, next=next)


@router.post("/sign-in")
def sign_in(
    request: Request,
    name: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    form: Annotated[str, Form(max_length=100)] = "",
    next: Annotated[str, Form(max_length=1000)] = "/",
) -> Response:
    """Right: a new session. Wrong: the same words for every reason, and soon a wait."""
    house, address = access.house_of(request), access.address_of(request)
    desk, now = house.store.desk_access, house.now()
    if not _is_own(request, form):
        return _form(request, next=next, wrong="The page was out of date. Please try again.", status=403)
    keys = (f"name:{key_of(name)}", f"from:{address}")
    until = passwords.must_wait_until(desk, keys, now)
    if until is not None:
        wait_s = max(int((until - now).total_seconds()), 1)
        wrong = f"Too many tries. Wait {wait_s} s, then try again."
        return _form(request, next=next, wrong=wrong, status=429, retry_after=wait_s)
    user = desk.user(name)
    is_right = passwords.is_right(user.password if user else "", password)
    if user is None or user.is_disabled or not is_right:
        desk.note_failure(keys, now=now, forget_after=passwords.FORGET_AFTER)
        desk.log("sign_in_failed", by=key_of(name)[:100], at=now, address=address)
        return _form(request, next=next, wrong=_WRONG, status=401)
    desk.forget_failures(keys[:1])
    desk.log("signed_in", by=user.name, at=now, address=address)
    response = RedirectResponse(_own_page(next), status_code=303)
    access.begin(request, response, user)
    return response


@router.get("/sign-in/once/{token}")
def ask_once(request: Request, token: str) -> Response:
    """Shows a button: whoever fetches links for a preview uses nothing up."""
    return _form(request, next="/", token=token)


@router.post("/sign-in/once/{token}")
def sign_in_once(request: Request, token: str, form: Annotated[str, Form(max_length=100)] = "") -> Response:
    """The link works once."""
    house = access.house_of(request)
    desk, now, address = house.store.desk_access, house.now(), access.address_of(request)
    if not _is_own(request, form):
        return _form(request, next="/", token=token, wrong="The page was out of date. Try again.", status=403)
    user = desk.use_pass(token, now=now)
    if user is None:
        desk.log("sign_in_failed", by="(link)", at=now, address=address)
        return _form(request, next="/", wrong="This link was used already, or is too old.", status=401)
    desk.log("signed_in", by=user.name, at=now, subject="link", address=address)
    response = RedirectResponse("/", status_code=303)
    access.begin(request, response, user)
    return response


@router.post("/sign-out")
def sign_out(request: Request, form_token: Annotated[str, Form(max_length=100)] = "") -> Response:
    """Ends this session."""
    visit = access.click(request, form_token)
    visit.log("signed_out")
    response = RedirectResponse("/sign-in", status_code=303)
    access.end(request, response)
    return response


def _form(
    request: Request,
    *,
    next: str,
    token: str = "",
    wrong: str = "",
    status: int = 200,
    retry_after: int = 0,
) -> Response:
    form = request.cookies.get(_FORM) or secrets.token_urlsafe(24)
    more = {"form": form, "next": _own_page(next), "token": token, "wrong": wrong}
    response = show(request, "sign_in.html", None, status=status, **more)
    house = access.house_of(request)
    is_secure = house.address.is_secure
    response.set_cookie(_FORM, form, path="/sign-in", secure=is_secure, httponly=True, samesite="strict")
    if retry_after:
        response.headers["Retry-After"] = str(retry_after)
    return response


def _is_own(request: Request, form: str) -> bool:
    """Whether the form was made for this browser: nobody shall be signed in as somebody else unawares."""
    cookie = request.cookies.get(_FORM, "")
    return bool(cookie) and hmac.compare_digest(cookie.encode(), form.encode())


def _own_page(next: str) -> str:
    """A page of ours to go on to, whatever a link says."""
    parts = urlsplit(next)
    is_ours = next.startswith("/") and not next.startswith(("//", "/\\")) and not parts.netloc
    return next if is_ours and "\\" not in next and next.isprintable() else "/"
