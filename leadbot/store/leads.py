"""A handoff as the CRM shall see it."""

from __future__ import annotations

from sqlalchemy import select

from leadbot import model as m
from leadbot.errors import PermanentError
from leadbot.store import codec
from leadbot.store.database import Database
from leadbot.store.tables import HANDOFF, PERSON, SUPPRESSION


def load_lead(
    database: Database, handoff_key: str, *, brand_handle: str, has_it_already: bool = False
) -> m.Lead:
    """The lead behind a handoff. Raises PermanentError: ``no_handoff``, ``no_consent``, ``suppressed``.

    Consent and the suppression list are asked again here, at the last moment before anything leaves;
    not for what the CRM has already and shall know less of.
    """
    with database.read() as connection:
        row = connection.execute(select(HANDOFF).where(HANDOFF.c.key == handoff_key)).mappings().first()
        if row is None:
            raise PermanentError("no_handoff", f"there is no handoff {handoff_key}")
        profile = connection.execute(select(PERSON.c.profile).where(PERSON.c.id == row["person_id"])).scalar()
        on_list = select(SUPPRESSION.c.reason).where(
            SUPPRESSION.c.brand_id == row["brand_id"],
            SUPPRESSION.c.person_id == row["person_id"],
            SUPPRESSION.c.lifted_at.is_(None),
        )
        is_suppressed = connection.execute(on_list).first() is not None
    if row["consent"] != m.Consent.YES and not has_it_already:
        raise PermanentError("no_consent", "the person has not said yes to being passed on")
    if is_suppressed and not has_it_already:
        raise PermanentError("suppressed", "the person asked to be left alone after saying yes")
    story = codec.effect("HandOff", row["payload"])
    assert isinstance(story, m.HandOff), "codec.effect decodes by kind"
    person = codec.person(profile) if profile else m.Person(m.PersonId(row["person_id"]), "")
    return m.Lead(
        external_key=f"x:{row['person_id']}",
        brand_id=row["brand_id"],
        brand_handle=brand_handle,
        username=person.username,
        name=person.name,
        score=story.score,
        receipt=story.receipt,
        answers=story.answers,
        consent=story.consent,
        consent_words=story.consent_words,
        consent_at=row["consent_at"],
        handoff_key=handoff_key,
        permalink=permalink(person.username, story.last_post_id),
        question=story.question,
        reason=story.reason,
        cleans=has_it_already,
        reopens=row["crm_ref"] is None,
    )


def permalink(username: str, post_id: str | None) -> str:
    """Where a post can be seen on X, or the profile if there is no post."""
    if post_id is None:
        return f"https://x.com/{username}" if username else ""
    return f"https://x.com/{username or 'i'}/status/{post_id}"
