"""The desk over HTTP: who comes in, what they see, what reaches them live."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import select, update

from bot.app import App
from services.clock import Clock
from services.tables import DeskSession, Member, Resident, Room, SignInLink
from tests.support.browser import Dispatcher, Visitor, dispatcher, form, until, visitor
from tests.support.path import ask, settle_in, sign_in
from tests.support.pictures import BLUE, GREEN, RED
from tests.support.running import running_app, settled

FAR = "https://evil.example"


@pytest.fixture
async def app(database_url: str, tmp_path: Path) -> AsyncIterator[App]:
    async with running_app(database_url, tmp_path) as running:
        yield running


@pytest.fixture
async def maria(app: App) -> AsyncIterator[Visitor]:
    async with visitor(app.base_url) as one:
        await settle_in(one, app)
        yield one


@pytest.fixture
async def oleg(app: App) -> AsyncIterator[Dispatcher]:
    async with dispatcher(app.base_url) as one:
        yield one


async def limit_rooms(app: App, member_id: int, *rooms: str) -> None:
    async with app.db.session() as session:
        await session.execute(
            update(Member)
            .where(Member.id == member_id)
            .values(rooms=list(rooms), role="dispatcher")
        )


# ── The door ─────────────────────────────────────────────────────────────────


async def test_the_pages_go_into_no_frame(app: App, oleg: Dispatcher) -> None:
    for path in ("/desk", "/desk/enter?token=x"):
        async with oleg.http.get(app.base_url + path) as page:
            assert page.status == 200
            policy = page.headers["Content-Security-Policy"]
            assert "default-src 'self'" in policy
            assert "frame-ancestors 'none'" in policy
            assert page.headers["Referrer-Policy"] == "same-origin"
            assert "Set-Cookie" not in page.headers


async def test_nothing_without_a_session(app: App, oleg: Dispatcher) -> None:
    for path in ("me", "threads", "threads/1", "files/x"):
        status, body = await oleg.get(path)
        assert (status, bool(body["why"])) == (401, True), path
    for path in ("threads/1/say", "threads/1/seen", "press", "files", "leave"):
        status, body = await oleg.post(path, {})
        assert (status, bool(body["why"])) == (401, True), path
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await oleg.watches()
    assert refused.value.status == 401


async def test_a_link_opens_once(app: App, oleg: Dispatcher) -> None:
    address = await app.sign_in_address()
    token = address.partition("token=")[2]
    for _ in range(3):  # a messenger looks into the link for a preview
        async with oleg.http.get(address) as page:
            assert page.status == 200
    assert (await oleg.get("me"))[0] == 401
    assert await oleg.enters(token) == 303
    status, me = await oleg.get("me")
    assert status == 200
    assert me["member"]["name"]
    assert me["rooms"]
    assert me["company"]["name"] == "Уютный дом"
    async with dispatcher(app.base_url) as thief:
        await thief.enters(token)
        assert (await thief.get("me"))[0] == 401
        for nonsense in ("", "x", "x" * 10_000, "\x00"):
            await thief.enters(nonsense)
            assert (await thief.get("me"))[0] == 401


async def test_an_old_link_opens_nothing(app: App, oleg: Dispatcher) -> None:
    token = (await app.sign_in_address()).partition("token=")[2]
    async with app.db.session() as session:
        await session.execute(
            update(SignInLink).values(expires_at=Clock().now() - timedelta(seconds=1))
        )
    await oleg.enters(token)
    assert (await oleg.get("me"))[0] == 401


async def test_the_door_is_for_our_own_page(app: App, oleg: Dispatcher) -> None:
    token = (await app.sign_in_address()).partition("token=")[2]
    for origin in (FAR, "null", ""):
        async with oleg.http.post(
            f"{app.base_url}/desk/enter", data={"token": token}, headers={"Origin": origin}
        ) as answer:
            assert answer.status == 403
    await oleg.enters(token)
    for origin in (FAR, "null", ""):
        for path in ("threads/1/say", "threads/1/seen", "press", "files", "leave"):
            assert (await oleg.post(path, {}, origin=origin))[0] == 403
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await oleg.http.ws_connect(f"{app.base_url}/desk/ws", headers={"Origin": origin})
        assert refused.value.status == 403
    assert (await oleg.get("me"))[0] == 200


@pytest.mark.parametrize("how", ["left", "expired", "dismissed", "no desk"])
async def test_an_ended_session_sees_and_hears_nothing(
    app: App, maria: Visitor, oleg: Dispatcher, how: str
) -> None:
    await ask(maria, app, "Первое")
    member = await sign_in(oleg, app)
    await oleg.watches()
    [thread] = await oleg.threads()
    await maria.says("Второе")
    await until(lambda: oleg.frames)
    now = Clock().now()
    async with app.db.session() as session:
        if how == "expired":
            await session.execute(update(DeskSession).values(expires_at=now))
        elif how == "dismissed":
            await session.execute(
                update(Member).where(Member.id == member).values(withdrawn_at=now)
            )
        elif how == "no desk":
            await session.execute(update(Member).where(Member.id == member).values(desk=False))
    if how == "left":
        assert (await oleg.post("leave", {}))[0] == 200
    await settled(app)
    await asyncio.sleep(0.1)
    oleg.frames.clear()
    await maria.says("Третье, не для него")
    await settled(app)
    socket = oleg.socket
    assert socket is not None
    await until(lambda: socket.closed)
    assert oleg.frames == []
    assert (await oleg.get(f"threads/{thread['id']}"))[0] == 401
    assert (await oleg.says(thread["id"], "Ответ"))[0] == 401


# ── What a member sees ───────────────────────────────────────────────────────


async def test_a_thread_appears_live_and_is_read(
    app: App, maria: Visitor, oleg: Dispatcher
) -> None:
    await sign_in(oleg, app)
    await oleg.watches()
    assert await oleg.threads() == []
    photo = await maria.uploads(RED, "кран.png", "image/png")
    await ask(maria, app, "Кран <b>течёт</b>", [photo["id"]])
    await until(lambda: oleg.frames)
    [thread] = await oleg.threads()
    assert {"is": "thread", "id": thread["id"]} in oleg.frames
    assert (thread["unread"], thread["state"], thread["last_by"]) == (1, "open", "resident")
    assert thread["last_text"] == "Кран <b>течёт</b>"
    shown = await oleg.thread(thread["id"])
    [message] = [m for m in shown["messages"] if m["by"] == "resident"]
    assert (message["author"], message["text"]) == ("Мария", "Кран <b>течёт</b>")
    [attachment] = message["attachments"]
    assert attachment["kind"] == "photo"
    async with oleg.http.get(app.base_url + attachment["url"]) as answer:
        assert answer.headers["Content-Type"] == "image/png"
        assert await answer.read() == RED
    facts = dict(shown["card"])
    assert facts["Житель"] == "Мария"
    assert "Заводская" in facts["Адрес"]
    assert "Телефон" not in facts
    await oleg.post(f"threads/{thread['id']}/seen", {"upto": message["id"]})
    assert [t["unread"] for t in await oleg.threads()] == [0]


async def test_an_answer_a_note_and_a_command(app: App, maria: Visitor, oleg: Dispatcher) -> None:
    await ask(maria, app, "Когда?")
    await sign_in(oleg, app)
    await oleg.watches()
    [thread] = await oleg.threads()
    ident = thread["id"]
    question = (await oleg.thread(ident))["messages"][0]
    photo = await upload(oleg, GREEN)
    assert (await oleg.says(ident, "Завтра", files=[photo], reply_to=question["id"]))[0] == 202
    post = await maria.reads("Завтра")
    assert await maria.fetches(post["attachments"][0]["url"]) == GREEN
    assert maria.posts[post["reply_to"]]["text"] == "Когда?"
    await oleg.says(ident, "// он уже звонил утром")
    await oleg.says(ident, "/note и вчера")
    await oleg.says(ident, "/who")
    await oleg.says(ident, "/нетакой")
    await settled(app)
    await until(lambda: len([f for f in oleg.frames if f["is"] == "said"]) == 2)
    shown = await oleg.thread(ident)
    assert [m["text"] for m in shown["messages"] if m["by"] == "note"] == [
        "он уже звонил утром", "и вчера",
    ]  # fmt: skip
    assert len(shown["said"]) == 2
    assert all(f["thread"] == ident for f in oleg.frames if f["is"] == "said")
    await maria.hello()
    for words in ("звонил", "вчера", "/who", "нетакой"):
        assert not [p for p in maria.company if words in p["text"]]


async def upload(oleg: Dispatcher, data: bytes) -> str:
    async with oleg.http.post(
        f"{oleg.url}/desk/api/files", data=form(data, "фото.png", "image/png"), headers=oleg.origin
    ) as answer:
        assert answer.status == 201
        body = await answer.json()
    async with oleg.http.get(oleg.url + body["url"]) as answer:
        assert await answer.read() == data
    return str(body["id"])


async def test_a_key_said_again_is_one_answer(app: App, maria: Visitor, oleg: Dispatcher) -> None:
    await ask(maria, app, "Когда?")
    await sign_in(oleg, app)
    [thread] = await oleg.threads()
    key = str(uuid.uuid4())
    said = await asyncio.gather(*(oleg.says(thread["id"], "Завтра", key=key) for _ in range(5)))
    assert {status for status, _ in said} == {202}
    await settled(app)
    messages = (await oleg.thread(thread["id"]))["messages"]
    assert len([m for m in messages if m["text"] == "Завтра"]) == 1
    assert len([p for p in maria.company if p["text"] == "Завтра"]) == 1


async def test_bad_input_is_answered_in_words(app: App, maria: Visitor, oleg: Dispatcher) -> None:
    await ask(maria, app, "Когда?")
    await sign_in(oleg, app)
    [thread] = await oleg.threads()
    ident, key = thread["id"], str(uuid.uuid4())
    far = 10**30
    for path, body, status in (
        (f"threads/{ident}/say", {}, 400),
        (f"threads/{ident}/say", [], 400),
        (f"threads/{ident}/say", {"key": "x", "text": "y"}, 400),
        (f"threads/{ident}/say", {"key": key, "text": 5}, 400),
        (f"threads/{ident}/say", {"key": key, "text": "x", "reply_to": far}, 400),
        (f"threads/{ident}/say", {"key": key, "text": "x", "files": ["nobody's"]}, 400),
        (f"threads/{ident}/say", {"key": key, "text": "x", "files": ["\x00"]}, 400),
        (f"threads/{ident}/say", {"key": key, "text": "ы" * 20_001}, 413),
        (f"threads/{far}/say", {"key": key, "text": "x"}, 404),
        (f"threads/{ident + 100}/say", {"key": key, "text": "x"}, 404),
        (f"threads/{ident}/seen", {"upto": "x"}, 400),
        (f"threads/{ident}/seen", {"upto": far}, 400),
        (f"threads/{far}/seen", {"upto": 1}, 404),
        ("press", {"key": key, "thread": ident}, 400),
        ("press", {"key": key, "thread": "x", "action": "staff/close/1"}, 400),
        ("press", {"key": key, "thread": far, "action": "staff/close/1"}, 400),
        ("press", {"key": key, "thread": ident + 100, "action": "staff/close/1"}, 404),
    ):
        answered, said = await oleg.post(path, body)
        assert (answered, bool(said.get("why"))) == (status, True), (path, str(body)[:80], said)
    for path, status in (
        (f"threads/{far}", 404),
        ("threads?before=вчера", 400),
        ("threads?before=2026-01-01T00:00:00", 400),
        ("threads?room=%00&state=?", 200),
        ("threads?before=0001-01-01T00:00:00%2B00:00", 200),
    ):
        assert (await oleg.get(path))[0] == status, path
    for data in (b"{", b"\xff", b"[" * 50_000, b'{"key": Infinity}'):
        async with oleg.http.post(
            f"{oleg.url}/desk/api/threads/{ident}/say", data=data, headers=oleg.origin
        ) as answer:
            assert answer.status == 400
    assert (await oleg.says(ident, "до\x00после"))[0] == 202
    await maria.reads("допосле")


async def test_a_member_of_other_rooms_sees_and_hears_nothing(
    app: App, maria: Visitor, oleg: Dispatcher
) -> None:
    photo = await maria.uploads(BLUE, "кран.png", "image/png")
    await ask(maria, app, "Секрет", [photo["id"]])
    async with dispatcher(app.base_url) as anna:
        members = await two_members(app)
        await sign_in(anna, app, members[0])
        other = await sign_in(oleg, app, members[1])
        [thread] = await anna.threads()
        shown = await anna.thread(thread["id"])
        url = shown["messages"][0]["attachments"][0]["url"]
        await oleg.watches()
        await limit_rooms(app, other, "another")
        assert await oleg.threads() == []
        assert await oleg.threads(room="main") == []
        ident = thread["id"]
        assert (await oleg.get(f"threads/{ident}"))[0] == 404
        assert (await oleg.says(ident, "Ответ"))[0] == 404
        assert (await oleg.post(f"threads/{ident}/seen", {"upto": 1}))[0] == 404
        press = {"key": str(uuid.uuid4()), "thread": ident, "action": "staff/close/1"}
        assert (await oleg.post("press", press))[0] == 404
        async with oleg.http.get(app.base_url + url) as answer:
            assert answer.status == 404
        await maria.says("И ещё секрет")
        await settled(app)
        await asyncio.sleep(0.2)
        assert oleg.frames == []
        assert not [p for p in maria.company if p["text"] == "Ответ"]


async def two_members(app: App) -> list[str]:
    async with app.db.work() as work:
        names = [member.name for member in await work.staff.desk_members()]
    assert len(names) > 1
    return names[:2]


async def test_what_the_program_answers_is_for_one_member_alone(
    app: App, maria: Visitor, oleg: Dispatcher
) -> None:
    await ask(maria, app, "Когда?")
    members = await two_members(app)
    async with dispatcher(app.base_url) as anna:
        await sign_in(oleg, app, members[0])
        await sign_in(anna, app, members[1])
        await oleg.watches()
        await anna.watches()
        [thread] = await oleg.threads()
        await oleg.says(thread["id"], "/who")
        await until(lambda: [f for f in oleg.frames if f["is"] == "said"])
        await asyncio.sleep(0.1)
        assert not [f for f in anna.frames if f["is"] == "said"]
        assert (await anna.thread(thread["id"]))["said"] == []


async def test_what_is_told_live_is_veiled_as_the_page_is(
    app: App, maria: Visitor, oleg: Dispatcher
) -> None:
    """In a room that shows neither names nor flats."""
    await ask(maria, app, "Когда?")
    async with app.db.session() as session:
        person = await session.scalar(select(Resident).where(Resident.name.is_not(None)))
        await session.execute(
            update(Room).values(rules={"shows_names": False, "shows_flats": False})
        )
    assert person is not None
    await sign_in(oleg, app)
    await oleg.watches()
    [thread] = await oleg.threads()
    await oleg.says(thread["id"], "/who")
    body = {"key": str(uuid.uuid4()), "text": "/find Заводская 12", "files": []}
    assert (await oleg.post(f"rooms/{thread['room']}/say", body))[0] == 202
    await settled(app)
    await until(lambda: len([f for f in oleg.frames if f["is"] == "said"]) == 2)
    told = str([f for f in oleg.frames if f["is"] == "said"])
    told += str(await oleg.get(f"rooms/{thread['room']}"))
    assert "Нашлось по" in told
    assert "Когда?" in told
    assert str(person.name) not in told
    assert "кв. " not in told


async def test_two_who_open_the_same_new_photo_at_once(
    app: App, maria: Visitor, oleg: Dispatcher
) -> None:
    """Of a file from another messenger the first look makes the record."""
    from services.messaging.types import Attachment

    await ask(maria, app, "Вот")
    await sign_in(oleg, app)
    [thread] = await oleg.threads()
    async with app.db.work() as work:
        from services.staff import as_member

        [member, *_] = await work.staff.desk_members()
        row = await work.threads.get(as_member(member), thread["id"])
        photo = Attachment(kind="photo", channel="telegram", handle="never seen", size=5)
        await work.threads.add(row, "resident", "Мария", None, attachments=[photo])
    shown = await asyncio.gather(*(oleg.get(f"threads/{thread['id']}") for _ in range(8)))
    assert {status for status, _ in shown} == {200}
    urls = {body["messages"][-1]["attachments"][0]["url"] for _, body in shown}
    assert len(urls) == 1
    async with oleg.http.get(app.base_url + urls.pop()) as answer:
        assert answer.status == 502  # Telegram is off here
        assert (await answer.json())["why"]


async def test_the_list_comes_in_pages(app: App, maria: Visitor, oleg: Dispatcher) -> None:
    from services.access import AsResident
    from services.tables import Contact

    async with app.db.work() as work:
        from sqlalchemy import select

        contact = await work.session.scalar(select(Contact).limit(1))
        assert contact is not None
        [room, *_] = await work.rooms.every()
        start = work.now
        for number in range(105):
            thread = await work.threads.open(
                AsResident(contact.resident_id, contact.id), room, f"Разговор {number}"
            )
            thread.last_at = start - timedelta(minutes=number)
    await sign_in(oleg, app)
    status, first = await oleg.get("threads")
    assert (status, len(first["threads"]), first["more"]) == (200, 100, True)
    rest = await oleg.threads(before=first["threads"][-1]["last_at"])
    assert len(rest) == 5
    assert await oleg.threads(state="closed") == []
