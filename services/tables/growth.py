"""What may become an article."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.tables.base import Numbered


class ArticleDraft(Numbered):
    """An article that is not one yet. `content` has the fields of a `declaration.Article` but for
    its id; question and answer may be empty still. `message_id`: the answer it was drawn from,
    which gives one draft and no second. `article_key`: what it became."""

    __tablename__ = "article_drafts"

    content: Mapped[dict[str, Any]]
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"), unique=True)
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(server_default="", default="")
    article_key: Mapped[str] = mapped_column(server_default="", default="")

    __table_args__ = (
        CheckConstraint("outcome IN ('', 'published', 'dropped')", name="outcome"),
        Index("ix_article_drafts_open", "id", postgresql_where=text("ended_at IS NULL")),
    )
