"""A server that says exactly the bytes it was told to say: for answers that no well-behaved server gives."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
from collections.abc import Iterable, Sequence
from typing import Any

RST = b"<rst>"
"""In a script: cut the connection with a TCP reset."""

CLOSE = b"<close>"
"""In a script: close the connection in good order."""

HOLD = b"<hold>"
"""In a script: say nothing more, and keep the connection open until the server stops."""

STREAM_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
STREAM_END = b"0\r\n\r\n"


def chunk(line: bytes) -> bytes:
    """One item of a stream as X frames it."""
    body = line + b"\r\n"
    return f"{len(body):x}\r\n".encode() + body + b"\r\n"


def answer(
    status: int, body: Any = None, *, headers: Sequence[tuple[str, str]] = (), kind: str = ""
) -> bytes:
    """A whole response. A body of bytes is sent as it is, anything else as JSON."""
    raw = body if isinstance(body, bytes) else json.dumps(body if body is not None else {}).encode()
    lines = [
        f"HTTP/1.1 {status} X",
        f"Content-Type: {kind or 'application/json'}",
        f"Content-Length: {len(raw)}",
    ]
    lines += [f"{name}: {value}" for name, value in headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + raw


class ScriptedServer:
    """Answers the n-th request to a path with the n-th script of that path, and the last one for ever.

    `scripts["GET /2/users/me"] = [[answer(200, …)], …]`: a script is a list of bytes to send and marks.
    """

    def __init__(self) -> None:
        self.scripts: dict[str, list[Iterable[bytes]]] = {}
        self.requests: list[str] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._stopped = threading.Event()
        self._lock = threading.Lock()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def count(self, route: str) -> int:
        with self._lock:
            return self.requests.count(route)

    def __enter__(self) -> ScriptedServer:
        self._spawn(self._accept)
        return self

    def __exit__(self, *exc: object) -> None:
        self._stopped.set()
        for one in [self._socket, *self._open]:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        for thread in self._threads:
            thread.join(5)

    def _spawn(self, work: Any, *args: Any) -> None:
        thread = threading.Thread(target=work, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._stopped.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self._open.append(connection)
            self._spawn(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection, connection.makefile("rb") as reader:
            while route := self._read(reader):
                with self._lock:
                    self.requests.append(route)
                    scripts = self.scripts.get(route) or [[answer(404, {"detail": f"no script for {route}"})]]
                    script = scripts.pop(0) if len(scripts) > 1 else scripts[0]
                if not self._play(connection, script):
                    return

    def _read(self, reader: Any) -> str:
        head = reader.readline().decode()
        if not head:
            return ""
        length = 0
        while (line := reader.readline().strip()) != b"":
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        reader.read(length)
        method, path, _ = head.split(" ")
        return f"{method} {path.split('?')[0]}"

    def _play(self, connection: socket.socket, script: Iterable[bytes]) -> bool:
        for part in script:
            if part == RST:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return False
            if part == CLOSE:
                return False
            if part == HOLD:
                self._stopped.wait(30)
                return False
            connection.sendall(part)
        return True
