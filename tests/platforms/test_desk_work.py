"""The work of a dispatcher at the desk, over HTTP: the queue and its filters, filing for callers,
finding, ready answers, rooms, and what colleagues see of each other."""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import func, select, update

from bot.app import App
from services.tables import AuditRecord, Member, Ticket
from tests.support.browser import Dispatcher, Json, Visitor, dispatcher, until, visitor
from tests.support.path import ask, settle_in, sign_in
from tests.support.patience import PATIENCE
from tests.support.running import SAMPLE, running_app, settled

FAR = "https://evil.example"
ANNA, OLGA, IGOR = "anna", "olga", "igor"
ROOM = "  - code: main\n    title: Диспетчерская\n"


@pytest.fixture
def company(tmp_path: Path) -> Path:
    """The sample, whose first complex has a room of its own."""
    text = SAMPLE.read_text()
    assert ROOM in text
    text = text.replace(ROOM, f"{ROOM}  - code: bor\n    title: Бор\n", 1)
    text = text.replace("    room: main\n", "    room: bor\n", 1)
    path = tmp_path / "company.yaml"
    path.write_text(text)
    return path


@pytest.fixture
async def app(database_url: str, tmp_path: Path, company: Path) -> AsyncIterator[App]:
    async with running_app(database_url, tmp_path, company=company) as running:
        yield running


@pytest.fixture
async def maria(app: App) -> AsyncIterator[Visitor]:
    """Lives in the room `main`."""
    async with visitor(app.base_url) as one:
        await settle_in(one, app)
        yield one


@pytest.fixture
async def anna(app: App) -> AsyncIterator[Dispatcher]:
    async with dispatcher(app.base_url) as one:
        await sign_in(one, app, ANNA)
        yield one


@pytest.fixture
async def olga(app: App) -> AsyncIterator[Dispatcher]:
    async with dispatcher(app.base_url) as one:
        await sign_in(one, app, OLGA)
        yield one


async def keep_to(app: App, code: str, *rooms: str, **values: Any) -> None:
    async with app.db.session() as session:
        await session.execute(
            update(Member)
            .where(Member.code == code)
            .values(rooms=list(rooms), role="dispatcher", **values)
        )


async def form(one: Dispatcher, **filled: Any) -> Json:
    """Filled in for the first house of `main`."""
    status, choices = await one.get("filing?room=main")
    assert status == 200, choices
    house = choices["houses"][0]
    kinds = choices["categories"][house["complex"]]
    usual = next(k for k in kinds if not k["emergency"] and not k["own_flat"])
    return {
        "key": str(uuid.uuid4()), "house": house["id"], "flat": "", "category": usual["key"],
        "text": "Не горит лампа", "name": "Пётр", "phone": "8 912 345-67-89", "source": "phone",
        "link": "", "thread": None, **filled,
    }  # fmt: skip


async def files(one: Dispatcher, **filled: Any) -> Json:
    status, body = await one.post("filing", await form(one, **filled))
    assert status == 201, body
    filed: Json = body
    return filed


async def does(app: App, one: Dispatcher, thread: int, words: str) -> None:
    assert (await one.says(thread, words))[0] == 202
    await handled(app)


async def handled(app: App) -> None:
    """What was said has been done; what a resident is told of it may wait to be merged."""
    async with asyncio.timeout(PATIENCE):
        while True:
            async with app.db.work() as work:
                if not await work.inbox.count_waiting():
                    return
            await asyncio.sleep(0.02)


async def says_in_room(one: Dispatcher, room: str, words: str) -> tuple[int, Any]:
    return await one.post(f"rooms/{room}/say", {"key": str(uuid.uuid4()), "text": words})


async def presses(one: Dispatcher, action: str, **where: Any) -> tuple[int, Any]:
    return await one.post("press", {"key": str(uuid.uuid4()), "action": action, **where})


async def audited(app: App, member: str) -> list[AuditRecord]:
    async with app.db.session() as session:
        who = await session.scalar(select(Member.id).where(Member.code == member))
        rows = await session.scalars(
            select(AuditRecord).where(AuditRecord.who == f"member:{who}").order_by(AuditRecord.id)
        )
        return list(rows)


async def count_tickets(app: App) -> int:
    async with app.db.session() as session:
        return await session.scalar(select(func.count()).select_from(Ticket)) or 0


