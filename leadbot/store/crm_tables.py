"""The table of what a CRM answered: a key that comes again, after a crash or a lost answer, gets the same."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel

from leadbot.store.columns import UtcTime


class CrmAnswerRow(SQLModel, table=True):
    """A call that changed something in the CRM, and the id it gave. No words of anybody."""

    __tablename__ = "crm_answer"
    __table_args__ = (Index("ix_crm_answer_conversation", "conversation_id"),)
    key: str = Field(primary_key=True)
    conversation_id: str
    answer: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=UtcTime)


CRM_ANSWER = SQLModel.metadata.tables["crm_answer"]
