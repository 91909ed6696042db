"""Receives the browser that comes back from X: on this machine alone, and only while somebody waits."""

from __future__ import annotations

import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import TracebackType
from urllib.parse import urlsplit

from leadbot.errors import ConfigError, Problem
from leadbot.model.secret import Secret
from leadbot.x.oauth2 import RefusedCallback, SignIn

HOST, PATH, PORT = "127.0.0.1", "/callback", 8723

_DONE = "Close this page and go back to the terminal: it goes on there."
_NOT_OURS = "This does not belong to a sign-in of leadbot that is under way."


class Callback(HTTPServer):
    """Listens on 127.0.0.1 from its making until `close`. Port 0 takes a free one."""

    allow_reuse_address = False

    def __init__(self, port: int = PORT) -> None:
        """Raises ConfigError if the port is taken."""
        self.attempt: SignIn | None = None
        self.code: Secret | None = None
        self.denied = ""
        try:
            super().__init__((HOST, port), _Handler)
        except OSError as error:
            fix = "choose another with --port (register it at X too), or paste the address: --paste"
            what = f"cannot listen here: {error.strerror}"
            raise ConfigError([Problem(f"{HOST}:{port}", what, fix, "callback-port")]) from None

    @property
    def address(self) -> str:
        """The redirect address; it must be registered for the app at X, letter by letter."""
        return f"http://{HOST}:{self.server_port}{PATH}"

    def wait(self, attempt: SignIn, *, within_s: float) -> Secret:
        """The code of this attempt. Whatever else comes is turned away. Raises RefusedCallback."""
        self.attempt = attempt
        ends_at = time.monotonic() + within_s
        while self.code is None and not self.denied:
            self.timeout = ends_at - time.monotonic()
            if self.timeout <= 0:
                raise RefusedCallback("nobody came back from X in time")
            self.handle_request()
        if self.code is None:
            raise RefusedCallback(self.denied)
        return self.code

    def close(self) -> None:
        """Stop listening."""
        self.server_close()

    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        self.close()


class _Handler(BaseHTTPRequestHandler):
    server: Callback
    timeout = 5.0  # real seconds: a connection that says nothing must not keep the others out

    def do_GET(self) -> None:
        """One browser."""
        attempt = self.server.attempt
        if attempt is None or urlsplit(self.path).path != PATH:
            self._say(404, _NOT_OURS)
            return
        try:
            self.server.code = attempt.code_in(self.path)
        except RefusedCallback as refused:
            if attempt.is_answered_by(self.path):
                self.server.denied = str(refused)
            self._say(400, _NOT_OURS)
            return
        self._say(200, _DONE)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: there is a code in the address."""

    def _say(self, status: int, words: str) -> None:
        page = f"<!DOCTYPE html><html><body><p>{words}</p></body></html>".encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(page)
