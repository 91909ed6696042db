"""What the running daemon may say: follows what is published, within a second or two."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace

import structlog

from leadbot.app.publishing import in_use, spoken
from leadbot.errors import TransientError
from leadbot.flows.cards import Deck
from leadbot.model import BrandId
from leadbot.nlp.brand_examples import file_of, read_brand_examples
from leadbot.settings import BrandSettings, Settings
from leadbot.store import Store

_log = structlog.get_logger()

LOOKS_EVERY_S = 1.0
"""Real seconds between two looks at what is published: one small read of the database."""


class Shelf:
    """The decks of all brands. `decks` is shared with engine and relay, which read it anew for each batch."""

    def __init__(self, settings: Settings, store: Store, brands: Mapping[BrandId, BrandSettings]) -> None:
        self._settings = settings
        self._store = store
        self._brands = brands
        self._seen = store.playbooks.edition()
        self.decks: dict[BrandId, Deck] = {brand_id: self._deck(brand_id) for brand_id in brands}

    def run(self, stop: threading.Event) -> None:
        """Follow until `stop` is set."""
        while not stop.wait(LOOKS_EVERY_S):
            try:
                self.follow()
            except TransientError as error:
                _log.warning("playbooks.not_seen", why=str(error))

    def follow(self) -> bool:
        """Take what was published since the last look; whether anything was. Raises TransientError."""
        edition = self._store.playbooks.edition()
        if edition == self._seen:
            return False
        for brand_id, before in list(self.decks.items()):
            after = self._deck(brand_id)
            # A dialog may just have begun on a version that is live no more: it finishes on it.
            known = {playbook.version: playbook for playbook in before.playbooks}
            self.decks[brand_id] = replace(after, versions={**before.versions, **known, **after.versions})
        self._seen = edition
        _log.info("playbooks.taken", spoken=self.as_json())
        return True

    def as_json(self) -> dict[str, dict[str, str]]:
        """Handle → name → version of what dialogs start on, for the health file."""
        return {
            deck.brand.handle: {one.name: one.version for one in deck.playbooks}
            for deck in self.decks.values()
        }

    def _deck(self, brand_id: BrandId) -> Deck:
        brand = self._brands[brand_id]
        handle = brand.facts.handle.lower()
        rows = read_brand_examples(file_of(self._settings.folder, handle))
        return Deck(
            replace(brand.facts, id=brand_id),
            spoken(brand, self._settings, self._store),
            in_use(handle, self._settings, self._store),
            frozenset((row.text, row.label) for row in rows),
        )
