"""Whose, which, where: the keys of everything else."""

from __future__ import annotations

from hashlib import blake2b
from typing import NewType

PersonId = NewType("PersonId", str)  # numeric X user id as a string; handles change, this does not
BrandId = NewType("BrandId", str)  # numeric X user id of an account that speaks
PostId = NewType("PostId", str)  # Snowflake id as a string (larger than 2^53)
ConversationId = NewType("ConversationId", str)  # "{brand}:{person}"
VersionId = NewType("VersionId", str)  # hash of a playbook's content

PARTITIONS = 64


def conversation_id(brand_id: BrandId, person_id: PersonId) -> ConversationId:
    """The key of a conversation: one brand, one person, whatever the thread (SCENARIOS 1)."""
    return ConversationId(f"{brand_id}:{person_id}")


def partition_of(brand_id: BrandId, person_id: PersonId) -> int:
    """Partition 0..PARTITIONS-1 that keeps one person's events in order on one worker."""
    digest = blake2b(f"{brand_id}:{person_id}".encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big") % PARTITIONS