# ── The door ─────────────────────────────────────────────────────────────────


async def test_every_address_asks_for_a_session_and_our_own_page(
    app: App, anna: Dispatcher
) -> None:
    async def hear(inbounds: Any, cursor: str | None = None) -> None:
        raise AssertionError

    def in_full(path: str) -> str:
        for name, value in (("id", "1"), ("code", "main"), ("what", "apply")):
            path = re.sub(rf"\{{{name}[^}}]*\}}", value, path)
        return path

    desk: Any = app.channels["desk"]
    addresses = [
        (route.method, in_full(route.path))
        for route in desk.routes(hear)
        if route.path.startswith(("/desk/api", "/desk/ws"))
    ]
    assert ("POST", "/desk/api/filing") in addresses
    assert ("GET", "/desk/api/rooms/main") in addresses
    async with dispatcher(app.base_url) as stranger:
        for method, path in addresses:
            async with stranger.http.request(
                method, app.base_url + path, json={}, headers=stranger.origin
            ) as answer:
                assert answer.status == 401, path
                assert (await answer.json())["why"]
    for method, path in addresses:
        for origin in (FAR, "null", ""):
            if method == "GET":
                continue
            async with anna.http.request(
                method, app.base_url + path, json=await form(anna), headers={"Origin": origin}
            ) as answer:
                assert answer.status == 403, path
    assert await count_tickets(app) == 0


async def test_another_rooms_things_are_not_there(
    app: App, maria: Visitor, anna: Dispatcher, olga: Dispatcher
) -> None:
    await ask(maria, app, "Секретный кран")
    filed = await files(olga, flat="12", text="Секретная лампа")
    [talk] = [t for t in await olga.threads() if t["number"] is None]
    choices = await form(olga)
    await keep_to(app, ANNA, "bor")
    assert await anna.threads() == []
    assert (await anna.get("counts"))[1]["filters"][""] == 0
    assert (await anna.get("counts?room=main"))[1]["complexes"] == []
    for words in (filed["number"], "Секретный", "Мария", "Пётр", "кв 12", "345-67-89"):
        assert (await anna.get(f"search?q={words}"))[1]["found"] == [], words
    for path in (
        f"threads/{talk['id']}/history", f"threads/{talk['id']}/canned",
        f"threads/{talk['id']}/executors", f"threads/{filed['thread']}/order", "rooms/main",
        "filing?room=main",
        "colleagues?room=main", f"colleagues?thread={talk['id']}",
        f"threads/{10**30}/history", f"threads/{10**30}/canned",
        "rooms/%00", "colleagues", "colleagues?room=%00",
    ):  # fmt: skip
        status, body = await anna.get(path)
        assert (status, bool(body["why"])) == (404, True), path
    assert choices["house"] not in [h["id"] for h in (await anna.get("filing"))[1]["houses"]]
    for wanted in (choices, {**choices, "house": None, "thread": talk["id"]}):
        status, body = await anna.post("filing", {**wanted, "key": str(uuid.uuid4())})
        assert (status, bool(body["why"])) == (404, True)
    assert (await says_in_room(anna, "main", "/shift"))[0] == 404
    assert (await presses(anna, "staff/take/1", room="main"))[0] == 404
    assert await count_tickets(app) == 1


# ── The queue ────────────────────────────────────────────────────────────────


async def test_a_line_tells_how_it_stands(app: App, anna: Dispatcher, olga: Dispatcher) -> None:
    filed = await files(anna)
    [line] = await anna.threads()
    assert (line["id"], line["number"]) == (filed["thread"], filed["number"])
    assert (line["status"], line["status_code"], line["emergency"]) == ("новая", "new", False)
    assert (line["taken"], line["overdue"], line["quiet"]) == (None, False, False)
    assert line["due_at"] > line["opened_at"]
    assert line["complex"] in {c["code"] for c in (await anna.get("counts"))[1]["complexes"]}
    await does(app, anna, line["id"], "/take")
    await does(app, anna, line["id"], "/quiet")
    [mine], [hers] = await anna.threads(), await olga.threads()
    assert mine["taken"] == {"name": "Анна Соколова", "mine": True}
    assert hers["taken"] == {"name": "Анна Соколова", "mine": False}
    assert hers["quiet"]
    whole = (await olga.thread(line["id"]))["thread"]
    assert whole.pop("call")["phone"], "nobody answers a caller in a messenger"
    assert whole == hers


