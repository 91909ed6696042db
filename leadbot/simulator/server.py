"""The simulator as something that runs: on a thread of its own, or as a process until it is told to stop."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from aiohttp import web

from leadbot.simulator.gateway import Gateway
from leadbot.simulator.world import World

T = TypeVar("T")
STARTS_WITHIN_S = 10.0


async def _run(
    gateway: Gateway, host: str, port: int, ready: Callable[[str], None], stop: asyncio.Event
) -> None:
    runner = web.AppRunner(
        gateway.application(),
        access_log=None,
        handler_cancellation=True,
        keepalive_timeout=75,
        shutdown_timeout=1,
    )
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        bound = runner.addresses[0]
        ready(f"http://{host}:{bound[1]}")
        await stop.wait()
        gateway.hub.close_all("server stopped")
        gateway.activity.close_all()
    finally:
        await runner.cleanup()


class SimulatorServer:
    """A simulator on a thread of its own, for tests and demos; port 0 takes a free one.

    `with SimulatorServer(World(brands=["acme"])) as server:` then talk to `server.base_url`. The world
    belongs to the server's thread: read and change it over HTTP, or through `call`.
    """

    def __init__(self, world: World, host: str = "127.0.0.1", port: int = 0) -> None:
        self.world = world
        self.base_url = ""
        self._host, self._port = host, port
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._ready = threading.Event()
        self._error: BaseException | None = None

    def start(self) -> str:
        """Starts serving and returns the base URL; raises OSError when the address is taken."""
        self._thread = threading.Thread(target=self._serve, name="simulator", daemon=True)
        self._thread.start()
        if not self._ready.wait(STARTS_WITHIN_S):
            raise TimeoutError(f"the simulator did not start within {STARTS_WITHIN_S:g} s")
        if self._error is not None:
            raise self._error
        return self.base_url

    def stop(self) -> None:
        """Ends all connections and waits for the thread; harmless when it does not run."""
        thread, loop, stop = self._thread, self._loop, self._stop
        if thread is None or not thread.is_alive():
            return
        if loop is not None and stop is not None:
            loop.call_soon_threadsafe(stop.set)
        thread.join()

    def call(self, work: Callable[[World], T]) -> T:
        """Runs a function on the world in the server's thread and returns its result."""
        if self._loop is None:
            return work(self.world)

        async def run() -> T:
            return work(self.world)

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result()

    def __enter__(self) -> SimulatorServer:
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def _serve(self) -> None:
        try:
            asyncio.run(self._main())
        except BaseException as error:
            self._error = error
        finally:
            self._ready.set()

    async def _main(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        await _run(Gateway(self.world), self._host, self._port, self._on_ready, self._stop)

    def _on_ready(self, base_url: str) -> None:
        self.base_url = base_url
        self._ready.set()


def serve_forever(
    host: str,
    port: int,
    *,
    seed: int = 0,
    rate: float = 1.0,
    brands: Sequence[str] = (),
    epoch: datetime | None = None,
    on_ready: Callable[[str], None] = lambda base_url: None,
) -> None:
    """Serves on this thread until SIGINT or SIGTERM; raises OSError if the address is taken.

    `on_ready` is told the base URL as soon as requests are answered.
    """

    async def main() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, stop.set)
        world = World(seed=seed, rate=rate, epoch=epoch, brands=brands)
        await _run(Gateway(world), host, port, on_ready, stop)

    asyncio.run(main())
