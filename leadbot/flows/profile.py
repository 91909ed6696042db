"""What a public profile says about somebody, as far as a line may use it.

A bio is attacker text, so none of it is ever said: it is looked through for words of a table, and what is
said is the table's own word for the topic. Same bio, same topic. In doubt there is none, and every line reads
well without it.
"""

from __future__ import annotations

import re
from functools import lru_cache

from leadbot.flows.weights import weighted_length

MOST_SIGNS = 400  # X allows 160; what is longer is not a bio

# Topic as it is said → words of bios that mean it. Nothing here is private: no faith, health, politics,
# origin, family or orientation.
_WORDS = {
    "baking": "baker baking sourdough",
    "basketball": "basketball",
    "board games": "boardgames boardgame boardgamer",
    "books": "bookworm booklover bibliophile reader books",
    "chess": "chess",
    "coffee": "coffee espresso barista",
    "cooking": "cooking cook chef foodie",
    "cycling": "cycling cyclist cyclists bikes bicycles",
    "dancing": "dancer dancing",
    "data": "data analytics",
    "design": "design designer ux ui",
    "education": "teacher teaching educator lecturer",
    "film": "film films filmmaker movies cinema cinephile",
    "football": "football soccer footballer",
    "gaming": "gamer gaming videogames",
    "gardening": "gardener gardening plants",
    "hiking": "hiking hiker hikes",
    "marketing": "marketing marketer seo",
    "music": "music musician guitarist drummer pianist vinyl",
    "open source": "opensource foss",
    "photography": "photographer photography photos",
    "running": "runner running marathon marathons",
    "sailing": "sailor sailing",
    "software": "developer programmer coder coding software",
    "startups": "startup startups founder cofounder entrepreneur",
    "tea": "tea",
    "travel": "travel traveller traveler travelling traveling",
    "writing": "writer writing author novelist",
    "yoga": "yoga",
}
_TOPIC_OF = {word: topic for topic, words in _WORDS.items() for word in words.split()}
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
# "I hate coffee", "ex-chef", "not a morning runner": a word behind one of these says the opposite.
_AGAINST_WORDS = """
no not never hate hates hating dislike anti ex former formerly retired recovering isn't don't can't without
"""
_AGAINST = frozenset(_AGAINST_WORDS.split())
_REACH = 5  # how many words such a word reaches over

TOPICS = tuple(_WORDS)
LONGEST_TOPIC = max(TOPICS, key=weighted_length)


@lru_cache(maxsize=4096)
def bio_topic(description: str) -> str:
    """The first topic a bio names, in the table's words; "" when there is none that is surely meant."""
    words = [word.casefold().replace("’", "'") for word in _WORD.findall(description[:MOST_SIGNS])]
    for place, word in enumerate(words):
        topic = _TOPIC_OF.get(word)
        if topic is not None and _AGAINST.isdisjoint(words[max(0, place - _REACH) : place]):
            return topic
    return ""