async def test_filters_and_their_counts(
    app: App, maria: Visitor, anna: Dispatcher, olga: Dispatcher
) -> None:
    filed = await files(anna)
    await ask(maria, app, "Когда?")
    await does(app, anna, filed["thread"], "/take")
    async with app.db.session() as session:  # its term is over
        await session.execute(
            update(Ticket).values(due_at=Ticket.created_at, created_at=Ticket.created_at)
        )

    async def found(one: Dispatcher, **query: str) -> list[bool]:
        return [t["id"] == filed["thread"] for t in await one.threads(**query)]

    counted = (await anna.get("counts?room=main"))[1]
    assert counted["filters"] == {
        "": 2, "mine": 1, "unanswered": 1, "overdue": 1, "free": 1, "taken": 1, "unhappy": 0,
    }  # fmt: skip
    assert (await olga.get("counts"))[1]["filters"]["mine"] == 0
    assert await found(anna, filter="mine") == [True]
    assert await found(olga, filter="mine") == []
    assert await found(olga, filter="taken") == [True]
    assert await found(olga, filter="free") == [False]
    assert await found(olga, filter="unanswered") == [False]
    assert await found(olga, filter="overdue") == [True]
    assert await found(olga, order="urgent") == [True, False]
    assert await found(olga, order="latest", skip="1") == [True]
    assert sum(c["count"] for c in counted["complexes"]) == 2
    for place in counted["houses"]:
        lines = await olga.threads(complex=place["complex"], house=place["code"])
        assert len(lines) == place["count"]
        assert {line["complex"] for line in lines} == {place["complex"]}
    assert await found(olga, complex="nowhere") == []
    for query in ("filter=others", "order=best", "skip=x", "skip=-1", f"skip={10**30}"):
        status, body = await anna.get(f"threads?{query}")
        assert (status, bool(body["why"])) == (400, True), query


# ── Filing ───────────────────────────────────────────────────────────────────


async def test_a_request_is_filed_for_a_caller_once(app: App, anna: Dispatcher) -> None:
    wanted = await form(anna, flat="5", link="https://chat.example/1")
    answers = await asyncio.gather(*(anna.post("filing", wanted) for _ in range(5)))
    assert {status for status, _ in answers} == {201}
    told = {str(body) for _, body in answers}
    assert len(told) == 1
    body = answers[0][1]
    assert f"№{body['number']}" in body["told"]
    assert "Назовите жителю" in body["told"]
    assert await count_tickets(app) == 1
    facts = dict((await anna.thread(body["thread"]))["card"])
    assert facts["Житель"] == "Пётр"
    assert facts["Телефон"] == "+79123456789"
    assert facts["Адрес"].endswith("кв. 5")
    assert "только по телефону" in facts["Связь"]
    noted = [row for row in await audited(app, ANNA) if row.what == "filed"]
    assert [row.about for row in noted] == [f"ticket:{body['number']}"]
    assert noted[0].at is not None
    other = await anna.post("filing", {**wanted, "key": str(uuid.uuid4())})
    assert other[1]["number"] != body["number"]


async def test_a_conversation_becomes_a_request(app: App, maria: Visitor, anna: Dispatcher) -> None:
    await ask(maria, app, "Лампа не горит")
    [talk] = await anna.threads()
    filed = await files(anna, house=None, thread=talk["id"], text="", name="", phone="")
    await settled(app)
    assert filed["thread"] == talk["id"]
    assert "Назовите жителю" not in filed["told"]
    [line] = await anna.threads()
    assert (line["number"], line["resident"]) == (filed["number"], "Мария")
    await maria.reads(f"Заявка №{filed['number']} принята")


