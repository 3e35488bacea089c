"""No button made by hand reaches what is another's: every press that a handler knows, with every
number of a neighbour's. The presses are read from the handlers' own source, so that a new one is
tried without anybody thinking of it."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from handlers import table
from handlers.resident import texts
from services.tables import (
    Account,
    Balance,
    Flat,
    Home,
    House,
    Meter,
    Reading,
    Table,
)
from services.work import Work
from tests.support.people import Member, Resident
from tests.support.world import World

HANDLERS = Path(table.__file__).parent
WITH_A_NUMBER = re.compile(r'f"(?P<head>[a-z]+)/(?P<verb>[a-z]+|\{[^{}/"]+\})/(?:0/)?\{')
SAID_OTHERWISE = {  # where the verb, too, is filled in
    "outage": ("same", "back", "still"),
    "rate": ("1", "5", "skip"),
    "news": ("mailing", "outage", "from"),
    "owe": ("account", "settled", "parts", "disagree", "paid", "instalment", "dispute"),
    "visit": ("yes", "no"),
    "work": ("accept", "done", "to"),
}
NO_NUMBERS = {"consent", "guess", "wish"}
"""Presses whose last part names nothing that is anybody's."""
FOR_ALL = {"faq/topic", "faq/read", "news/from", "danger/house", "consent/yes", "consent/no"}
"""Articles, pages and houses are everybody's."""
MOVES = {"sessions", "inbox", "outbox", "audit", "paces", "web_posts", "channels", "thread_seen"}
"""Tables that whoever writes may change."""
THEIRS = ("ANNOYING-LIFT", "Секретова", "7700345", "12 345", "70-00", "МЕТР-9", "812,345")
APART = 100_000


def presses() -> dict[str, set[str]]:
    """By the first word, what stands before the number."""
    found: dict[str, set[str]] = {head: set() for head in table.PRESSES}
    for path in HANDLERS.rglob("*.py"):
        for each in WITH_A_NUMBER.finditer(path.read_text()):
            if each["head"] in found and each["verb"].isalpha():
                found[each["head"]].add(f"{each['head']}/{each['verb']}")
    for head, verbs in SAID_OTHERWISE.items():
        found[head] |= {f"{head}/{verb}" for verb in verbs}
    return {head: verbs - FOR_ALL for head, verbs in found.items()}


def test_every_press_is_tried() -> None:
    unknown = {head for head, verbs in presses().items() if not verbs} - NO_NUMBERS
    assert not unknown, "say in SAID_OTHERWISE or NO_NUMBERS what may follow these"


async def plant_account(work: Work) -> None:
    """An account with money and a meter, for the only home there is."""
    home = await work.session.scalar(select(Home))
    assert home is not None
    house = await work.session.get(House, home.house_id)
    flat = await work.session.get(Flat, home.flat_id)
    assert house is not None
    assert flat is not None
    account = Account(
        number="7700345", house_id=house.id, flat_id=flat.id, place=f"{house.address}, кв. 70-00",
        kind="", holder="Секретова М.", phone="+79160000000", added_at=work.now, brought_by=0,
    )  # fmt: skip
    work.session.add(account)
    await work.session.flush()
    work.session.add(
        Balance(
            account_id=account.id, month=date(2026, 2, 1), billed=1_234_567, paid=0,
            debt=1_234_567, overdue=1_234_567, brought_by=0,
        )
    )  # fmt: skip
    meter = Meter(account_id=account.id, resource="cold_water", number="МЕТР-9")
    work.session.add(meter)
    await work.session.flush()
    work.session.add(
        Reading(
            meter_id=meter.id, month=date(2026, 2, 1), figures=[812_345], at=work.now,
            source="chat", resident_id=home.resident_id,
        )
    )  # fmt: skip
    await work.holdings.begin(home.resident_id, account.id, "owner", "code")


async def rows(world: World) -> dict[str, dict[str, str]]:
    """Everything that is anybody's, by table and key."""
    async with world.app.db.session() as session:
        kept: dict[str, dict[str, str]] = {}
        for each in Table.metadata.sorted_tables:
            if each.name in MOVES:
                continue
            key = ", ".join(f"t.{column.name}" for column in each.primary_key.columns)
            found = await session.execute(
                text(
                    f"SELECT concat_ws('/', {key}), CAST(row_to_json(t) AS text) FROM {each.name} t"
                )
            )
            kept[each.name] = {str(row[0]): str(row[1]) for row in found}
        return kept


@pytest.mark.only("telegram")
@pytest.mark.rooms("desk")
@pytest.mark.timeout(480)
async def test_whatever_is_forged_reaches_nothing_of_a_neighbours(
    resident: Resident, member: Member, world: World
) -> None:
    await resident.settles_in(name="Секретова Мария")
    await resident.files("ANNOYING-LIFT стоит")
    thread = await member.finds("№1001")
    await member.says("Мастер будет, ANNOYING-LIFT", thread)
    await member.says("/visit завтра 10-12", thread)
    await resident.hears("Можем прийти")
    await resident.files("Скрипит кабина, ANNOYING-LIFT")
    await member.says("/close починили", await member.finds("№1002"))
    await resident.hears("Сделали")
    async with world.app.db.work() as work:
        await plant_account(work)
        highest = 1
        for each in Table.metadata.sorted_tables:
            if list(each.primary_key.columns.keys()) != ["id"] or each.name in MOVES:
                continue
            if each.primary_key.columns["id"].identity is None:
                continue
            last = await work.session.scalar(text(f"SELECT max(id) FROM {each.name}"))
            if each.name not in ("houses", "flats", "entrances", "complexes", "rooms", "members"):
                highest = max(highest, last or 0)
            sequence = text(f"SELECT setval(pg_get_serial_sequence('{each.name}', 'id'), {APART})")
            await work.session.execute(sequence)
    stranger = world.resident("Чужой")
    await stranger.settles_in("sosnovaya-3", "5", "Чужой")
    await stranger.forgets()
    before = await rows(world)
    assert highest < 40  # else most of the time goes by with numbers that are nothing
    for verb in sorted(verb for verbs in presses().values() for verb in verbs):
        for ident in range(1, highest + 1):
            await stranger.forges(f"{verb}/{ident}")
            world.clock.move(seconds=30)  # nobody takes it for a flood
        await world.settled()
        heard = "\n".join(line.text for line in await stranger.unread())
        told = [word for word in THEIRS if word in heard]
        assert not told, f"{verb} tells {told}:\n{heard}"
        assert texts.NOT_YOURS in heard or "кнопка" in heard, f"{verb}:\n{heard}"
        await stranger.forgets()
    after = await rows(world)
    changed = {
        f"{name} {key}": (row, after[name].get(key))
        for name, known in before.items()
        for key, row in known.items()
        if after[name].get(key) != row and not is_ones_own(name, row)
    }
    assert not changed


def is_ones_own(table_name: str, row: Any) -> bool:
    """What the stranger wrote from, which says when they were heard last."""
    return table_name in ("contacts", "residents") and f'"id":{APART + 1}' in row
