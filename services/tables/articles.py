"""What residents asked of the articles, and whether it helped."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, sql
from sqlalchemy.orm import Mapped, mapped_column

from services.tables.base import Numbered


class Question(Numbered):
    """A question, or an article that was opened by its button. `text` is masked: no phone, flat or
    name is in it; empty for what was browsed. Without consent there is no `resident_id` either.
    `decision` is the library's, or "browse". `shown` are the keys of the articles that were
    offered, best first, `chosen` of the one that was read: at once when the answer was sure, by a
    button else. `outcome` empty: nothing was said of it; "person": they asked for one instead.
    `thread_id`: the conversation with staff that came of it. `draft_id`: the article that is being
    written for it. `offered_at`: its words were shown to admins as a phrase for the article that
    helped. `settled_at`: nothing more is to come of it."""

    __tablename__ = "questions"

    at: Mapped[datetime]
    resident_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"))
    complex_id: Mapped[int | None] = mapped_column(ForeignKey("complexes.id"))
    text: Mapped[str]
    decision: Mapped[str]
    shown: Mapped[list[Any]] = mapped_column(server_default=sql.text("'[]'::jsonb"))
    chosen: Mapped[str] = mapped_column(server_default="", default="")
    outcome: Mapped[str] = mapped_column(server_default="", default="")
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("threads.id"), index=True)
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("article_drafts.id"), index=True)
    offered_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("decision IN ('answer', 'suggest', 'handoff', 'browse')", name="decision"),
        CheckConstraint("outcome IN ('', 'helped', 'not_helped', 'person')", name="outcome"),
        Index("ix_questions_at", "at"),
        Index("ix_questions_resident_id", "resident_id"),
        Index("ix_questions_chosen", "chosen", "at"),
    )
