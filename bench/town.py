"""A town to speak to: residents of the test company's houses, known in one messenger and settled
there by SQL alone."""

from __future__ import annotations

import hashlib

from sqlalchemy import select, text

from services.company.apply import Messengers, apply_declaration
from services.company.reading import read_declaration
from services.db import Database, migrate
from services.messaging.types import Outbound
from services.tables import Member, Outage
from tests.support.database import connect
from tests.support.program import COMPANY

FIRST = 1_000_000  # the lowest of their numbers, here and in the messenger
TALKERS = 900_000
ELSEWHERE = 3_000_000
WORDS = (
    "Сегодня с 14:20 в вашем доме нет горячей воды: порвало трубу у второго подъезда. Бригада на "
    "месте, дадим воду до 19:00."
)

HOUSES = """
    INSERT INTO houses (complex_id, code, address, position)
    SELECT (SELECT min(id) FROM complexes), 'town-' || i, 'ул. Длинная, ' || i, 1000 + i
    FROM generate_series(1, $1::int) i
"""
FLATS = """
    INSERT INTO flats (house_id, kind, number, number_key)
    SELECT h.id, 'flat', n::text, n::text
    FROM houses h, generate_series(1, 100) n WHERE h.code LIKE 'town-%'
"""
RESIDENTS = """
    INSERT INTO residents (id, name, created_at, registered_at) OVERRIDING SYSTEM VALUE
    SELECT $2::int + i, 'Житель ' || i, now(), now() FROM generate_series(0, $1::int - 1) i
"""
CONTACTS = """
    INSERT INTO contacts (id, resident_id, channel, user_id, chat, created_at, last_heard_at)
    OVERRIDING SYSTEM VALUE
    SELECT $2::int + i, $2::int + i, $3::text, ($2::int + i)::text, ($2::int + i)::text, now(),
        now() FROM generate_series(0, $1::int - 1) i
"""
CONSENTS = """
    INSERT INTO consents (resident_id, contact_id, version, text_sha256, given, at)
    SELECT $2::int + i, $2::int + i, $3::text, $4::text, true, now()
    FROM generate_series(0, $1::int - 1) i
"""
HOMES = """
    WITH places AS (
        SELECT f.id, f.house_id, row_number() OVER (ORDER BY f.number, f.id) - 1 AS place
        FROM flats f JOIN houses h ON h.id = f.house_id WHERE NOT $3::bool OR h.code LIKE 'town-%'),
    people AS (
        SELECT i, i % (SELECT count(*) FROM places) AS place FROM generate_series(0, $1::int - 1) i)
    INSERT INTO homes (resident_id, house_id, flat_id, since)
    SELECT $2::int + i, p.house_id, p.id, now() FROM people JOIN places p USING (place)
"""

LONE = """
    INSERT INTO houses (complex_id, code, address, position)
    SELECT min(id), 'lone', 'ул. Тихая, 99', 9999 FROM complexes
    ON CONFLICT DO NOTHING
"""
HOMES_OF_TALKERS = """
    INSERT INTO homes (resident_id, house_id, unlisted, since)
    SELECT $2::int + i, h.id, '1', now()
    FROM generate_series(0, $1::int - 1) i, houses h WHERE h.code = 'lone'
"""
MEMBER = """
    INSERT INTO members (code, name, role, title, desk, source, rooms)
    SELECT 'town', 'Анна', 'admin', '', true, 'room', '[]'
    WHERE NOT EXISTS (SELECT 1 FROM members WHERE code = 'town')
"""
PLACES = text(
    """
    INSERT INTO outage_places (outage_id, house_id)
    SELECT :outage, house_id FROM homes JOIN houses ON houses.id = house_id
    WHERE houses.code <> 'lone' GROUP BY house_id ORDER BY house_id LIMIT :houses
    """
)
MADE_PERSONAL = text(
    """
    UPDATE outbox SET body = jsonb_set(body, '{text}', to_jsonb('№ ' || chat || '. ' || :words))
    WHERE notice_id = :notice
    """
)


async def settle_town(
    url: str,
    channel: str,
    people: int,
    *,
    talkers: int = 0,
    houses: int = 0,
    elsewhere: tuple[str, int] | None = None,
) -> None:
    """Migrates, applies the company file and lets them all move in, into so many `houses` of their
    own, else into those of the file, which a program that is started over it keeps. `talkers` are
    so many more, numbered from `TALKERS`, with whom nobody shares a house: notices are not for
    them. `elsewhere` live so many more, known in another messenger."""
    await migrate(url)
    declaration = read_declaration(COMPANY)
    consent = declaration.company.consent
    db = Database(url)
    async with db.work() as work:
        await apply_declaration(work, declaration, Messengers())
    await db.close()
    connection = await connect(url)
    if houses:
        await connection.execute(HOUSES, houses)
        await connection.execute(FLATS)
    digest = hashlib.sha256(consent.text.encode()).hexdigest()
    other, others = elsewhere or ("", 0)
    crowds = ((FIRST, people, channel), (TALKERS, talkers, channel), (ELSEWHERE, others, other))
    for first, count, where in crowds:
        await connection.execute(RESIDENTS, count, first)
        await connection.execute(CONTACTS, count, first, where)
        await connection.execute(CONSENTS, count, first, consent.version, digest)
    await connection.execute(MEMBER)
    await connection.execute(HOMES, people, FIRST, bool(houses))
    await connection.execute(HOMES, others, ELSEWHERE, bool(houses))
    await connection.execute(LONE)
    await connection.execute(HOMES_OF_TALKERS, talkers, TALKERS)
    await connection.execute("VACUUM ANALYZE")
    await connection.execute("CHECKPOINT")
    await connection.close()


async def announce(db: Database, *, personal: bool = False, houses: int = 1_000_000) -> None:
    """An accident in so many houses, told to everybody there, by day and by night; `personal`: to
    each in words of their own."""
    async with db.work() as work:
        member = await work.session.scalar(select(Member.id).where(Member.code == "town"))
        outage = Outage(
            what="hot_water",
            planned=False,
            since=work.now,
            member_id=member,
            room_id=(await work.rooms.every())[0].id,
            way="desk",
            form={},
            made_at=work.now,
        )
        work.session.add(outage)
        await work.session.flush()
        await work.session.execute(PLACES, {"outage": outage.id, "houses": houses})
        notice = await work.outages.announce(outage, Outbound(text=WORDS), None)
        if personal:
            await work.session.execute(MADE_PERSONAL, {"notice": notice.id, "words": WORDS})
