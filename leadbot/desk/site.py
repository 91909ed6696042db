"""The ASGI application."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from leadbot.desk import clicks, live, pages, signin
from leadbot.desk.access import NotSignedIn
from leadbot.desk.guard import Guard
from leadbot.desk.house import House
from leadbot.errors import TransientError

_WORDS = {
    400: "That could not be understood.",
    403: "That is not allowed.",
    404: "There is nothing here, or not for you.",
    405: "That is not allowed.",
    409: "That is not possible any more.",
    422: "That could not be understood.",
    503: "The database is busy. Try again in a moment: nothing is lost.",
}


def make_site(house: House) -> FastAPI:
    """The desk of a house, ready for a server."""
    watcher = live.Watcher(house.store.desk_queue)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(watcher.run())
        yield
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    site = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    site.state.house, site.state.watcher = house, watcher
    site.mount("/static", StaticFiles(directory=pages.FOLDER / "static"), name="static")
    for router in (signin.router, pages.router, clicks.router, live.router):
        site.include_router(router)
    site.add_middleware(Guard, address=house.address)
    site.add_exception_handler(NotSignedIn, _to_sign_in)
    site.add_exception_handler(HTTPException, _say)
    site.add_exception_handler(RequestValidationError, _not_understood)
    site.add_exception_handler(TransientError, _busy)
    return site


def _to_sign_in(request: Request, _: Exception) -> Response:
    """To the sign-in page and back here; a fragment has the whole page go there."""
    if request.headers.get("HX-Request"):
        return Response(status_code=401, headers={"HX-Redirect": "/sign-in"})
    if request.method != "GET" or request.url.path == "/events":
        return _problem(request, 401, "You are not signed in (any more).")
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/sign-in?next={quote(here, safe='')}", status_code=303)


def _say(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    is_own = error.detail and error.status_code != 404 and error.detail != "Not Found"
    words = str(error.detail) if is_own else _WORDS.get(error.status_code, "Something is wrong.")
    return _problem(request, error.status_code, words)


def _not_understood(request: Request, _: Exception) -> Response:
    return _problem(request, 422, _WORDS[422])


def _busy(request: Request, _: Exception) -> Response:
    return _problem(request, 503, _WORDS[503])


def _problem(request: Request, status: int, words: str) -> Response:
    return pages.show(request, "problem.html", None, status=status, words=words)
