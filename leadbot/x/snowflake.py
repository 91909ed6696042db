"""Time inside ids: the upper bits of every X id are milliseconds since X's epoch."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from leadbot.model import PostId

EPOCH_MS = 1_288_834_974_657
"""2010-11-04T01:42:54.657Z, when X's ids start to count (X documentation, "X IDs")."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=EPOCH_MS)


def id_at(moment: datetime) -> PostId:
    """The smallest id a post of that moment can have."""
    milliseconds = (moment - _EPOCH) // timedelta(milliseconds=1)
    return PostId(str(max(milliseconds, 0) << 22))


def time_of(post_id: PostId) -> datetime:
    """When a post with this id was made, to the millisecond."""
    return _EPOCH + timedelta(milliseconds=int(post_id) >> 22)


def earlier(post_id: PostId, seconds: float) -> PostId:
    """The id of `seconds` before: where an overlapping poll starts."""
    return PostId(str(max(int(post_id) - (int(seconds * 1000) << 22), 0)))


def newest(*post_ids: PostId) -> PostId:
    """The largest id, by number and not by letters."""
    return max(post_ids, key=int)