async def test_a_form_that_cannot_be_filed_says_why(
    app: App, maria: Visitor, anna: Dispatcher
) -> None:
    wanted = await form(anna)
    status, choices = await anna.get("filing")
    assert status == 200
    assert [source["title"] for source in choices["sources"]][:2] == ["По телефону", "Лично"]
    kinds = choices["categories"][choices["houses"][-1]["complex"]]
    own = next(k["key"] for k in kinds if k["own_flat"] and not k["emergency"])
    for wrong, expected, words in (
        ({"house": None}, 422, "Выберите дом"),
        ({"house": 10**9}, 404, "Такого дома"),
        ({"house": 10**30}, 400, "Обновите"),
        ({"thread": 10**9}, 404, "Такого разговора"),
        ({"category": ""}, 422, "вид заявки"),
        ({"category": "nothing", "flat": "5"}, 422, "вида заявки"),
        ({"category": own, "house": choices["houses"][-1]["id"]}, 422, "по квартире"),
        ({"text": "  "}, 422, "что случилось"),
        ({"text": "ы" * 4001}, 422, "4000"),
        ({"text": 5}, 400, "Обновите"),
        ({"name": "ы" * 61}, 422, "имя"),
        ({"flat": "5" * 21}, 422, "квартиры"),
        ({"phone": "12-34"}, 422, "телефона"),
        ({"link": "javascript:alert(1)"}, 422, "Ссылка"),
        ({"source": "telepathy"}, 422, "Обновите"),
        ({"key": "x"}, 400, "Обновите"),
    ):
        body = {**wanted, "key": str(uuid.uuid4()), **wrong}
        status, answered = await anna.post("filing", body)
        assert (status, words in answered["why"]) == (expected, True), (wrong, answered)
    nonsense: Any
    for nonsense in ([], "x", {}):
        assert (await anna.post("filing", nonsense))[0] == 400
    assert await count_tickets(app) == 0
    assert (await files(anna, text="до\x00после"))["number"]
    assert (await anna.post("filing", {**wanted, "text": ""}))[0] == 422
    assert (await anna.post("filing", wanted))[0] == 201  # the same key, mended


async def test_what_looks_like_a_mistake_is_asked_about_once(app: App, anna: Dispatcher) -> None:
    wanted = await form(anna, flat="999")
    house = (await anna.get("filing?room=main"))[1]["houses"][0]["address"]
    no_flat = f"В доме {house} нет квартиры 999."
    no_phone = "Номера телефона нет: перезвонить жителю будет некуда."
    for filled, asked in (
        ({"phone": "8 912 345-67-89"}, no_flat),
        ({"phone": ""}, f"{no_flat} {no_phone}"),
        ({"phone": "", "flat": "5"}, no_phone),
    ):
        status, answered = await anna.post("filing", {**wanted, **filled})
        assert (status, answered) == (200, {"ask": f"{asked} Записать всё равно?"})
    assert await count_tickets(app) == 0
    status, filed = await anna.post("filing", {**wanted, "sure": True})
    assert status == 201
    facts = dict((await anna.thread(filed["thread"]))["card"])
    assert facts["Адрес"] == f"{house}, кв. 999"
    walked_in = await form(anna, flat="5", phone="", source="visit")
    assert (await anna.post("filing", walked_in))[0] == 201


# ── What was before, and ready answers ───────────────────────────────────────


async def test_search_and_history(app: App, maria: Visitor, anna: Dispatcher) -> None:
    await ask(maria, app, "Про домофон хочу спросить")
    [talk] = await anna.threads()
    filed = await files(anna, house=None, thread=talk["id"], text="")
    await does(app, anna, talk["id"], "/close")
    other = await files(anna, text="Снова домофон", name="Пётр Кузьмин", phone="+79001112233")
    for words, threads in (
        (filed["number"], [talk["id"]]),
        ("Мария", [talk["id"]]),
        ("Кузьмин", [other["thread"]]),
        ("22-33", [other["thread"]]),
        ("домофоны", [other["thread"], talk["id"]]),
    ):
        status, body = await anna.get(f"search?q={words}")
        assert status == 200
        assert sorted(f["thread"] for f in body["found"]) == sorted(threads), (words, body)
        assert body["why"] == ""
    [hit] = (await anna.get(f"search?q={filed['number']}"))[1]["found"]
    assert (hit["number"], hit["resident"]) == (filed["number"], "Мария")
    assert (hit["by"], hit["status"]) == ("number", "выполнена")
    assert hit["snippet"]
    for words in ("", "%20", "абракадабра", "%00", "%25_'"):
        status, body = await anna.get(f"search?q={words}")
        assert (status, body["found"], bool(body["why"])) == (200, [], True), words
    status, body = await anna.get(f"search?q={'ы' * 201}")
    assert (status, bool(body["why"])) == (400, True)
    again = await files(anna, house=None, thread=talk["id"], text="И ещё раз")
    assert again["thread"] != talk["id"]
    status, body = await anna.get(f"threads/{again['thread']}/history")
    assert [f["thread"] for f in body["found"]] == [talk["id"]]
    status, body = await anna.get(f"threads/{other['thread']}/history")
    assert (status, body["found"], bool(body["why"])) == (200, [], True)


