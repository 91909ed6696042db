"""Takes a post of ours back: through the same door as every other write, with a permit of its own."""

from __future__ import annotations

from dataclasses import dataclass

from leadbot.errors import LeadbotError, PermanentError
from leadbot.flows import gate
from leadbot.model import BrandId, Mode, PostId, Witness
from leadbot.ports import PostWriter
from leadbot.store import Store
from leadbot.store.vetoes import Reply

GONE = "not_found"
"""What X answers for a post that is not there (any more)."""

UNSAID = "not_deleted"
"""X did not say that it deleted the post: the post may be gone, or stand there still."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A post that does not stand on X any more. was_gone: it was not there when we came."""

    reply: Reply
    was_gone: bool


def retract(
    store: Store, writer: PostWriter, brand_id: BrandId, what: str, *, mode: Mode, by: str, why: str
) -> Taken:
    """Delete the post with this id, or of the reply with this number, if leadbot sent it for this brand.

    Asked twice for the same post, the second time finds it gone. Raises PermanentError (``not_ours``,
    ``not_permitted``), AccountError, TransientError; the log has every attempt.
    """
    reply = store.vetoes.sent_by_us(brand_id, what)
    if reply.retracted_at is not None:
        return Taken(reply, was_gone=True)
    assert reply.post_id is not None, "a reply that was sent has its post"
    if mode is Mode.WATCH:
        raise PermanentError("not_permitted", "the bot only watches: nothing is written to X")
    permit = gate.permit_retraction(
        brand_id,
        PostId(reply.post_id),
        key=reply.key,
        mode=mode,
        witnesses=_witnesses(reply, writer),
        by=by,
    )
    store.vetoes.begin_retraction(reply, by=by, why=why)
    try:
        writer.delete(permit)
    except LeadbotError as error:
        if not _is_gone(error, writer, reply.post_id):
            store.vetoes.fail_retraction(reply, by=by, why=str(error))
            raise
        store.vetoes.retracted(reply, by=by, why=why, was_gone=True)
        return Taken(reply, was_gone=True)
    store.vetoes.retracted(reply, by=by, why=why, was_gone=False)
    return Taken(reply, was_gone=False)


def _is_gone(error: LeadbotError, writer: PostWriter, post_id: PostId) -> bool:
    """Whether the post stands on X no more, though X did not delete it for us now."""
    if not isinstance(error, PermanentError) or error.reason not in (GONE, UNSAID):
        return False
    try:
        return error.reason == GONE or not writer.look_up([post_id])
    except LeadbotError:
        return False  # nobody knows: it may be tried again


def _witnesses(reply: Reply, writer: PostWriter) -> tuple[Witness, ...]:
    return (
        ("outbox row", reply.brand_id),
        ("conversation", reply.conversation_id.partition(":")[0]),
        ("writer", writer.brand_id),
        ("keys", writer.keys_brand_id),
        ("token", writer.token_account_id()),
    )
