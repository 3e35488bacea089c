"""What of «Мои данные» was said: conversations, requests among them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from services.tables import Message, Rating, Thread, Ticket, Visit

if TYPE_CHECKING:
    from services.work import Work

Data = dict[str, Any]


async def conversations(work: Work, everyone: Sequence[int]) -> list[Data]:
    rows = await work.session.execute(
        select(Thread, Ticket)
        .outerjoin(Ticket, Ticket.thread_id == Thread.id)
        .where(Thread.resident_id.in_(everyone))
        .order_by(Thread.id)
    )
    return [
        {
            "opened_at": plain(thread.opened_at),
            "closed_at": plain(thread.closed_at),
            "request": await _request(work, ticket) if ticket else None,
            "messages": await _messages(work, thread.id),
        }
        for thread, ticket in rows.all()
    ]


async def _request(work: Work, ticket: Ticket) -> Data:
    names = (
        "number", "what", "place", "text", "answers", "emergency", "status", "source",
        "created_at", "due_at", "closed_at", "declined_why", "rating",
    )  # fmt: skip
    return {
        **{name: plain(getattr(ticket, name)) for name in names},
        "ratings": await rows_of(
            work, select(Rating).where(Rating.ticket_id == ticket.id), "stars", "comment", "at"
        ),
        "visits": await rows_of(
            work, select(Visit).where(Visit.ticket_id == ticket.id), "begins_at", "ends_at", "state"
        ),
    }


async def _messages(work: Work, thread_id: int) -> list[Data]:
    """What the resident said and was told."""
    rows = await work.session.scalars(
        select(Message)
        .where(
            Message.thread_id == thread_id,
            Message.by.in_(("resident", "member")),
            Message.withdrawn_at.is_(None),
            (Message.held_at.is_(None)) | (Message.released_by.is_not(None)),
        )
        .order_by(Message.id)
    )
    return [
        {
            "at": plain(row.at),
            "by": row.by,
            "author": row.author,
            "text": row.text,
            "earlier_texts": row.earlier_texts if row.by == "resident" else [],
            "files": [each.get("title") or each.get("kind", "") for each in row.attachments],
        }
        for row in rows
    ]


async def rows_of(work: Work, find: Any, *names: str) -> list[Data]:
    rows = await work.session.scalars(find)
    return [{name: plain(getattr(row, name)) for name in names} for row in rows]


def plain(value: Any) -> Any:
    """As JSON can say it."""
    return value.isoformat() if hasattr(value, "isoformat") else value
