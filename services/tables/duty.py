"""Who is at work and what was promised: shifts, promises, visits, elders of a house."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.tables.base import Numbered, Table


class Shift(Numbered):
    """A member on duty in a room. `summary` is what was handed over at its end."""

    __tablename__ = "shifts"

    room_id: Mapped[int] = mapped_column(ForeignKey("rooms.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    role: Mapped[str]
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    handed_to: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    summary: Mapped[str] = mapped_column(server_default="", default="")

    __table_args__ = (
        Index("ix_shifts_now", "room_id", "role", postgresql_where=text("ended_at IS NULL")),
        Index(
            "uq_shifts_member_now", "room_id", "member_id",
            unique=True, postgresql_where=text("ended_at IS NULL"),
        ),
    )  # fmt: skip


class Promise(Numbered):
    """«До 15:00» in a member's answer. Over when something was said after it, when it was missed,
    or when the words were taken back."""

    __tablename__ = "promises"

    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"), index=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    made_at: Mapped[datetime]
    until: Mapped[datetime]
    warned_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(server_default="", default="")

    __table_args__ = (
        CheckConstraint("outcome IN ('', 'kept', 'missed', 'withdrawn')", name="outcome"),
        Index("ix_promises_until", "until", postgresql_where=text("settled_at IS NULL")),
    )


class Visit(Numbered):
    """A window in which an executor comes, agreed with the resident. A new one stands instead of
    the one before."""

    __tablename__ = "visits"

    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    state: Mapped[str]
    proposed_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(
            "state IN ('proposed', 'agreed', 'declined', 'nobody_home', 'done', 'replaced')",
            name="state",
        ),
        Index("ix_visits_begins_at", "begins_at", postgresql_where=text("state = 'agreed'")),
    )


class Elder(Numbered):
    """«Старший по дому»: a resident who sees the common requests of a house."""

    __tablename__ = "elders"

    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    house_id: Mapped[int] = mapped_column(ForeignKey("houses.id"))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    since: Mapped[datetime]
    until: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "uq_elders_now", "resident_id", "house_id",
            unique=True, postgresql_where=text("until IS NULL"),
        ),
        Index("ix_elders_house_id", "house_id", postgresql_where=text("until IS NULL")),
    )  # fmt: skip


class Call(Numbered):
    """What a resident without a messenger is to be told by phone. `message_id`: the line in the
    room that asks for it. `digest` is of the rows of the outbox it speaks of: what changed since
    is not said there yet. `tries`: nobody answered so often."""

    __tablename__ = "calls"

    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"), index=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), index=True)
    digest: Mapped[str]
    asked_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(Integer, server_default="0", default=0)
    tried_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))

    __table_args__ = (
        Index(
            "uq_calls_now", "thread_id",
            unique=True, postgresql_where=text("settled_at IS NULL"),
        ),
    )  # fmt: skip


class Draft(Numbered):
    """A request that a member files for somebody, until its category is chosen. `content` is a
    `filing.FiledFor`. `key`: what a page calls the form it was filled into."""

    __tablename__ = "drafts"

    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    key: Mapped[str | None]
    content: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"))

    __table_args__ = (UniqueConstraint("member_id", "key"),)


class AnswerAll(Numbered):
    """One text for many threads, shown to its member before it leaves. `chosen` says by what the
    threads were chosen, `threads` are their ids as they were previewed."""

    __tablename__ = "answer_alls"

    room_id: Mapped[int] = mapped_column(ForeignKey("rooms.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    text: Mapped[str]
    attachments: Mapped[list[Any]]
    chosen: Mapped[dict[str, Any]]
    threads: Mapped[list[Any]]
    made_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    dropped_at: Mapped[datetime | None]


class Dealt(Table):
    """Whose turn it is: what a member was dealt in a room, last and on that day."""

    __tablename__ = "dealt"

    room_id: Mapped[int] = mapped_column(
        ForeignKey("rooms.id"), primary_key=True, autoincrement=False
    )
    member_id: Mapped[int] = mapped_column(
        ForeignKey("members.id"), primary_key=True, autoincrement=False
    )
    last_at: Mapped[datetime]
    day: Mapped[date]
    count: Mapped[int] = mapped_column(Integer)


class SaidOnce(Table):
    """What the clock brings once: «summary 2026-11-23 member 5»."""

    __tablename__ = "said_once"

    key: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
