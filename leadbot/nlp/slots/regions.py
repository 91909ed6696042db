"""Which country a time zone belongs to: where a phone without a + is from, and how "3/4" is written there."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

__all__ = ["region_of"]


def region_of(zone: str) -> str:
    """The ISO country of an IANA zone; "" for UTC, zones of no country and unknown ones."""
    return _regions().get(zone, "")


@lru_cache(maxsize=1)
def _regions() -> dict[str, str]:
    """zone.tab of the time zone database: country, place, zone."""
    lines = (files("tzdata.zoneinfo") / "zone.tab").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return {row[2]: row[0] for row in rows}
