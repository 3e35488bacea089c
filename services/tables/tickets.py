"""Requests, the conversations about them, and what was said."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Sequence, desc, sql, text
from sqlalchemy.orm import Mapped, mapped_column

from services.tables.base import Numbered, Table
from services.tables.finding import MESSAGE_WORDS, TICKET_WORDS, for_index

ticket_numbers = Sequence("ticket_numbers", start=1001, metadata=Table.metadata)

# A ticket has a column `text`, so the conditions of its indexes stand here.
_UNANSWERED = text("status = 'waiting' AND asked_at IS NULL")
_OPEN = text("closed_at IS NULL")
_UNRATED = text("status = 'done' AND rating IS NULL AND closed_for_good_at IS NULL")


class Thread(Numbered):
    """A conversation of one resident with staff, with or without a ticket. `continues_id`: the
    one before it, which was closed for good. `handed_to`: the executors' room that has it too.
    `waits_since`: the resident's first word that nobody has answered yet, in a closed thread, too;
    `answer_due_at` counts from it in the room's hours, `answer_warn_at` is when 80 % of that are
    over, `answer_warned` says which of 80 and 100 % were told. `quiet`:
    what members write stays among them until it is switched off. `tone`: of the resident's words,
    until a member says otherwise (`tone_by`). `urgent`: they want it soon, though no danger is."""

    __tablename__ = "threads"

    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))  # answered here
    room_id: Mapped[int] = mapped_column(ForeignKey("rooms.id"))
    handed_to: Mapped[int | None] = mapped_column(ForeignKey("rooms.id"), index=True)
    home_id: Mapped[int | None] = mapped_column(ForeignKey("homes.id"))
    continues_id: Mapped[int | None] = mapped_column(ForeignKey("threads.id"), index=True)
    subject: Mapped[str]
    state: Mapped[str] = mapped_column(default="open")
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    last_at: Mapped[datetime]
    last_by: Mapped[str]
    last_text: Mapped[str]
    taken_by: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    taken_at: Mapped[datetime | None]
    waits_since: Mapped[datetime | None]
    answer_warn_at: Mapped[datetime | None]
    answer_due_at: Mapped[datetime | None]
    answer_warned: Mapped[int] = mapped_column(Integer, server_default="0", default=0)
    quiet: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    tone: Mapped[str] = mapped_column(server_default="", default="")
    tone_by: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    urgent: Mapped[bool] = mapped_column(server_default=text("false"), default=False)

    __table_args__ = (
        CheckConstraint("state IN ('open', 'closed')", name="state"),
        CheckConstraint("tone IN ('', 'negative', 'neutral', 'positive')", name="tone"),
        Index("ix_threads_taken_by", "taken_by", postgresql_where=text("state = 'open'")),
        Index(
            "ix_threads_waiting",
            "answer_due_at",
            postgresql_where=text("waits_since IS NOT NULL"),
        ),
        Index("ix_threads_resident_id_state", "resident_id", "state"),
        Index("ix_threads_room_id_state_last_at", "room_id", "state", desc("last_at")),
        Index("ix_threads_state_last_at", "state", desc("last_at")),
        Index("ix_threads_home_id", "home_id"),
    )


class Topic(Table):
    """How a room of a messenger shows a thread. Only a view: it can be rebuilt."""

    __tablename__ = "topics"

    thread_id: Mapped[int] = mapped_column(
        ForeignKey("threads.id"), primary_key=True, autoincrement=False
    )
    channel: Mapped[str] = mapped_column(primary_key=True)
    chat: Mapped[str] = mapped_column(primary_key=True)
    external_id: Mapped[str]
    opened_at: Mapped[datetime]
    # What stood in an earlier topic or room goes along with the next post.
    recap_due: Mapped[bool] = mapped_column(server_default=text("false"))

    __table_args__ = (Index(None, "channel", "chat", "external_id"),)


class Surge(Numbered):
    """Many residents of one house writing about one thing within minutes: one post in the room,
    which grows. `category` is empty for conversations without a ticket. `message_id` is the post,
    a system line of the first thread."""

    __tablename__ = "surges"

    room_id: Mapped[int] = mapped_column(ForeignKey("rooms.id"))
    house_id: Mapped[int] = mapped_column(ForeignKey("houses.id"))
    category: Mapped[str]
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), index=True)
    began_at: Mapped[datetime]
    last_at: Mapped[datetime]

    __table_args__ = (Index("ix_surges_house_id_category", "house_id", "category", "last_at"),)


class SurgeThread(Table):
    """A thread that is shown in a surge's post until a member looks into it."""

    __tablename__ = "surge_threads"

    thread_id: Mapped[int] = mapped_column(
        ForeignKey("threads.id"), primary_key=True, autoincrement=False
    )
    surge_id: Mapped[int] = mapped_column(ForeignKey("surges.id"), index=True)
    opened_at: Mapped[datetime | None]


