"""What is told to many, and who wants to hear which of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer
from sqlalchemy import text as sql  # the tables have a column `text`
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.tables.base import Numbered, Table


class Notice(Numbered):
    """One thing told to many: `outbox` has a row for each person, parked until it is claimed.
    `people` by messenger, and the flats it was meant for and those of them where somebody could be
    told, are as they were when it was told.

    State: going → done, with held (nothing leaves for now) between, or stopped. `guard` names what
    a claim looks at for each person (news: one an hour). `quiet`: nothing leaves at night in
    `zone`, the hour of these houses (empty: the company's). `urgent`: whom one messenger does not
    reach is told by the next. `subject`: of readings, the month and the resources
    («2026-03-01 cold_water,gas»). `result`: what became of its people, an `Outcome`, once old rows
    were cleared away."""

    __tablename__ = "notices"

    kind: Mapped[str]
    outage_id: Mapped[int | None] = mapped_column(ForeignKey("outages.id"), index=True)
    mailing_id: Mapped[int | None] = mapped_column(ForeignKey("mailings.id"), index=True)
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incidents.id"), index=True)
    reminder_id: Mapped[int | None] = mapped_column(ForeignKey("reminders.id"), index=True)
    subject: Mapped[str] = mapped_column(server_default="", default="")
    text: Mapped[str]
    at: Mapped[datetime]
    not_before: Mapped[datetime]
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    people: Mapped[dict[str, Any]]
    flats: Mapped[int] = mapped_column(Integer)
    flats_reached: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(server_default="going", default="going")
    guard: Mapped[str] = mapped_column(server_default="", default="")
    quiet: Mapped[bool] = mapped_column(server_default=sql("false"), default=False)
    zone: Mapped[str] = mapped_column(server_default="", default="")
    urgent: Mapped[bool] = mapped_column(server_default=sql("false"), default=False)
    priority: Mapped[int] = mapped_column(Integer, server_default="4", default=4)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))

    __table_args__ = (
        CheckConstraint(
            "kind IN ('announced', 'reminder', 'prolonged', 'restored', 'cancelled', 'mailing', "
            "'incident', 'payment', 'debt', 'readings')",
            name="kind",
        ),
        CheckConstraint("state IN ('going', 'held', 'stopped', 'done')", name="state"),
        Index(
            "ix_notices_going",
            "priority",
            "id",
            postgresql_where=sql("state = 'going'"),
        ),
    )


class Mailing(Numbered):
    """What a member sends to many by hand. `key`: the same text to the same people, submitted
    twice within a day, is one. `kind`: news (may be opted out of, one an hour), important (to
    everybody), offer (only to those who agreed to offers). `audience`: whom, see
    `services.mailing_audience`. `photos` are `Attachment`s. `open_to`: where else it stands for
    all to read (wall, channel). `form`: the answers it was made of. `room_id` and `way` say where
    its member is told of it; `progress_row` is the outbox row of the post that shows how far it
    is."""

    __tablename__ = "mailings"

    key: Mapped[str]
    kind: Mapped[str]
    text: Mapped[str]
    photos: Mapped[list[Any]] = mapped_column(server_default=sql("'[]'::jsonb"), default=list)
    audience: Mapped[dict[str, Any]]
    open_to: Mapped[list[Any]] = mapped_column(server_default=sql("'[]'::jsonb"), default=list)
    state: Mapped[str] = mapped_column(server_default="draft", default="draft")
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    room_id: Mapped[int] = mapped_column(ForeignKey("rooms.id"))
    way: Mapped[str]
    form: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]
    start_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    progress_row: Mapped[int | None]
    shown_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("kind IN ('news', 'important', 'offer')", name="kind"),
        CheckConstraint(
            "state IN ('draft', 'scheduled', 'running', 'paused', 'stopped', 'done', 'dropped')",
            name="state",
        ),
        CheckConstraint("way IN ('room', 'private', 'desk')", name="way"),
        Index("ix_mailings_key", "key"),
        Index(
            "ix_mailings_now",
            "state",
            postgresql_where=sql("state IN ('scheduled', 'running', 'paused')"),
        ),
    )


class Wish(Table):
    """Whether a person wants a kind of notice; without a row, the kind's own default holds (news
    and reminders yes, offers no). The last word of the person, with its moment."""

    __tablename__ = "wishes"

    resident_id: Mapped[int] = mapped_column(
        ForeignKey("residents.id"), primary_key=True, autoincrement=False
    )
    kind: Mapped[str] = mapped_column(primary_key=True)
    wanted: Mapped[bool]
    at: Mapped[datetime]

    __table_args__ = (CheckConstraint("kind IN ('news', 'reminders', 'offers')", name="kind"),)
