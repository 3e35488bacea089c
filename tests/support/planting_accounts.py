"""The account of a planted person, and all that hangs on it."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from services.access import AsResident
from services.messaging.types import Attachment
from services.tables import (
    Account,
    AccountCode,
    HoldingClaim,
    Import,
    ImportChange,
    Member,
    Meter,
    PageLink,
    ProofTry,
    Reading,
    Reminder,
    ReminderPart,
)
from services.work import Work
from tests.support.marks import (
    HANDLE,
    NAME,
    PHONE,
)


async def plant_account(work: Work, viewer: AsResident) -> None:
    session, now = work.session, work.now
    brought = Import(
        kind="accounts", at=now, who="system", file_name="x", sha256="x", rows=1, counts={},
        columns={}, state="applied",
    )  # fmt: skip
    session.add(brought)
    await session.flush()
    account = Account(
        number="000777", place="ул. Садовая, 1", kind="", holder=NAME, phone=PHONE, added_at=now,
        brought_by=brought.id,
    )  # fmt: skip
    session.add(account)
    await session.flush()
    session.add(
        ImportChange(
            import_id=brought.id, account_id=account.id, before={"holder": NAME, "phone": PHONE}
        )
    )
    holding = await work.holdings.begin(viewer.resident_id, account.id, "owner", "code")
    meter = Meter(account_id=account.id, resource="gas", number="1")
    photo = await work.attachments.keep(
        Attachment(kind="photo", channel="telegram", handle=f"{HANDLE} meter"), ""
    )
    session.add(meter)
    member = await session.scalar(select(func.min(Member.id)))
    reminder = Reminder(
        key="k", kind="debt", tone="kind", text="x", audience={}, member_id=member, way="private",
        form={}, made_at=now,
    )  # fmt: skip
    session.add(reminder)
    await session.flush()
    session.add_all(
        [
            Reading(
                meter_id=meter.id, month=now.date(), figures=[1000], at=now, source="chat",
                resident_id=viewer.resident_id, file_id=photo.id,
            ),
            ReminderPart(
                reminder_id=reminder.id, account_id=account.id, resident_id=viewer.resident_id,
                debt=1, overdue=1, at=now,
            ),
            AccountCode(
                account_id=account.id, code_sha256="x", holding_id=holding.id, made_by="contact:1",
                made_at=now, expires_at=now + timedelta(days=1),
            ),
            ProofTry(
                resident_id=viewer.resident_id, account_id=account.id, number_sha256="x",
                way="code", right=True, at=now,
            ),
            HoldingClaim(
                resident_id=viewer.resident_id, contact_id=viewer.contact_id,
                account_id=account.id, number_sha256="x", role="owner", asked_at=now,
            ),
            PageLink(
                token_sha256="t", resident_id=viewer.resident_id, contact_id=viewer.contact_id,
                what="bill", about={"account": account.id}, made_at=now,
                expires_at=now + timedelta(hours=1),
            ),
        ]
    )  # fmt: skip