class Ticket(Numbered):
    """A request. `answers` is the form as question and answer pairs, in order; `what` repeats
    the category's title at the time of filing, since categories change. `source`: the messenger
    it came by, or phone, visit, letter, other, with `filed_by` the member who wrote it down and
    `source_link` what they pasted. `warn_at`: when 80 % of the term are over; `due_warned` says
    which of 80 and 100 % were told. `organisation`: who does it instead of us, until `remind_at`
    without asking back. `incident_id`: the incident it follows."""

    __tablename__ = "tickets"

    number: Mapped[int] = mapped_column(
        ticket_numbers, server_default=ticket_numbers.next_value(), unique=True
    )
    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"), unique=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    complex_id: Mapped[int] = mapped_column(ForeignKey("complexes.id"))
    house_id: Mapped[int] = mapped_column(ForeignKey("houses.id"), index=True)
    entrance_id: Mapped[int | None] = mapped_column(ForeignKey("entrances.id"))
    flat_id: Mapped[int | None] = mapped_column(ForeignKey("flats.id"), index=True)
    place: Mapped[str]
    category: Mapped[str]
    what: Mapped[str]
    text: Mapped[str]
    answers: Mapped[list[Any]]
    emergency: Mapped[bool]
    status: Mapped[str]
    source: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(index=True)
    due_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    waiting_since: Mapped[datetime | None]  # for the resident's answer
    asked_at: Mapped[datetime | None]  # whether help is still needed, once in a waiting
    rating: Mapped[int | None] = mapped_column(Integer)  # the latest, while the ticket is done
    closed_for_good_at: Mapped[datetime | None]
    filed_by: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    executor_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    source_link: Mapped[str] = mapped_column(server_default="", default="")
    declined_why: Mapped[str] = mapped_column(server_default="", default="")
    news_at: Mapped[datetime | None]  # when the last news of its state left, or is to leave
    organisation: Mapped[str] = mapped_column(server_default="", default="")
    remind_at: Mapped[datetime | None]
    warn_at: Mapped[datetime | None]
    due_warned: Mapped[int] = mapped_column(Integer, server_default="0", default=0)
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incidents.id"), index=True)

    __table_args__ = (
        CheckConstraint(
            "status IN ('new', 'accepted', 'in_progress', 'waiting', 'done', 'declined')",
            name="status",
        ),
        Index("ix_tickets_resident_id_created_at", "resident_id", desc("created_at")),
        Index(
            "ix_tickets_silent",
            "waiting_since",
            postgresql_where=_UNANSWERED,
        ),
        Index("ix_tickets_house_id_created_at", "house_id", "created_at"),
        Index("ix_tickets_executor_id", "executor_id", postgresql_where=_OPEN),
        Index("ix_tickets_due", "warn_at", postgresql_where=_OPEN),
        Index("ix_tickets_remind_at", "remind_at", postgresql_where=_OPEN),
        Index(
            "ix_tickets_unrated",
            "closed_at",
            postgresql_where=_UNRATED,
        ),
        Index(
            "ix_tickets_words",
            sql.text(for_index(TICKET_WORDS, "tickets")),
            postgresql_using="gin",
            postgresql_with={"fastupdate": "off"},
        ),
    )


class TicketEvent(Numbered):
    """The journal of a ticket: who moved it from what to what."""

    __tablename__ = "ticket_events"

    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    at: Mapped[datetime]
    what: Mapped[str]  # filed, status, reopened, rated, asked, closed, handed
    before: Mapped[str | None]
    after: Mapped[str | None]
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    note: Mapped[str]


class Message(Numbered):
    """One thing said in a thread. `by`: resident, member, note (staff only) or system.
    `author` is the name and title the other side saw. `held_at`: a trainee's answer that waits
    for a colleague's yes, `released_by` whose it was. `earlier_texts` are what edits replaced,
    oldest first. `origin` names the inbound it came from, so that it stands here once."""

    __tablename__ = "messages"

    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"))
    by: Mapped[str]
    author: Mapped[str]
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    text: Mapped[str]
    attachments: Mapped[list[Any]]
    reply_to: Mapped[int | None] = mapped_column(ForeignKey("messages.id"))
    at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    earlier_texts: Mapped[list[Any]]
    withdrawn_at: Mapped[datetime | None]
    held_at: Mapped[datetime | None]
    released_by: Mapped[int | None] = mapped_column(ForeignKey("members.id"))

    __table_args__ = (
        CheckConstraint("by IN ('resident', 'member', 'note', 'system')", name="by"),
        Index("ix_messages_thread_id_id", "thread_id", "id"),
        Index("ix_messages_attachments", "attachments", postgresql_using="gin"),
        Index(
            "ix_messages_reply_to", "reply_to", postgresql_where=sql.text("reply_to IS NOT NULL")
        ),
        Index(
            "ix_messages_words",
            sql.text(for_index(MESSAGE_WORDS, "messages")),
            postgresql_using="gin",
            postgresql_where=sql.text("by <> 'system'"),
            postgresql_with={"fastupdate": "off"},
        ),
    )


class ThreadSeen(Table):
    """How far a member has read a thread on the desk."""

    __tablename__ = "thread_seen"

    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"), primary_key=True)
    upto: Mapped[int]

    __table_args__ = (Index("ix_thread_seen_thread_id", text("thread_id")),)
