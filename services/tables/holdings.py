"""Who holds an account, how they proved it, and what stands against it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.tables.base import Numbered, Table

ROLES = "('owner', 'tenant', 'family')"


class Holding(Numbered):
    """That a resident holds an account. `sees_money`: whether they may look at its sums; the owner
    says so of the others. `proved_by`: code, phone, sum, area, member or holder (an owner let them
    in). `until` set: no longer; the row stays for the company. `ended_by`: self, holder, successor,
    staff, erased, linked (another resident of the same person holds it), or became (an owner beside
    others: another row says so)."""

    __tablename__ = "holdings"

    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    role: Mapped[str]
    sees_money: Mapped[bool]
    proved_by: Mapped[str]
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    ended_by: Mapped[str] = mapped_column(server_default="", default="")

    __table_args__ = (
        CheckConstraint(f"role IN {ROLES}", name="role"),
        Index(
            "uq_holdings_now",
            "resident_id",
            "account_id",
            unique=True,
            postgresql_where=text("until IS NULL"),
        ),
    )


class AccountCode(Numbered):
    """A code that lets one person in, once. Only its hash is kept. `made_by` as in the audit log.
    `role` and `holding_id`: of a code that an owner made for a tenant or family."""

    __tablename__ = "account_codes"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    code_sha256: Mapped[str] = mapped_column(unique=True)
    role: Mapped[str] = mapped_column(server_default="", default="")
    holding_id: Mapped[int | None] = mapped_column(ForeignKey("holdings.id"), index=True)
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class ProofTry(Numbered):
    """A try to prove an account. `forgiven`: does not count any more. `account_id` is empty where
    there is no such number; `number_sha256` is there all the same, so that nobody can tell.
    `thread_id`: of the try that locked, where staff were told."""

    __tablename__ = "proof_tries"

    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    number_sha256: Mapped[str] = mapped_column(index=True)
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("threads.id"))
    way: Mapped[str]
    right: Mapped[bool]
    at: Mapped[datetime] = mapped_column(index=True)
    forgiven: Mapped[bool] = mapped_column(server_default=text("false"), default=False)

    __table_args__ = (
        Index(
            "ix_proof_tries_thread_id",
            "thread_id",
            postgresql_where=text("thread_id IS NOT NULL"),
        ),
    )


class HoldingClaim(Numbered):
    """What staff are to decide: a resident asks them to confirm that they hold an account, or a
    holder says of somebody who holds it now that they do not (then there is a holding to end).
    `thread_id`: where they ask. `account_id` is empty where there is no such number."""

    __tablename__ = "holding_claims"

    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), index=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    number_sha256: Mapped[str]
    role: Mapped[str]
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("threads.id"), index=True)
    state: Mapped[str] = mapped_column(server_default="asked", default="asked")
    asked_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))

    __table_args__ = (
        CheckConstraint(f"role IN {ROLES}", name="role"),
        CheckConstraint("state IN ('asked', 'confirmed', 'refused', 'dropped')", name="state"),
    )


class AccountMark(Numbered):
    """What keeps reminders away from an account until it ends: dispute, instalment (a plan to pay
    by parts), paid (a resident says so; until the next balances). `who`: as in the audit log."""

    __tablename__ = "account_marks"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    kind: Mapped[str]
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("threads.id"), index=True)
    who: Mapped[str]
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str] = mapped_column(server_default="", default="")

    __table_args__ = (CheckConstraint("kind IN ('dispute', 'instalment', 'paid')", name="kind"),)


class PageLink(Table):
    """A one-time way for one person to one thing on the company's own page: `what` of the account
    or file `about`. Only hashes are kept. The first press opens it and gives that browser a cookie
    for some minutes."""

    __tablename__ = "page_links"

    token_sha256: Mapped[str] = mapped_column(primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), index=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    what: Mapped[str]
    about: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    cookie_sha256: Mapped[str | None] = mapped_column(unique=True)
