"""Reminders of what is to be paid, and what became of each."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy import text as sql  # the tables have a column `text`
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.tables.base import Numbered, Table


class Reminder(Numbered):
    """What an accountant sends to those who owe. `kind`: payment (nothing is overdue yet) or debt.
    `audience`: whom, see `services.reminder_audience`. `repeats`: '' or monthly. `key`: the same
    twice within a day is one. `room_id`, `way`, `progress_row`, `shown_at` as of a `Mailing`, but
    never in a group."""

    __tablename__ = "reminders"

    key: Mapped[str]
    kind: Mapped[str]
    tone: Mapped[str]
    text: Mapped[str]
    audience: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(server_default="draft", default="draft")
    repeats: Mapped[str] = mapped_column(server_default="", default="")
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    room_id: Mapped[int | None] = mapped_column(ForeignKey("rooms.id"))
    way: Mapped[str]
    form: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]
    start_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    progress_row: Mapped[int | None]
    shown_at: Mapped[datetime | None]
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))

    __table_args__ = (
        CheckConstraint("kind IN ('payment', 'debt')", name="kind"),
        CheckConstraint("tone IN ('kind', 'plain', 'formal')", name="tone"),
        CheckConstraint("repeats IN ('', 'monthly')", name="repeats"),
        CheckConstraint(
            "state IN ('draft', 'scheduled', 'running', 'paused', 'stopped', 'done', 'dropped')",
            name="state",
        ),
        CheckConstraint("way IN ('private', 'desk')", name="way"),
        Index("ix_reminders_key", "key"),
        Index(
            "ix_reminders_now",
            "state",
            postgresql_where=sql("state IN ('scheduled', 'running', 'paused')"),
        ),
    )


class ReminderPart(Table):
    """An account that a person was reminded of. `outbox_id`: the message, one for all of their
    accounts, no longer there once old rows are cleared away. `debt` and `overdue` in kopecks, as
    they were when it was enqueued. `answer`: paid, instalment, dispute. `paid`: how much less was
    owed ten days later; empty until then. No foreign keys: a hundred thousand rows come at once,
    from those they name, none of which is ever deleted sooner; each key would lock its row."""

    __tablename__ = "reminder_parts"

    reminder_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    account_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, index=True)
    resident_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, index=True)
    outbox_id: Mapped[int | None]
    debt: Mapped[int]
    overdue: Mapped[int]
    at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(server_default="", default="")
    answered_at: Mapped[datetime | None]
    paid: Mapped[int | None]

    __table_args__ = (
        CheckConstraint("answer IN ('', 'paid', 'instalment', 'dispute')", name="answer"),
        Index(None, "outbox_id", postgresql_where=sql("outbox_id IS NOT NULL")),
    )
