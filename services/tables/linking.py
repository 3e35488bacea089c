"""Several messengers of one person: the codes that link them, and what a link brought along."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.tables.base import Numbered, Table


class LinkCode(Table):
    """The code a contact holds to be linked by, at most one. Only its hash is kept, and the row
    goes once the code was used. No two live codes are alike."""

    __tablename__ = "link_codes"

    contact_id: Mapped[int] = mapped_column(
        ForeignKey("contacts.id"), primary_key=True, autoincrement=False
    )
    code_sha256: Mapped[str] = mapped_column(unique=True)
    expires_at: Mapped[datetime]


class Link(Numbered):
    """A contact that became another resident's: its own resident's row stays, and `moved` is what
    goes back to it when the link is undone. `given_by`: the contact whose code was typed.

    `moved` is `{"threads": [ids], "homes": [ids], "same": [[theirs, ours]], "lent": [fields]}`:
    `same` are homes that both had, `lent` what the other resident had not told of themselves."""

    __tablename__ = "links"

    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    given_by: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    from_resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    to_resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    moved: Mapped[dict[str, Any]]

    __table_args__ = (
        Index(
            "uq_links_contact_id_now",
            "contact_id",
            unique=True,
            postgresql_where=text("undone_at IS NULL"),
        ),
        Index(
            "ix_links_to_resident_id_now",
            "to_resident_id",
            postgresql_where=text("undone_at IS NULL"),
        ),
    )