async def test_ready_answers_are_filled_in(app: App, maria: Visitor, anna: Dispatcher) -> None:
    filed = await files(anna, name="Пётр Кузьмин")
    status, body = await anna.get(f"threads/{filed['thread']}/canned")
    assert status == 200
    ready = {each["id"]: each for each in body["answers"]}
    assert ready["seen"]["title"] == "Увидели, занимаемся"
    assert f"№{filed['number']}" in ready["seen"]["text"]
    assert "Пётр" in ready["seen"]["text"]
    assert not [each for each in ready.values() if "{" in each["text"]]


# ── Rooms ────────────────────────────────────────────────────────────────────


async def test_commands_outside_of_threads(app: App, anna: Dispatcher, olga: Dispatcher) -> None:
    await anna.watches()
    await olga.watches()
    assert (await anna.get("rooms/main"))[1] == {"said": [], "duty": []}
    assert (await says_in_room(anna, "main", "/shift"))[0] == 202
    await until(lambda: [f for f in anna.frames if f["is"] == "said"])
    [frame] = [f for f in anna.frames if f["is"] == "said"]
    assert (frame["room"], "thread" in frame) == ("main", False)
    _, room = await anna.get("rooms/main")
    assert room["said"] == [frame["post"]]
    assert [(m["name"], m["role"]) for m in room["duty"]] == [("Анна Соколова", "dispatcher")]
    assert (await anna.get("rooms/bor"))[1]["said"] == []
    assert (await olga.get("rooms/main"))[1]["said"] == []
    await says_in_room(anna, "main", "просто слова")
    await until(lambda: len([f for f in anna.frames if f["is"] == "said"]) == 2)
    assert not [f for f in olga.frames if f["is"] == "said"]
    for body in ({}, {"key": "x", "text": "y"}, {"key": str(uuid.uuid4()), "text": 5}):
        assert (await anna.post("rooms/main/say", body))[0] == 400
    too_long = {"key": str(uuid.uuid4()), "text": "ы" * 20_001}
    assert (await anna.post("rooms/main/say", too_long))[0] == 413


async def test_a_button_that_stands_in_a_room(app: App, anna: Dispatcher) -> None:
    address = (await anna.get("filing?room=main"))[1]["houses"][0]["address"]
    await says_in_room(anna, "main", f"/new {address} кв 5, Пётр, +79123456789, течёт кран")
    await settled(app)
    [post] = (await anna.get("rooms/main"))[1]["said"]
    action = post["buttons"][0][0]["action"]
    for where in ({}, {"room": "main", "thread": 1}, {"room": "m" * 65}):
        assert (await presses(anna, action, **where))[0] == 400
    assert (await presses(anna, action, room="nowhere"))[0] == 404
    assert (await presses(anna, action, room="main"))[0] == 202
    await settled(app)
    assert await count_tickets(app) == 1
    assert "подана" in (await anna.get("rooms/main"))[1]["said"][-1]["text"]


async def test_to_whom_a_thread_can_go(app: App, anna: Dispatcher) -> None:
    filed = await files(anna)
    status, body = await anna.get("colleagues?room=main")
    assert status == 200
    names = {m["code"]: m["name"] for m in body["members"]}
    assert names[OLGA] == "Ольга Миронова"
    assert ANNA not in names
    assert body["rooms"] == [{"code": "bor", "title": "Бор"}]
    assert (await anna.get(f"colleagues?thread={filed['thread']}"))[1] == body
    for nobody in ("0", "x", "9" * 30):
        assert (await anna.get(f"colleagues?thread={nobody}"))[0] == 404
    await does(app, anna, filed["thread"], f"/assign {names[OLGA]}")
    [line] = await anna.threads()
    assert line["taken"] == {"name": names[OLGA], "mine": False}


# ── Colleagues see each other ────────────────────────────────────────────────


