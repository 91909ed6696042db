"""A CRM over real HTTP in this process, that fails on demand. Each CRM's own rules are in its subclass."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


class How(StrEnum):
    """What goes wrong with one request. BEFORE: nothing was done; AFTER: it was done, and nobody is told."""

    TIMEOUT_BEFORE = "time-out before the write"
    TIMEOUT_AFTER = "time-out after the write"
    CUT_BEFORE = "connection cut before the write"
    CUT_AFTER = "connection cut after the write"
    ERROR_BEFORE = "500 before the write"
    ERROR_AFTER = "500 after the write"
    LIMIT = "429 with Retry-After"

    @property
    def is_done(self) -> bool:
        return "after the write" in self.value


RETRY_AFTER_S = 7


@dataclass(frozen=True)
class Request:
    """A request as the CRM sees it. path: without the query, decoded."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Answer:
    """What the CRM says."""

    status: int = 200
    json: Any = None
    headers: dict[str, str] = field(default_factory=dict)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that hung up is no news."""


class StandIn:
    """Serves until `close`. requests: all that came; faults: number of the request (from 0) → what."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.faults: dict[int, How] = {}
        self.patience_s = 10.0  # for which adapters made for it shall wait
        self._lock = threading.Lock()
        self._is_over = threading.Event()
        self.server = _Server(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def answer(self, request: Request) -> Answer:
        """The CRM's own part."""
        raise NotImplementedError

    def close(self) -> None:
        """End, and let those go who wait for an answer."""
        self._is_over.set()
        self.server.shutdown()
        self.server.server_close()
        self._thread.join()

    def handle(self, request: Request) -> Answer | None:
        """None: no answer comes."""
        with self._lock:
            how = self.faults.pop(len(self.requests), None)
            self.requests.append(request)
            answer = self.answer(request) if how is None or how.is_done else None
        match how:
            case None:
                return answer
            case How.LIMIT:
                return Answer(429, {"message": "slow down"}, {"Retry-After": str(RETRY_AFTER_S)})
            case How.ERROR_BEFORE | How.ERROR_AFTER:
                return Answer(500, {"message": "something broke"})
            case How.TIMEOUT_BEFORE | How.TIMEOUT_AFTER:
                self._is_over.wait(10)
        return None

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def _serve(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                parts = urlsplit(self.path)
                query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                headers = {name.lower(): value for name, value in self.headers.items()}
                body = self.rfile.read(length)
                request = Request(self.command, unquote(parts.path), query, headers, body)
                answer = owner.handle(request)
                if answer is None:
                    self.close_connection = True
                    return
                content = b"" if answer.json is None else json.dumps(answer.json).encode()
                self.send_response(answer.status)
                for name, value in {"Content-Type": "application/json", **answer.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _serve

            def log_message(self, format: str, *args: Any) -> None:
                pass

        return Handler
