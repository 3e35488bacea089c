"""Meters and what they showed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.tables.base import Numbered


class Meter(Numbered):
    """`title`: where it is, in the company's words («кухня»). `tariffs`: how many figures are read
    (day, night, half-peak). `digits`: of its whole part. `brought_by`: the import."""

    __tablename__ = "meters"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    resource: Mapped[str]
    number: Mapped[str]
    title: Mapped[str] = mapped_column(server_default="", default="")
    tariffs: Mapped[int] = mapped_column(Integer, server_default="1", default=1)
    digits: Mapped[int | None] = mapped_column(Integer)
    verified_until: Mapped[date | None]
    brought_by: Mapped[int | None]
    withdrawn_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(
            "resource IN ('cold_water', 'hot_water', 'electricity', 'gas', 'heating')",
            name="resource",
        ),
        CheckConstraint("tariffs BETWEEN 1 AND 3", name="tariffs"),
        UniqueConstraint("account_id", "resource", "number"),
    )


class Reading(Numbered):
    """`figures`: thousandths, one a tariff. `month`: that it counts for (its first day). Of those
    of one meter and month the one that is not `replaced` holds. `marks`: less, rolled, much,
    digits, unverified, late. `source`: chat, staff, import. `export_id`: the export that took it,
    each reading once."""

    __tablename__ = "readings"

    meter_id: Mapped[int] = mapped_column(ForeignKey("meters.id"))
    month: Mapped[date]
    figures: Mapped[list[Any]]
    at: Mapped[datetime]
    source: Mapped[str]
    resident_id: Mapped[int | None] = mapped_column(ForeignKey("residents.id"), index=True)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    marks: Mapped[list[Any]] = mapped_column(server_default=text("'[]'::jsonb"), default=list)
    file_id: Mapped[str | None] = mapped_column(ForeignKey("files.id"))
    replaced: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    export_id: Mapped[int | None] = mapped_column(ForeignKey("reading_exports.id"), index=True)

    __table_args__ = (
        CheckConstraint("source IN ('chat', 'staff', 'import')", name="source"),
        Index(
            "uq_readings_now",
            "meter_id",
            "month",
            unique=True,
            postgresql_where=text("NOT replaced"),
        ),
        Index("ix_readings_file_id", "file_id", postgresql_where=text("file_id IS NOT NULL")),
        Index(
            "ix_readings_marked",
            "id",
            postgresql_where=text("marks <> '[]'::jsonb AND NOT replaced"),
        ),
        Index("ix_readings_new", "id", postgresql_where=text("export_id IS NULL AND NOT replaced")),
    )


class ReadingExport(Numbered):
    """The journal of exports. `who`: as in the audit log."""

    __tablename__ = "reading_exports"

    at: Mapped[datetime]
    who: Mapped[str]
    layout: Mapped[str]
    rows: Mapped[int] = mapped_column(Integer)
    file_name: Mapped[str]
    sha256: Mapped[str]
