"""Is this another language than the playbook's English?

X guesses a language for every post, and guesses badly on few words: a bare "40" or "ok" is given to Tagalog
or Polish. So its word counts only when there is enough to go by: some words, or any in another script. What
answers a card answers it in every language; opt-outs and wishes for a human are rules' business and count
anyway.
"""

from __future__ import annotations

import re

from leadbot.model import Post

WORDS_TO_GO_BY = 4
# X's codes for "no language": only media, links, tags, numbers, too short, cut off.
NO_LANGUAGE = frozenset({"", "und", "qam", "qct", "qht", "qme", "qst", "art", "zxx"})

_HANDLE_TAG_OR_LINK = re.compile(r"[@#$]\w+|https?://\S+")
_WORD = re.compile(r"[^\W\d_]+")
_LAST_LATIN = "\u024f"


def is_foreign(post: Post) -> bool:
    """Whether the person wrote in another language than English, as far as that is sure."""
    code = (post.lang or "").lower().split("-")[0]
    if code == "en" or code in NO_LANGUAGE:
        return False
    words = _WORD.findall(_HANDLE_TAG_OR_LINK.sub(" ", post.said))
    return len(words) >= WORDS_TO_GO_BY or any(letter > _LAST_LATIN for word in words for letter in word)