async def test_executors_and_how_much_each_has(app: App, anna: Dispatcher) -> None:
    threads = [(await files(anna))["thread"] for _ in range(2)]
    status, body = await anna.get(f"threads/{threads[0]}/executors")
    first = body["executors"][0]
    assert (status, first["open"], first["busy"], first["named"]) == (200, 0, "заявок нет", False)
    for thread in threads:
        await does(app, anna, thread, f"/executor {first['name']}")
    await does(app, anna, threads[1], "/close")
    [shown, *others] = (await anna.get(f"threads/{threads[0]}/executors"))[1]["executors"]
    assert (shown["name"], shown["open"], shown["busy"]) == (first["name"], 1, "1 открытая заявка")
    assert shown["named"]
    assert not any(each["open"] or each["named"] for each in others)


async def test_only_a_residents_words_are_unread(
    app: App, maria: Visitor, anna: Dispatcher, olga: Dispatcher
) -> None:
    async def unread() -> list[int]:
        await settled(app)
        return [(await one.threads())[0]["unread"] for one in (anna, olga)]

    await ask(maria, app, "Когда покрасят забор?")
    assert await unread() == [1, 1]
    [talk] = await anna.threads()
    seen = (await olga.thread(talk["id"]))["messages"][-1]["id"]
    assert (await olga.post(f"threads/{talk['id']}/seen", {"upto": seen}))[0] == 200
    assert await unread() == [1, 0]
    for words in ("В мае", "// спросит ещё", "/take"):
        await does(app, anna, talk["id"], words)
    assert await unread() == [0, 0]
    await maria.says("А ворота?")
    assert await unread() == [1, 1]


async def test_a_change_of_status_stands_on_a_colleagues_desk(
    app: App, anna: Dispatcher, olga: Dispatcher
) -> None:
    filed = await files(anna)
    await settled(app)
    await olga.watches()
    for words, name, value in (
        ("/status в работе", "status_code", "in_progress"),
        ("/take", "taken", {"name": "Анна Соколова", "mine": False}),
        ("/close", "status_code", "done"),
    ):
        olga.frames.clear()
        await anna.says(filed["thread"], words)
        await until(lambda: {"is": "thread", "id": filed["thread"]} in olga.frames)
        await settled(app)  # the frame may be of what was done before
        shown = (await olga.thread(filed["thread"]))["thread"]
        assert shown[name] == value


async def test_a_thread_that_goes_to_another_room_leaves_the_first(
    app: App, anna: Dispatcher, olga: Dispatcher
) -> None:
    filed = await files(olga)
    await settled(app)
    await keep_to(app, ANNA, "main")
    await anna.watches()
    await does(app, olga, filed["thread"], "/assign комната bor")
    await until(lambda: {"is": "thread", "id": filed["thread"]} in anna.frames)
    assert await anna.threads() == []
    await settled(app)
    anna.frames.clear()
    await does(app, olga, filed["thread"], "// только для бора")
    await asyncio.sleep(0.2)
    assert anna.frames == []


async def test_colleagues_see_who_writes(
    app: App, maria: Visitor, anna: Dispatcher, olga: Dispatcher
) -> None:
    await ask(maria, app, "Когда?")
    [talk] = await anna.threads()
    async with dispatcher(app.base_url) as igor:
        await sign_in(igor, app, IGOR)
        await keep_to(app, IGOR, "bor")
        for one in (anna, olga, igor):
            await one.watches()
        assert anna.socket is not None
        for nonsense in ("", "{", "[]", '{"do": "writing"}', '{"do": "dance", "thread": 1}'):
            await anna.socket.send_str(nonsense)
        await anna.socket.send_bytes(b"\x00")
        for _ in range(10):
            await anna.socket.send_json({"do": "writing", "thread": talk["id"]})
        frame = {"is": "writing", "thread": talk["id"], "name": "Анна Соколова"}
        await until(lambda: frame in olga.frames)
        assert igor.socket is not None
        await igor.socket.send_json({"do": "writing", "thread": talk["id"]})
        await asyncio.sleep(0.2)
        assert 1 <= olga.frames.count(frame) <= 2  # ten are a flood
        assert not [f for f in olga.frames if "Игорь" in str(f)]
        assert anna.frames == []
        assert igor.frames == []
        assert not anna.socket.closed


