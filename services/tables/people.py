"""Residents, the messengers they use, and members of staff."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, literal_column, text
from sqlalchemy.orm import Mapped, mapped_column

from services.tables.base import Numbered, Table
from services.tables.finding import NAME_WORDS, PHONE_FROM_ITS_END, for_index


class Resident(Numbered):
    """A person. Without consent there is nothing here but the fact that somebody wrote. `prefers`:
    the channel they want to be written to first. `quiet_from` and `quiet_until`, HH:MM in the time
    of their house: their own night, on top of the company's; empty: none. `erased_at`: nothing of
    the person is left."""

    __tablename__ = "residents"

    name: Mapped[str | None]
    phone: Mapped[str | None] = mapped_column(index=True)
    created_at: Mapped[datetime]
    registered_at: Mapped[datetime | None]
    prefers: Mapped[str] = mapped_column(server_default="", default="")
    quiet_from: Mapped[str] = mapped_column(server_default="", default="")
    quiet_until: Mapped[str] = mapped_column(server_default="", default="")
    erased_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "ix_residents_name",
            text(for_index(NAME_WORDS, "residents")),
            postgresql_using="gin",
            postgresql_where=text("name IS NOT NULL"),
        ),
        Index(
            "ix_residents_phone_end",
            literal_column(for_index(PHONE_FROM_ITS_END, "residents")).label("phone_end"),
            postgresql_ops={"phone_end": "text_pattern_ops"},
        ),
    )


class Contact(Numbered):
    """A resident in one messenger. `came_by`: the code of the link or poster they first came by."""

    __tablename__ = "contacts"

    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), index=True)
    channel: Mapped[str]
    user_id: Mapped[str]
    chat: Mapped[str]
    created_at: Mapped[datetime]
    last_heard_at: Mapped[datetime]
    unreachable_since: Mapped[datetime | None]
    unreachable_why: Mapped[str | None]
    came_by: Mapped[str] = mapped_column(server_default="", default="")

    __table_args__ = (
        UniqueConstraint("channel", "user_id"),
        Index(None, "channel", "chat"),
    )


class ConsentRecord(Numbered):
    """The log of consents: never changed, only added to."""

    __tablename__ = "consents"

    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), index=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    version: Mapped[str]
    text_sha256: Mapped[str]
    given: Mapped[bool]
    at: Mapped[datetime]


class Home(Numbered):
    """A resident's place. `flat_id` empty and `unlisted` set: the company's data lacks it.
    `until` set: no longer theirs; the row stays for the company's history."""

    __tablename__ = "homes"

    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    house_id: Mapped[int] = mapped_column(ForeignKey("houses.id"), index=True)
    entrance_id: Mapped[int | None] = mapped_column(ForeignKey("entrances.id"))
    flat_id: Mapped[int | None] = mapped_column(ForeignKey("flats.id"), index=True)
    unlisted: Mapped[str | None]
    since: Mapped[datetime]
    until: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_homes_resident_id_now", "resident_id", postgresql_where=text("until IS NULL")),
    )


class Member(Numbered):
    """One of staff. `source` is where they came from: "file", "room" or "settings". `granted`:
    an admin by the settings, whatever the role is."""

    __tablename__ = "members"

    code: Mapped[str | None] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[str]
    title: Mapped[str]
    desk: Mapped[bool]
    granted: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    source: Mapped[str]
    rooms: Mapped[list[Any]]  # codes; empty = every room
    trainee: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    withdrawn_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("role IN ('dispatcher', 'executor', 'manager', 'admin')", name="role"),
    )


class MemberAccount(Table):
    """A member's user id in a messenger."""

    __tablename__ = "member_accounts"

    channel: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)


class SignInLink(Table):
    """A one-time way to the desk. Only the hash of the token is kept."""

    __tablename__ = "sign_in_links"

    token_sha256: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class DeskSession(Table):
    __tablename__ = "desk_sessions"

    token_sha256: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class AuditRecord(Numbered):
    """Who did what. Never changed, only added to. No message texts, no secrets."""

    __tablename__ = "audit"

    at: Mapped[datetime] = mapped_column(index=True)
    who: Mapped[str]  # "member:5", "contact:7", "telegram:123", "system"
    what: Mapped[str]
    about: Mapped[str]
    details: Mapped[dict[str, Any]]
