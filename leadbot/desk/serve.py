"""Runs the desk on a thread of its own, until it is told to stop."""

from __future__ import annotations

import socket
import threading

import uvicorn
from fastapi import FastAPI

from leadbot.desk.house import Address, House
from leadbot.desk.site import make_site
from leadbot.errors import ConfigError, Problem


class Server:
    """A web server for one house. The port is taken at once: a fault is told before anything else starts."""

    def __init__(self, house: House, *, listens_on: socket.socket) -> None:
        self._site: FastAPI = make_site(house)
        self._socket = listens_on
        proxies = list(house.address.proxies)
        self._server = uvicorn.Server(
            uvicorn.Config(
                self._site,
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=bool(proxies),
                forwarded_allow_ips=proxies or None,
                timeout_graceful_shutdown=1,
                lifespan="on",
            )
        )

    def run(self, stop: threading.Event) -> None:
        """Serve until `stop` is set; then let open pages go."""
        thread = threading.Thread(target=self._serve, name="desk-server", daemon=True)
        thread.start()
        while thread.is_alive() and not stop.wait(0.2):
            pass
        self._site.state.watcher.close()
        self._server.should_exit = True
        thread.join(3.0)

    def _serve(self) -> None:
        self._server.run(sockets=[self._socket])


def listen(address: Address) -> socket.socket:
    """Take the port. Raises ConfigError for a taken one, and for a place others can reach without TLS."""
    if not address.is_loopback and not (address.is_secure and address.proxies):
        what = f"{address.host} can be reached by others, and the desk would come to them without encryption"
        fix = 'put a proxy with TLS before it and write desk.public_url = "https://…" and desk.proxies'
        raise ConfigError([Problem("desk.host", what, fix, "desk-open")])
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    # Told that it is TCP: asyncio turns Nagle's algorithm off for such sockets only, and each answer of two
    # writes would wait 40 ms for the other side's delayed acknowledgement.
    found = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((address.host, address.port))
        found.listen(128)
    except OSError as error:
        found.close()
        what = f"{address.host}:{address.port} cannot be used: {error.strerror}"
        raise ConfigError([Problem("desk.port", what, "choose another with --port", "desk-port")]) from error
    return found
