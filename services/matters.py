"""What makes requests alike, and many of them one problem."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from services.surges import APART
from services.tables import Incident, Thread, Ticket


@dataclass(frozen=True)
class Matter:
    """What makes requests alike: house and kind; an emergency is alike only with those of its own
    name."""

    house_id: int
    category: str
    what: str = ""
    emergency: bool = False

    @classmethod
    def of(cls, it: Ticket | Incident) -> Matter:
        return cls(it.house_id, it.category, it.what, it.emergency)

    @property
    def key(self) -> str:
        """As a surge calls it."""
        return f"{self.category}{APART}{self.what}" if self.emergency else self.category

    def is_like(self, other: Matter) -> bool:
        return (self.house_id, self.key) == (other.house_id, other.key)

    def fits(self, table: type[Ticket | Incident]) -> list[ColumnElement[bool]]:
        which = [
            table.house_id == self.house_id,
            table.category == self.category,
            table.emergency.is_(self.emergency),
        ]
        return [*which, table.what == self.what] if self.emergency else which


def is_behind() -> ColumnElement[bool]:
    """SQL of a ticket: an older open one stands for the same incident, so that many are counted
    and warned of as one."""
    older = aliased(Ticket)
    return (
        select(older.id)
        .where(
            older.incident_id == Ticket.incident_id,
            older.id < Ticket.id,
            older.closed_at.is_(None),
        )
        .correlate(Ticket)
        .exists()
    )


def as_problem() -> ColumnElement[int]:
    """SQL of a thread and its ticket: distinct values are problems, however many wrote of each."""
    return func.coalesce(-Ticket.incident_id, Thread.id)
