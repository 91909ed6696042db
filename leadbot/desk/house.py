"""What the desk is given: the store, the brands, its clocks, and how it is reached."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

from leadbot.model import Brand, BrandId, Mode
from leadbot.ports import Clock
from leadbot.store import Store


def real_time() -> datetime:
    """The time of real life, UTC-aware."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Address:
    """Where the desk is. public_url: as people reach it through a proxy with TLS; empty: directly, on this
    machine. proxies: addresses whose forwarding headers count.
    """

    host: str = "127.0.0.1"
    port: int = 8788
    public_url: str = ""
    proxies: tuple[str, ...] = ()

    @property
    def is_loopback(self) -> bool:
        """Whether it can be reached from this machine alone."""
        return is_loopback_host(self.host)

    @property
    def is_secure(self) -> bool:
        """Whether people reach it by TLS."""
        return self.public_url.startswith("https://")

    @property
    def url(self) -> str:
        """What to type into a browser."""
        return self.public_url.rstrip("/") or f"http://{_in_brackets(self.host)}:{self.port}"

    @property
    def hosts(self) -> frozenset[str]:
        """The Host headers that are answered."""
        if self.public_url:
            return frozenset({urlsplit(self.public_url).netloc.lower()})
        names = {self.host, "localhost", "127.0.0.1"}
        return frozenset(f"{_in_brackets(name)}:{self.port}".lower() for name in names)


def is_loopback_host(host: str) -> bool:
    """Whether a host to listen on is this machine alone."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _in_brackets(host: str) -> str:
    return f"[{host}]" if ":" in host else host


@dataclass(frozen=True, slots=True)
class House:
    """Everything the desk needs. brands: facts by id; resume: lifts the pause of a brand, as somebody by name
    wishes; now: real time, for sessions (`clock` may run ahead in a demo).
    """

    store: Store
    clock: Clock
    address: Address
    brands: Mapping[BrandId, Brand]
    resume: Callable[[BrandId, str], None]
    is_simulation: bool = False
    now: Callable[[], datetime] = field(default=real_time)

    def mode_of(self, brand_id: str) -> Mode:
        """What the bot of a brand may do now."""
        state = self.store.brands.state(BrandId(brand_id))
        brand = self.brands.get(BrandId(brand_id))
        return state.mode or (brand.mode if brand else Mode.WATCH)
