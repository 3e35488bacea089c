"""Acts of erasure: that somebody was forgotten, without who it was."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.tables.base import Numbered


class Erasure(Numbered):
    """`resident_id` names the row that is left without the person. `due_at`: by when the law wants
    it done. `not_before`: until when they may think better of it. `asked_by`: as in the audit log.
    `act`: why (asked, consent), when the last word was said and by which row; once it is done, what
    was erased and what stays, as counts, and the numbers of requests that staff groups show."""

    __tablename__ = "erasures"

    resident_id: Mapped[int] = mapped_column(index=True)
    asked_at: Mapped[datetime]
    asked_by: Mapped[str]
    not_before: Mapped[datetime]
    due_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(server_default="asked", default="asked")
    done_at: Mapped[datetime | None]
    act: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))

    __table_args__ = (
        CheckConstraint("state IN ('asked', 'withdrawn', 'done')", name="state"),
        Index(
            "uq_erasures_asked",
            "resident_id",
            unique=True,
            postgresql_where=text("state = 'asked'"),
        ),
    )
