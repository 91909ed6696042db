"""A raw client of the stream: sees chunks as they are on the wire."""

from __future__ import annotations

import json
import socket
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from leadbot.simulator.accounts import APP_BEARER


class Wire:
    """One connection to `GET /2/tweets/search/stream`. Every read has a deadline."""

    def __init__(
        self, base_url: str, query: str = "", deadline_s: float = 10.0, more_headers: str = ""
    ) -> None:
        parts = urlsplit(base_url)
        self._socket = socket.create_connection((parts.hostname, parts.port), timeout=deadline_s)
        self._buffer = b""
        self._socket.sendall(
            f"GET /2/tweets/search/stream?{query} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
            f"Authorization: Bearer {APP_BEARER}\r\n{more_headers}\r\n".encode()
        )
        head = self._until(b"\r\n\r\n").decode()
        self.status = int(head.split()[1])
        self.headers = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if line)

    def chunk(self) -> bytes:
        """The next whole chunk; b"" is the last one. Raises ConnectionError when the line is cut."""
        size = int(self._until(b"\r\n"), 16)
        body = self._exactly(size + 2)
        assert body.endswith(b"\r\n"), "a chunk is closed by CRLF"
        return body[:-2]

    def item(self) -> Any:
        """The next chunk as JSON; it must end in CRLF of its own."""
        chunk = self.chunk()
        assert chunk.endswith(b"\r\n")
        return json.loads(chunk)

    def is_closed(self) -> bool:
        """Whether the other side has ended the connection in an orderly way."""
        return self._socket.recv(1) == b""

    def _until(self, mark: bytes) -> bytes:
        while mark not in self._buffer:
            self._read()
        found, self._buffer = self._buffer.split(mark, 1)
        return found

    def _exactly(self, size: int) -> bytes:
        while len(self._buffer) < size:
            self._read()
        found, self._buffer = self._buffer[:size], self._buffer[size:]
        return found

    def _read(self) -> None:
        data = self._socket.recv(65_536)
        if not data:
            raise ConnectionError("the line was cut")
        self._buffer += data

    def __enter__(self) -> Wire:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()
