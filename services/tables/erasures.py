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
    `act`: what was erased, as counts, and what stays and why; written when it is done."""

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
