"""«Мои данные»: everything that is known of a person, for the person alone (152-FZ, art. 14).

What members note for each other is not in it. Sums are where the messenger may show them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, text

from services.access import AsResident
from services.errors import NotFound, NotYours, TooManyTries
from services.messaging.types import Attachment
from services.my_conversations import Data, conversations, plain, rows_of
from services.tables import (
    Account,
    Ban,
    ConsentRecord,
    Contact,
    Elder,
    Holding,
    Home,
    House,
    Meter,
    OutageAnswer,
    ProofTry,
    Question,
    Reading,
    ReminderPart,
    StoredFile,
    Wish,
)

if TYPE_CHECKING:
    from services.work import Work

LIVES = timedelta(days=1)  # so long the file can be opened
A_DAY = 5  # files at most
TAKEN = "took their data"  # in the audit, by which they are counted


class MyData:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def of(self, viewer: AsResident, channel: str) -> Data:
        """As JSON has it; moments in UTC, sums in kopecks, readings in thousandths. `channel`:
        where it is going to be shown. Raises `TooManyTries`."""
        work, since = self._work, self._work.now - timedelta(days=1)
        about = f"resident:{viewer.resident_id}"
        if await work.audit.count_since(TAKEN, since, about) >= A_DAY:
            raise TooManyTries
        everyone = [viewer.resident_id, *await work.linking.taken_in(viewer.resident_id)]
        data = {
            "made_at": work.now.isoformat(),
            "units": {"debt, overdue, penalties, billed, paid": "kopecks", "figures": "1/1000"},
            "company": (await work.company.profile()).name,
            "person": await self._person(viewer.resident_id),
            "messengers": await self._messengers(everyone),
            "consents": await self._consents(everyone),
            "homes": await self._homes(everyone),
            "elder_of": await self._elder_of(everyone),
            "accounts": await self._accounts(viewer, channel),
            "account_proofs": await self._rows(
                select(ProofTry).where(ProofTry.resident_id.in_(everyone)), "way", "right", "at"
            ),
            "readings": await self._readings(everyone, channel),
            "reminders": await self._reminders(everyone),
            "wishes": await self._rows(
                select(Wish).where(Wish.resident_id.in_(everyone)), "kind", "wanted", "at"
            ),
            "conversations": await conversations(work, everyone),
            "questions": await self._rows(
                select(Question).where(Question.resident_id.in_(everyone)).order_by(Question.id),
                "at", "text", "outcome",
            ),
            "outage_answers": await self._rows(
                select(OutageAnswer).where(OutageAnswer.resident_id.in_(everyone)),
                "outage_id", "answer", "at",
            ),
            "bans": await self._rows(
                select(Ban).where(Ban.resident_id.in_(everyone)), "since", "until", "lifted_at"
            ),
            "erasure": await self._erasure(viewer.resident_id),
        }  # fmt: skip
        work.audit.note(viewer.name, TAKEN, about)
        return data

    async def keep(self, viewer: AsResident, relative: str, title: str, mime: str) -> Attachment:
        """A file that was written, to be sent to whoever asked."""
        return await self._work.attachments.keep_made(relative, title, mime, owner_of(viewer))

    # ── Its parts ────────────────────────────────────────────────────────────

    async def _rows(self, find: Any, *names: str) -> list[Data]:
        return await rows_of(self._work, find, *names)

    async def _person(self, resident_id: int) -> Data:
        resident = await self._work.people.resident(resident_id)
        names = (
            "id", "name", "phone", "created_at", "registered_at", "prefers", "quiet_from",
            "quiet_until",
        )  # fmt: skip
        return {name: plain(getattr(resident, name)) for name in names}

    async def _messengers(self, everyone: Sequence[int]) -> list[Data]:
        return await self._rows(
            select(Contact).where(Contact.resident_id.in_(everyone)).order_by(Contact.id),
            "channel", "user_id", "created_at", "last_heard_at", "came_by",
        )  # fmt: skip

    async def _consents(self, everyone: Sequence[int]) -> list[Data]:
        return await self._rows(
            select(ConsentRecord)
            .where(ConsentRecord.resident_id.in_(everyone))
            .order_by(ConsentRecord.id),
            "version", "given", "at", "text_sha256",
        )  # fmt: skip

    async def _homes(self, everyone: Sequence[int]) -> list[Data]:
        rows = await self._work.session.execute(
            select(Home, House.address)
            .join(House, House.id == Home.house_id)
            .where(Home.resident_id.in_(everyone))
            .order_by(Home.id)
        )
        found = []
        for home, address in rows.all():
            flat = await self._work.places.flat(home.flat_id) if home.flat_id else None
            found.append(
                {
                    "address": address,
                    "flat": flat.number if flat else home.unlisted or "",
                    "since": plain(home.since),
                    "until": plain(home.until),
                }
            )
        return found

    async def _elder_of(self, everyone: Sequence[int]) -> list[Data]:
        rows = await self._work.session.execute(
            select(Elder, House.address)
            .join(House, House.id == Elder.house_id)
            .where(Elder.resident_id.in_(everyone))
            .order_by(Elder.id)
        )
        return [
            {"address": address, "since": plain(elder.since), "until": plain(elder.until)}
            for elder, address in rows
        ]

    async def _accounts(self, viewer: AsResident, channel: str) -> list[Data]:
        """Those held now, with what they may see of the money; of earlier ones no more than that
        they were held."""
        rows = await self._work.session.execute(
            select(Holding, Account)
            .join(Account, Account.id == Holding.account_id)
            .where(Holding.resident_id == viewer.resident_id)
            .order_by(Holding.id)
        )
        allowed = await self._work.showing.allows(channel, "balances")
        found: list[Data] = []
        for holding, account in rows.all():
            entry: Data = {
                "role": holding.role,
                "proved_by": holding.proved_by,
                "since": plain(holding.since),
                "until": plain(holding.until),
            }
            if holding.until is None:
                entry["place"] = account.place
                entry["shown"] = allowed
                if allowed == "show":
                    entry["number"] = account.number
                    if holding.sees_money:
                        entry["money"] = await self._money(viewer, account.id)
            found.append(entry)
        return found

    async def _money(self, viewer: AsResident, account_id: int) -> Data | None:
        try:
            owed = await self._work.money.look(viewer, account_id, "my data")
        except (NotFound, NotYours):
            return None
        return {
            "month": plain(owed.month),
            "debt": owed.debt,
            "overdue": owed.overdue,
            "penalties": owed.penalties,
            "pay_by": plain(owed.pay_by),
            "months": [
                {"month": plain(each.month), "billed": each.billed, "paid": each.paid}
                for each in owed.months
            ],
        }

    async def _readings(self, everyone: Sequence[int], channel: str) -> list[Data]:
        """Those they sent themselves."""
        if await self._work.showing.allows(channel, "readings") != "show":
            return []
        rows = await self._work.session.execute(
            select(Reading, Meter)
            .join(Meter, Meter.id == Reading.meter_id)
            .where(Reading.resident_id.in_(everyone))
            .order_by(Reading.id)
        )
        return [
            {
                "resource": meter.resource,
                "title": meter.title,
                "month": plain(reading.month),
                "figures": reading.figures,
                "at": plain(reading.at),
                "marks": reading.marks,
            }
            for reading, meter in rows
        ]

    async def _reminders(self, everyone: Sequence[int]) -> list[Data]:
        """That there was one; its sums are those of the account."""
        return await self._rows(
            select(ReminderPart)
            .where(ReminderPart.resident_id.in_(everyone))
            .order_by(ReminderPart.at),
            "at", "opened_at", "answer", "answered_at",
        )  # fmt: skip

    async def _erasure(self, resident_id: int) -> Data | None:
        erasure = await self._work.erasing.asked_by(resident_id)
        if erasure is None:
            return None
        return {"asked_at": plain(erasure.asked_at), "due_at": plain(erasure.due_at)}

    # ── The file does not stay ───────────────────────────────────────────────

    async def find_old(self) -> list[int]:
        """One item for all that are due: files are few."""
        found = await self._work.session.scalar(
            select(StoredFile.id).where(THEIRS, self._is_old()).limit(1)
        )
        return [1] if found is not None else []

    async def forget_old(self) -> None:
        rows = await self._work.session.scalars(
            select(StoredFile).where(THEIRS, self._is_old()).with_for_update(skip_locked=True)
        )
        paths = []
        for file in rows:
            paths.append(self._work.files / file.path)
            await self._work.attachments.forget_handles(file)
            await self._work.session.delete(file)
        await self._work.session.flush()
        remove(paths)

    def _is_old(self) -> Any:
        return StoredFile.created_at <= self._work.now - LIVES


OWNER = "my data of contact:"
THEIRS = text(f"owner LIKE '{OWNER}%'")  # as its index says it


def owner_of(viewer: AsResident) -> str:
    return f"{OWNER}{viewer.contact_id}"


def remove(paths: Sequence[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
