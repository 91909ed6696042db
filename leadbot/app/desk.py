"""The reps' page with all it needs."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

from leadbot.app.look import brand_ids
from leadbot.app.resuming import Wishes, chosen, plan
from leadbot.desk.house import Address, House
from leadbot.desk.serve import Server, listen
from leadbot.model import Brand, BrandId
from leadbot.ports import Clock
from leadbot.settings import Settings
from leadbot.store import Store
from leadbot.store.states import OutboxState


@contextmanager
def desk_of(
    settings: Settings, store: Store, clock: Clock, *, host: str | None = None, port: int | None = None
) -> Iterator[tuple[Server, Address]]:
    """The server, ready to run, and where it is. Raises ConfigError."""
    address = address_of(settings, host=host, port=port)
    found = listen(address)
    with contextlib.closing(found):
        address = replace(address, port=_port(found))
        yield Server(house_of(settings, store, clock, address), listens_on=found), address


def address_of(settings: Settings, *, host: str | None = None, port: int | None = None) -> Address:
    """Where the settings and the command line put it."""
    desk = settings.desk
    return Address(
        host if host is not None else desk.host,
        port if port is not None else desk.port,
        desk.public_url,
        desk.proxies,
    )


def house_of(settings: Settings, store: Store, clock: Clock, address: Address) -> House:
    """What the desk is given."""
    ids = brand_ids(settings, store)
    brands = {
        ids[handle]: replace(brand.facts, id=ids[handle])
        for brand in settings.brands
        if (handle := brand.facts.handle.lower()) in ids
    }
    return House(
        store=store,
        clock=clock,
        address=address,
        brands=brands,
        resume=partial(_resume, store, clock, brands),
        is_simulation=settings.x.is_local,
    )


def _resume(store: Store, clock: Clock, brands: Mapping[BrandId, Brand], brand_id: BrandId, by: str) -> None:
    """As `leadbot resume` without options: the fresh are answered, the stale become tasks. Raises
    PermanentError when somebody pulled the brake again.
    """
    seen = store.brake.newest_pause([brand_id])
    waiting = [one for one in store.brake.waiting([brand_id]) if one.state != OutboxState.DRAFT]
    waited = plan(waiting, brands, Wishes(), now=clock.now())
    store.brake.release([brand_id], chosen(waited), by=by, seen=seen)


def _port(found: socket.socket) -> int:
    return int(found.getsockname()[1])
