"""A search and the queue of the desk over what a large company gathers in years: 200 000 requests,
2 000 000 messages, 2 000 threads open in one room."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Awaitable, Callable

from bench.figures import Figure, folder
from bot import postgres
from services.access import AsMember
from services.company.apply import Messengers, apply_declaration
from services.company.reading import read_declaration
from services.db import Database, migrate
from services.work import Work
from tests.support.database import connect
from tests.support.running import SAMPLE

TICKETS = 200_000
MESSAGES = 2_000_000
OPEN = 2_000
RESIDENTS = 60_000
HOUSES = 60
FLATS = 100  # in a house
ROUNDS = 8
SEARCHED = """
    SELECT indexname, indexdef FROM pg_indexes
    WHERE indexdef LIKE '%USING gin%' AND tablename IN ('messages', 'tickets', 'residents')
"""

NAMES = (
    "Мария Александр Елена Сергей Ольга Дмитрий Анна Андрей Наталья Алексей Ирина Максим Татьяна "
    "Евгений Светлана Иван Юлия Михаил Екатерина Артём"
)
SURNAMES = (
    "Иванов Смирнов Кузнецов Попов Васильев Петров Соколов Михайлов Новиков Фёдоров Морозов Волков "
    "Алексеев Лебедев Семёнов Егоров Павлов Козлов Степанов Николаев Орлов Андреев Макаров Никитин "
    "Захаров Зайцев Соловьёв Борисов Яковлев Григорьев"
)
STREETS = "Садовая Сосновая Лесная Речная Полевая Парковая Заводская Школьная Южная Озёрная"
BEGIN = (
    "Добрый день", "Здравствуйте", "Снова", "Сегодня с утра", "Вчера вечером", "Уже третий день",
    "Подскажите пожалуйста", "Спасибо", "Извините", "Ещё раз", "Ночью", "После ремонта",
)  # fmt: skip
MIDDLE = (
    "нет горячей воды", "течёт кран на кухне", "лифт стоит между этажами", "холодные батареи",
    "в подъезде перегорела лампочка", "засор в канализации", "не работает домофон", "шумят соседи",
    "мусор не вывозят", "протекает крыша", "слабый напор холодной воды", "сломан замок подвала",
    "пришла двойная квитанция", "шлагбаум не открывается", "пахнет сыростью", "разбито стекло",
    "мастер не пришёл", "ждём сантехника", "всё починили", "передали бригаде",
)  # fmt: skip
END = (
    "помогите", "когда исправят", "очень ждём", "номер оставил консьержу", "дома буду после шести",
    "звоните в любое время", "это повторяется каждый месяц", "спасибо за работу", "жду ответа",
    "соседи жалуются тоже", "пришлите мастера", "фото приложу позже", "заявку уже подавали",
)  # fmt: skip

FILL = (
    """INSERT INTO rooms (id, code, title, channel, chat, has_topics)
    OVERRIDING SYSTEM VALUE
    SELECT 100 + i, 'bench-' || i, 'Диспетчерская ' || i, 'desk', 'bench-' || i, true
    FROM generate_series(1, 3) i""",
    """INSERT INTO complexes (id, code, name, room_id, features, position)
    OVERRIDING SYSTEM VALUE
    SELECT 100 + i, 'bench-' || i, 'ЖК ' || i, 100 + i, '[]', i FROM generate_series(1, 3) i""",
    """INSERT INTO houses (id, complex_id, code, address, position)
    OVERRIDING SYSTEM VALUE
    SELECT 100 + i, 101 + i % 3, 'bench-' || i,
        'ул. ' || ($streets)[1 + i % 10] || ', ' || (1 + i / 10), i
    FROM generate_series(1, $houses) i""",
    """INSERT INTO flats (id, house_id, kind, number, number_key)
    OVERRIDING SYSTEM VALUE
    SELECT 100000 + h * $flats + n, 100 + h, 'flat', n::text, n::text
    FROM generate_series(1, $houses) h, generate_series(1, $flats) n""",
    """INSERT INTO residents (id, name, phone, created_at, registered_at)
    OVERRIDING SYSTEM VALUE
    SELECT i, ($names)[1 + i % 20] || ' ' || ($surnames)[1 + i / 20 % 30],
        '+79' || lpad((i * 7919 % 1000000000)::text, 9, '0'), now(), now()
    FROM generate_series(1, $residents) i""",
    """INSERT INTO contacts (id, resident_id, channel, user_id, chat, created_at, last_heard_at)
    OVERRIDING SYSTEM VALUE
    SELECT i, i, 'web', i::text, i::text, now(), now() FROM generate_series(1, $residents) i""",
    """INSERT INTO homes (id, resident_id, house_id, flat_id, since)
    OVERRIDING SYSTEM VALUE
    SELECT i, i, 101 + i % $houses, 100000 + (1 + i % $houses) * $flats + 1 + i / $houses % $flats,
        now()
    FROM generate_series(1, $residents) i""",
    """INSERT INTO threads (id, resident_id, contact_id, room_id, home_id, subject, state,
        opened_at, closed_at, last_at, last_by, last_text, waits_since, answer_due_at, taken_by)
    OVERRIDING SYSTEM VALUE
    SELECT i, r, r, 101 + (101 + r % $houses - 100) % 3, r, 'Заявка',
        CASE WHEN open THEN 'open' ELSE 'closed' END, at, CASE WHEN open THEN NULL ELSE at END, at,
        'resident', 'Когда придёт мастер?',
        CASE WHEN open AND i % 2 = 0 THEN at END,
        CASE WHEN open AND i % 2 = 0 THEN at + interval '20 minutes' END,
        CASE WHEN i % 5 = 0 THEN (SELECT min(id) FROM members) END
    FROM (SELECT i, 1 + i * 7 % $residents AS r, i > $tickets - 3 * $open AS open,
            now() - ($tickets - i) * interval '5 minutes' AS at
        FROM generate_series(1, $tickets) i) _""",
    """INSERT INTO tickets (id, number, thread_id, resident_id, complex_id, house_id, flat_id,
        place, category, what, text, answers, emergency, status, source, created_at, due_at,
        closed_at)
    OVERRIDING SYSTEM VALUE
    SELECT t.id, 1000 + t.id, t.id, t.resident_id, h.complex_id, h.id, m.flat_id,
        h.address || ', кв. ' || (1 + t.resident_id / $houses % $flats), 'plumbing', 'Сантехника',
        ($middle)[1 + (t.id * 13 + t.id / 20) % 20], '[["Что именно?", "Капает кран"]]',
        t.id % 50 = 0, CASE WHEN t.state = 'open' THEN 'new' ELSE 'done' END, 'web', t.opened_at,
        t.opened_at + interval '72 hours', t.closed_at
    FROM threads t JOIN homes m ON m.id = t.home_id JOIN houses h ON h.id = m.house_id""",
    """INSERT INTO messages (id, thread_id, by, author, text, attachments, at, earlier_texts)
    OVERRIDING SYSTEM VALUE
    SELECT i, 1 + i::bigint * $tickets / ($messages + 1),
        (ARRAY['resident', 'member', 'note'])[1 + i % 3], 'Мария',
        ($begin)[1 + (h / 7 % 12)] || ', ' || ($middle)[1 + (h / 90 % 20)] || ', '
            || ($end)[1 + (h / 1900 % 13)] || '. '
            || CASE i % 40000 WHEN 0 THEN 'Бойлерная затоплена.' ELSE '' END
            || CASE WHEN h % 3 = 0 THEN ($middle)[1 + (h / 31 % 20)] ELSE '' END,
        '[]', now() - ($messages - i) * interval '30 seconds', '[]'
    FROM (SELECT i, abs(hashint8(i)::bigint) AS h FROM generate_series(1, $messages) i) _""",
    "ANALYZE",
)

QUERIES = {
    "a number": ("1001", "№150123", "200999"),
    "a flat": ("Садовая 2 кв 12", "лесная 4-77", "кв 5"),
    "a house": ("Речная 3",),
    "a name": ("Мария", "Иван Смирнов", "Соловьев"),
    "a phone": ("+7 900 000 79-19", "7919", "000 00"),
    "a common word": ("вода", "лифт", "спасибо"),
    "two words": ("горячая вода", "лифт соседи", "сантехника засор"),
    "a rare word": ("бойлерная", "бойлерная консьерж"),
    "nonsense": ("абракадабра", "лифт абракадабра"),
}


async def measure_finding() -> list[Figure]:
    with folder() as place:
        server = await postgres.start(place / "data")
        try:
            begun = time.perf_counter()
            await fill(server.url)
            print(f"filled in {time.perf_counter() - begun:.0f} s", file=sys.stderr)
            return await measure(server.url)
        finally:
            await server.stop()


async def fill(url: str) -> None:
    """The indexes of the search come at the end: so it takes minutes less."""
    await migrate(url)
    db = Database(url)
    async with db.work() as work:
        await apply_declaration(work, read_declaration(SAMPLE), Messengers())
    await db.close()
    connection = await connect(url)
    indexes = await connection.fetch(SEARCHED)
    for index in indexes:
        await connection.execute(f"DROP INDEX {index['indexname']}")
    for statement in FILL:
        await connection.execute(with_values(statement))
    begun = time.perf_counter()
    for index in indexes:
        await connection.execute(index["indexdef"])
    print(f"indexes made in {time.perf_counter() - begun:.0f} s", file=sys.stderr)
    await connection.execute("VACUUM ANALYZE")
    await connection.close()


def with_values(statement: str) -> str:
    lists = {
        "streets": STREETS.split(), "names": NAMES.split(), "surnames": SURNAMES.split(),
        "begin": BEGIN, "middle": MIDDLE, "end": END,
    }  # fmt: skip
    numbers = {
        "tickets": TICKETS, "messages": MESSAGES, "open": OPEN, "residents": RESIDENTS,
        "houses": HOUSES, "flats": FLATS,
    }  # fmt: skip
    for name, words in lists.items():
        statement = statement.replace(f"${name}", "ARRAY['" + "','".join(words) + "']")
    for name, number in numbers.items():
        statement = statement.replace(f"${name}", str(number))
    return statement


async def measure(url: str) -> list[Figure]:
    """For an admin, who sees everything, and for a dispatcher of one room."""
    db = Database(url)
    everyone = (AsMember(1, "admin"), AsMember(1, "dispatcher", ("bench-1",)))
    took: list[float] = []
    try:
        for kind, queries in QUERIES.items():
            here = [
                await timed(db, finding(viewer, words))
                for viewer in everyone
                for words in queries
                for _ in range(ROUNDS)
            ]
            print(f"{kind}: p95 {p95(here):.0f} ms, worst {max(here):.0f} ms", file=sys.stderr)
            took += here
        pages, counts = [], []
        for viewer in everyone:
            for _ in range(ROUNDS):
                pages += [
                    await timed(db, queue(viewer, "latest")),
                    await timed(db, queue(viewer, "urgent")),
                ]
                counts.append(await timed(db, counting(viewer)))
    finally:
        await db.close()
    return [
        Figure("search over 2 000 000 messages, p95", p95(took), 200, "ms"),
        Figure("queue of 2 000 open threads, p95", p95(pages), 300, "ms"),
        Figure("counts of its filters, p95", p95(counts), 300, "ms"),
    ]


Doing = Callable[[Work], Awaitable[object]]


def finding(viewer: AsMember, words: str) -> Doing:
    return lambda work: work.finding.find(viewer, words)


def queue(viewer: AsMember, order: str) -> Doing:
    return lambda work: work.desk.threads(viewer, room="bench-1", order=order)  # type: ignore[arg-type]


def counting(viewer: AsMember) -> Doing:
    return lambda work: work.desk.counts(viewer, room="bench-1")


async def timed(db: Database, what: Doing) -> float:
    async with db.work() as work:
        begun = time.perf_counter()
        await what(work)
        return (time.perf_counter() - begun) * 1000


def p95(took: list[float]) -> float:
    return statistics.quantiles(took, n=20)[18]
