"""What the accounting system knows: accounts, what is owed on them by month, and each import."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.tables.base import Numbered, Table


class Import(Numbered):
    """A file that was applied. `who`: as in the audit log. `columns`: what the file called the
    fields that were named by hand; the next file of the kind is read so too. `counts`: new,
    changed, gone and the like. What it changed stands in `import_changes` until the next of its
    kind."""

    __tablename__ = "imports"

    kind: Mapped[str]
    at: Mapped[datetime]
    who: Mapped[str]
    file_name: Mapped[str]
    sha256: Mapped[str]
    month: Mapped[date | None]
    rows: Mapped[int] = mapped_column(Integer)
    counts: Mapped[dict[str, Any]]
    columns: Mapped[dict[str, Any]]
    state: Mapped[str]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("kind IN ('accounts', 'debts', 'meters', 'bills')", name="kind"),
        CheckConstraint("state IN ('applied', 'undone')", name="state"),
        Index(None, "kind", "id"),
    )


class Account(Numbered):
    """`number` is text, its zeros kept. `place`: the address as the file has it; `flat_id` is
    empty where the company's list has no such flat, `house_id` where it has no such house. `kind`:
    what it is for, in the file's words. `area`: hundredths of a square metre. `brought_by`: the
    import. `withdrawn_at`: no longer in the file. `history_from`: the month from which its present
    holders may look back; what was before belongs to those before them."""

    __tablename__ = "accounts"

    number: Mapped[str] = mapped_column(unique=True)
    house_id: Mapped[int | None] = mapped_column(ForeignKey("houses.id"), index=True)
    flat_id: Mapped[int | None] = mapped_column(ForeignKey("flats.id"), index=True)
    place: Mapped[str]
    kind: Mapped[str]
    area: Mapped[int | None]
    holder: Mapped[str]
    phone: Mapped[str | None]
    added_at: Mapped[datetime]
    brought_by: Mapped[int]
    withdrawn_at: Mapped[datetime | None]
    history_from: Mapped[date | None]


class Balance(Table):
    """An account at the end of a month (its first day here), in kopecks. `debt` below nought is
    paid ahead; `overdue` is a part of it. Empty: the file has no such column. `brought_by`: the
    import."""

    __tablename__ = "balances"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    billed: Mapped[int | None]
    paid: Mapped[int | None]
    debt: Mapped[int]
    overdue: Mapped[int | None]
    penalties: Mapped[int | None]
    pay_by: Mapped[date | None]
    brought_by: Mapped[int]

    __table_args__ = (Index(None, "month"),)


class ImportChange(Numbered):
    """A row that an import changed or took away, as it was: of `accounts`, or with a `month` of
    `balances`. Those it brought name it themselves."""

    __tablename__ = "import_changes"

    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"), index=True)
    account_id: Mapped[int] = mapped_column(index=True)
    month: Mapped[date | None]
    before: Mapped[dict[str, Any]]


class Upload(Numbered):
    """A file that a member handed in to be imported, until it is applied or not. `way`: chat or
    desk. `source`: the messenger's file; `path`: our copy, relative to the folder of stored files,
    empty until it is fetched and after the end. `columns`: names of columns said by hand. `asks`:
    the question that is open, `heads`: the names of columns it offers. `preview` is what was shown,
    taken away at the end: it holds rows of the file. `sheet`: its problems as a file of ours.
    `done`: hundredths of it that are read. `leased_until`: a process is at it until then."""

    __tablename__ = "uploads"

    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    way: Mapped[str]
    channel: Mapped[str]
    chat: Mapped[str]
    source: Mapped[dict[str, Any]]
    path: Mapped[str] = mapped_column(server_default="", default="")
    file_name: Mapped[str]
    sha256: Mapped[str] = mapped_column(server_default="", default="")
    kind: Mapped[str] = mapped_column(server_default="", default="")
    month: Mapped[date | None]
    columns: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"), default=dict)
    asks: Mapped[str] = mapped_column(server_default="", default="")
    heads: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"), default=list)
    preview: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    sheet: Mapped[str] = mapped_column(server_default="", default="")
    state: Mapped[str] = mapped_column(server_default="new", default="new")
    done: Mapped[int] = mapped_column(Integer, server_default=text("0"), default=0)
    progress_row: Mapped[int | None]
    import_id: Mapped[int | None] = mapped_column(ForeignKey("imports.id"))
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("kind IN ('', 'accounts', 'debts', 'meters', 'bills')", name="kind"),
        CheckConstraint(
            "state IN ('new', 'asked', 'shown', 'going', 'applied', 'refused', 'dropped')",
            name="state",
        ),
        CheckConstraint("way IN ('chat', 'desk')", name="way"),
        Index(
            "ix_uploads_now",
            "id",
            postgresql_where=text("state IN ('new', 'asked', 'shown', 'going')"),
        ),
        Index(None, "member_id"),
    )


class Bill(Table):
    """The paper of a month, as the accounting system made it."""

    __tablename__ = "bills"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    file_id: Mapped[str] = mapped_column(ForeignKey("files.id"), index=True)
    brought_by: Mapped[int]