async def test_writing_comes_from_another_process_too(
    app: App, maria: Visitor, anna: Dispatcher
) -> None:
    await ask(maria, app, "Когда?")
    [talk] = await anna.threads()
    await anna.watches()
    async with app.db.session() as session:
        olga = await session.scalar(select(Member.id).where(Member.code == OLGA))
        bell = f"writing:{talk['id']}:{olga}"
        await session.execute(select(func.pg_notify("domovoy", bell)))
    frame = {"is": "writing", "thread": talk["id"], "name": "Ольга Миронова"}
    await until(lambda: frame in anna.frames)


async def test_a_page_that_missed_something_comes_back(app: App, anna: Dispatcher) -> None:
    await anna.watches()
    socket = anna.socket
    assert socket is not None
    app.bells.ring("thread")  # the line to the database was lost for a while
    await until(lambda: socket.closed)
    assert socket.close_code == aiohttp.WSCloseCode.GOING_AWAY


# ── What waits for a hand ────────────────────────────────────────────────────


async def test_a_trainees_answer_waits_for_a_colleague(
    app: App, maria: Visitor, anna: Dispatcher, olga: Dispatcher
) -> None:
    await ask(maria, app, "Когда?")
    [talk] = await anna.threads()
    await keep_to(app, ANNA, trainee=True)
    await does(app, anna, talk["id"], "Завтра")

    async def answer_of(one: Dispatcher) -> Json:
        messages = (await one.thread(talk["id"]))["messages"]
        found: Json = next(m for m in messages if m["text"] == "Завтра")
        return found

    waiting = await answer_of(anna)
    assert (waiting["state"], bool(waiting["why"]), waiting["buttons"]) == ("held", True, [])
    offered = {b["label"]: b["action"] for row in (await answer_of(olga))["buttons"] for b in row}
    assert set(offered) == {"Отправить", "Не отправлять"}
    assert not [p for p in maria.company if "Завтра" in p["text"]]
    await presses(olga, offered["Отправить"], thread=talk["id"])
    await maria.reads("Завтра")
    await settled(app)
    assert (await answer_of(olga))["state"] != "held"


async def test_who_has_no_messenger_is_to_be_called(app: App, anna: Dispatcher) -> None:
    filed = await files(anna)
    await does(app, anna, filed["thread"], "Мастер будет завтра")

    async def answer() -> Json:
        messages = (await anna.thread(filed["thread"]))["messages"]
        return next(m for m in messages if m["text"] == "Мастер будет завтра")

    assert (await answer())["state"] == "to_call"
    end = asyncio.get_running_loop().time() + PATIENCE
    while not (await answer())["buttons"]:
        assert asyncio.get_running_loop().time() < end
        await asyncio.sleep(0.05)
    assert [line["to_call"] for line in await anna.threads()] == [True]
    [row] = (await answer())["buttons"]
    assert [button["label"] for button in row] == ["Дозвонились", "Не дозвонились"]
    await presses(anna, row[0]["action"], thread=filed["thread"])
    await settled(app)
    [[left]] = (await answer())["buttons"]
    assert left["label"] == "В вопросы"
    assert [line["to_call"] for line in await anna.threads()] == [False]


# ── Written down ─────────────────────────────────────────────────────────────


async def test_all_that_is_done_is_written_down(app: App, maria: Visitor, anna: Dispatcher) -> None:
    await ask(maria, app, "Когда?")
    [talk] = await anna.threads()
    about = f"thread:{talk['id']}"
    for words in ("Завтра", "// он звонил", "/take", "/status в работе", "/нет такой команды"):
        await does(app, anna, talk["id"], words)
    await presses(anna, f"staff/take/{talk['id']}", thread=talk["id"])
    await says_in_room(anna, "main", "/shift")
    await settled(app)
    assert (await anna.post("leave", {}))[0] == 200
    noted = await audited(app, ANNA)
    assert all(row.at is not None for row in noted)
    assert [(row.about, row.details["did"]) for row in noted if row.what == "at the desk"] == [
        (about, "said"), (about, "said"), (about, "/take"), (about, "/status"), (about, "/?"),
        (about, f"staff/take/{talk['id']}"), ("room:main", "/shift"),
    ]  # fmt: skip
    whats = [row.what for row in noted]
    assert [whats[0], whats[-1]] == ["signed in", "signed out"]
    assert {"answered", "taken", "shift began"} <= set(whats)
    assert "звонил" not in str([row.details for row in noted])
