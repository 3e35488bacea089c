"""The site chat beyond the contract: whose cookie, whose files, what is refused and how."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bot.app import App
from tests.support.browser import Visitor, dispatcher, form, until, visitor
from tests.support.path import ask, settle_in, sign_in
from tests.support.pictures import RED
from tests.support.running import running_app, settled

FAR = "https://evil.example"


@pytest.fixture
async def app(database_url: str, tmp_path: Path) -> AsyncIterator[App]:
    async with running_app(database_url, tmp_path) as running:
        yield running


@pytest.fixture
async def maria(app: App) -> AsyncIterator[Visitor]:
    async with visitor(app.base_url) as one:
        await one.opens()
        await settled(app)
        await one.reads("")
        yield one


@pytest.fixture
async def pavel(app: App) -> AsyncIterator[Visitor]:
    async with visitor(app.base_url) as one:
        await one.opens()
        yield one


# ── The page ─────────────────────────────────────────────────────────────────


async def test_the_page_and_its_headers(app: App) -> None:
    async with aiohttp.ClientSession() as http, http.get(f"{app.base_url}/chat") as page:
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'self' https://uyut.example" in policy
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        assert page.headers["Referrer-Policy"] == "same-origin"
        text = await page.text()
        assert "<script>" not in text
        assert "style=" not in text
        cookie = page.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Path=/chat" in cookie
        assert "Secure" not in cookie


async def test_behind_https_the_cookie_works_in_a_frame(database_url: str, tmp_path: Path) -> None:
    async with (
        running_app(database_url, tmp_path, public_url="https://bot.example.ru") as app,
        aiohttp.ClientSession() as http,
        http.get(f"{app.address}/chat") as page,
    ):
        cookie = page.headers["Set-Cookie"]
        for word in ("HttpOnly", "Secure", "SameSite=None", "Partitioned", "Path=/chat"):
            assert word in cookie
        token = await app.sign_in_address()
        assert token.startswith("https://bot.example.ru/desk/enter?token=")
        async with http.post(
            f"{app.address}/desk/enter",
            data={"token": token.partition("token=")[2]},
            headers={"Origin": "https://bot.example.ru"},
            allow_redirects=False,
        ) as entered:
            cookie = entered.headers["Set-Cookie"]
            for word in ("HttpOnly", "Secure", "SameSite=Lax", "Path=/desk"):
                assert word in cookie


async def test_everything_the_pages_name_is_served(app: App) -> None:
    import re

    async with aiohttp.ClientSession() as http:
        seen: set[str] = set()
        wanted = ["/chat", "/desk", "/desk/enter", "/chat/embed.js"]
        while wanted:
            path = wanted.pop()
            if path in seen:
                continue
            seen.add(path)
            async with http.get(app.base_url + path) as answer:
                assert answer.status == 200, path
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
                assert "Cache-Control" in answer.headers
                if path.endswith(".js"):
                    assert "javascript" in answer.headers["Content-Type"]
                text = await answer.text()
            wanted += re.findall(r'(?:src|href)="(/[^"]+)"', text)
            wanted += [f"/static/{name}" for name in re.findall(r'from "\./([\w.-]+)"', text)]
        assert len(seen) > 25
        for outside in ("/static/../pages.py", "/static/%2e%2e/pages.py", "/static/", "/static/x"):
            async with http.get(app.base_url + outside) as answer:
                assert answer.status in (403, 404)


async def test_the_root_leads_to_the_chat(app: App) -> None:
    async with aiohttp.ClientSession() as http, http.get(f"{app.base_url}/") as page:
        assert page.url.path == "/chat"


# ── Whose it is ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize("origin", [FAR, "null", "", None, "http://127.0.0.1:1"])
async def test_another_page_may_neither_talk_nor_upload(maria: Visitor, origin: str | None) -> None:
    headers = {} if origin is None else {"Origin": origin}
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await maria.http.ws_connect(f"{maria.url}/chat/ws", headers=headers)
    assert refused.value.status == 403
    async with maria.http.post(
        f"{maria.url}/chat/files", data=form(RED, "a.png", "image/png"), headers=headers
    ) as answer:
        assert answer.status == 403


async def test_without_a_cookie_there_is_no_chat(app: App) -> None:
    async with aiohttp.ClientSession() as http:
        headers = {"Origin": app.base_url}
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await http.ws_connect(f"{app.base_url}/chat/ws", headers=headers)
        assert refused.value.status == 403
        async with http.post(
            f"{app.base_url}/chat/files", data=form(RED, "a.png", "image/png"), headers=headers
        ) as answer:
            assert answer.status == 403


async def test_nobody_sees_another_one_s_words_or_files(
    app: App, maria: Visitor, pavel: Visitor
) -> None:
    file = await maria.uploads(RED, "a.png", "image/png")
    await maria.says("Секрет", files=[file["id"]])
    assert await maria.fetches(file["url"]) == RED
    async with pavel.http.get(pavel.url + file["url"]) as answer:
        assert answer.status == 404
    async with aiohttp.ClientSession() as http, http.get(app.base_url + file["url"]) as answer:
        assert answer.status == 404
    await pavel.hello()
    assert not [p for p in pavel.posts.values() if "Секрет" in p["text"]]
    # nor may they send it on, or quote it into their own chat
    key = str(uuid.uuid4())
    await pavel.tells({"do": "say", "key": key, "text": "моё", "files": [file["id"]]})
    refused = await pavel.answer("refused", key=key)
    assert "Файл не нашёлся" in refused["why"]
    assert not pavel.mine


async def test_a_file_nobody_has(maria: Visitor) -> None:
    for ident in ("nothing", "%00", "..%2f..%2fetc%2fpasswd", "a" * 5000):
        async with maria.http.get(f"{maria.url}/chat/files/{ident}") as answer:
            assert answer.status == 404, ident


# ── What is taken ────────────────────────────────────────────────────────────


async def test_what_is_no_upload(maria: Visitor) -> None:
    for body, headers in (
        ({"data": b"x"}, {}),
        ({"data": b"x"}, {"Content-Type": "multipart/form-data"}),
        ({"data": b"x"}, {"Content-Type": "multipart/form-data; boundary=b"}),
        ({"data": b"--b\r\n\r\nhello"}, {"Content-Type": "multipart/form-data; boundary=b"}),
        ({"data": form(b"", "a.txt", "text/plain")}, {}),
        ({"json": {"file": "x"}}, {}),
    ):
        async with maria.http.post(
            f"{maria.url}/chat/files", headers={**maria.origin, **headers}, **body
        ) as answer:
            assert answer.status == 415, (body, await answer.text())
            assert (await answer.json())["why"]


async def test_twenty_megabytes_and_not_a_byte_more(maria: Visitor) -> None:
    largest = 20 * 1024 * 1024
    file = await maria.uploads(b"x" * largest, "a.bin", "application/zip")
    assert file["size"] == largest
    for size in (largest + 1, 60 * 1024 * 1024):
        async with maria.http.post(
            f"{maria.url}/chat/files",
            data=form(b"x" * size, "a.bin", "application/zip"),
            headers=maria.origin,
        ) as answer:
            assert answer.status == 413
            assert "20 МБ" in (await answer.json())["why"]


@pytest.mark.parametrize(
    ("name", "mime", "data"),
    [
        (
            "a.svg",
            "image/svg+xml",
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
        ),
        ("a.html", "text/html", b"<script>alert(1)</script>"),
        ("a.xhtml", "application/xhtml+xml", b"<html/>"),
        ("a.html", "image/jpeg", b"<script>alert(1)</script>"),
        ("a.mp3", "audio/x-html", b"<script>alert(1)</script>"),
        ("a.js", "text/javascript", b"alert(1)"),
        ("a.bin", "nonsense", b"x"),
        ("a.bin", 'text/html"; x="', b"x"),
        ("a.pdf", "application/pdf", b"%PDF"),
    ],
)
async def test_nothing_that_runs_is_ever_shown_as_a_page(
    maria: Visitor, name: str, mime: str, data: bytes
) -> None:
    file = await maria.uploads(data, name, mime)
    assert file["kind"] == "document"
    async with maria.http.get(maria.url + file["url"]) as answer:
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert await answer.read() == data


async def test_pictures_and_voices_are_shown_and_come_in_parts(maria: Visitor) -> None:
    picture = await maria.uploads(RED, 'кот "рыжий".png', "application/octet-stream")
    assert (picture["kind"], picture["mime"]) == ("photo", "image/png")
    voice = await maria.uploads(b"0123456789", "Голосовое.webm", "audio/webm;codecs=opus")
    assert (voice["kind"], voice["mime"]) == ("voice", "audio/webm")
    async with maria.http.get(maria.url + picture["url"]) as answer:
        assert answer.headers["Content-Type"] == "image/png"
        assert answer.headers["Content-Disposition"].startswith("inline")
    part = {"Range": "bytes=2-4"}
    async with maria.http.get(maria.url + voice["url"], headers=part) as answer:
        assert answer.status == 206
        assert answer.headers["Content-Type"] == "audio/webm"
        assert await answer.read() == b"234"


async def test_too_many_uploads(maria: Visitor) -> None:
    for _ in range(60):
        await maria.uploads(b"x", "a.txt", "text/plain")
    async with maria.http.post(
        f"{maria.url}/chat/files", data=form(b"x", "a.txt", "text/plain"), headers=maria.origin
    ) as answer:
        assert answer.status == 429
        assert (await answer.json())["why"]


# ── What is said ─────────────────────────────────────────────────────────────


async def test_nonsense_is_refused_in_words_and_the_talk_goes_on(maria: Visitor) -> None:
    await maria.tells({"do": "say", "key": "не-ключ", "text": "привет"})
    refused = await maria.answer("refused", key="не-ключ")
    assert refused["why"]
    for frame in ("{", {"do": ["say"]}, {"do": None}, [1], {"do": "seen", "upto": "x"}):
        await maria.tells(frame)
        assert (await maria.answer("refused"))["why"]
    assert (await maria.says("теперь по делу"))["text"] == "теперь по делу"


async def test_ten_thousand_letters_are_taken_and_more_than_twenty_are_not(maria: Visitor) -> None:
    assert len((await maria.says("ы" * 10_000))["text"]) == 10_000
    key = str(uuid.uuid4())
    await maria.tells({"do": "say", "key": key, "text": "ы" * 20_001})
    assert "Слишком длинно" in (await maria.answer("refused", key=key))["why"]


async def test_nul_in_every_field(maria: Visitor) -> None:
    await maria.hello(start="a\x00b")
    post = await maria.says("a\x00b")
    assert post["text"] == "ab"
    key = str(uuid.uuid4())
    await maria.tells(
        {"do": "press", "key": key, "post": post["id"], "action": "menu/\x00show", "label": "\x00М"}
    )
    assert (await maria.answer("heard", key=key))["post"]["text"] == "М"


async def test_too_fast_is_refused_until_one_slows_down(maria: Visitor) -> None:
    keys = [str(uuid.uuid4()) for _ in range(40)]
    for key in keys:
        await maria.tells({"do": "say", "key": key, "text": "раз"})
    await until(lambda: len([f for f in maria.frames if f["is"] in ("heard", "refused")]) == 40)
    refused = [f for f in maria.frames if f["is"] == "refused"]
    assert len(refused) == 10
    assert "быстро" in refused[0]["why"]
    await maria.hello()  # it is still there


async def test_a_flood_of_frames_ends_the_connection(maria: Visitor) -> None:
    assert maria.socket is not None
    for number in range(200):
        if maria.socket.closed:
            break
        await maria.tells({"do": "hello", "after": 10**9, "start": ""} | {"n": number})
    socket = maria.socket
    await until(lambda: socket.closed)
    assert socket.close_code == 1008


async def test_a_repeated_key_is_one_post(app: App, maria: Visitor) -> None:
    key = str(uuid.uuid4())
    first = await maria.says("раз", key=key)
    assert await maria.says("два", key=key) == first
    assert [p["text"] for p in maria.mine] == ["раз"]


async def test_the_history_is_there_after_a_reload(app: App, maria: Visitor) -> None:
    await maria.says("Добрый день")
    await settled(app)
    before = {**maria.posts}
    await maria.leaves()
    maria.posts.clear()
    async with maria.http.get(f"{maria.url}/chat"):
        pass
    await maria.connects()
    hello = await maria.hello()
    assert {p["id"]: p for p in hello["posts"]} | before == maria.posts | before
    assert [p["text"] for p in maria.mine] == ["Добрый день"]
    newest = max(maria.posts)
    assert (await maria.hello(after=newest))["posts"] == []
    # opening the chat anew does not begin the conversation anew
    async with app.db.work() as work:
        assert await work.inbox.count_waiting() == 0


async def test_an_edit_made_while_the_page_was_away(app: App, maria: Visitor) -> None:
    [ident] = [p["id"] for p in maria.company[:1]]
    await maria.leaves()
    from services.messaging.types import Address, Outbound

    async with app.db.work() as work:
        post = await work.posts.get("web", await chat_of(app), ident)
        assert post is not None
    to = Address(channel="web", chat=post.chat)
    edit = Outbound(text="Поправили", replaces=str(ident))
    await app.channels["web"].send(to, edit, 1)
    await maria.connects()
    hello = await maria.hello(after=max(maria.posts))
    assert [(p["id"], p["text"], p["edited"]) for p in hello["posts"]] == [
        (ident, "Поправили", True)
    ]


async def chat_of(app: App) -> str:
    from sqlalchemy import select

    from services.tables import WebPost

    async with app.db.session() as session:
        return str(await session.scalar(select(WebPost.chat).limit(1)))


async def test_two_pages_of_one_person_show_the_same(app: App, maria: Visitor) -> None:
    async with maria.http.ws_connect(f"{maria.url}/chat/ws", headers=maria.origin) as other:
        await other.send_json({"do": "hello", "after": 0, "start": ""})
        assert (await other.receive_json())["is"] == "hello"
        said = await maria.says("с телефона")
        while True:
            frame = await other.receive_json(timeout=5)
            if frame["is"] == "post" and frame["post"]["id"] == said["id"]:
                break


async def test_a_deep_link_counts_once(app: App) -> None:
    async with visitor(app.base_url) as one:
        await one.opens("zavodskaya-12")
        await settled(app)
        for _ in range(3):
            await one.hello(start="zavodskaya-12")
        await settled(app)
        texts = [p["text"] for p in one.company]
        assert len(texts) == len(set(texts))


# ── What became of it ────────────────────────────────────────────────────────


async def test_an_answer_is_delivered_when_the_page_shows_it(app: App) -> None:
    async with visitor(app.base_url) as maria, dispatcher(app.base_url) as oleg:
        await settle_in(maria, app)
        await ask(maria, app, "Когда включат воду?")
        await sign_in(oleg, app)
        await oleg.watches()
        [thread] = await oleg.threads()
        await oleg.says(thread["id"], "Завтра к обеду")
        post = await maria.reads("Завтра к обеду")
        await oleg.until_delivered(thread["id"], "Завтра к обеду", "sent")
        oleg.frames.clear()
        await maria.tells({"do": "seen", "upto": post["id"]})
        await until(lambda: {"is": "thread", "id": thread["id"]} in oleg.frames)
        await oleg.until_delivered(thread["id"], "Завтра к обеду", "delivered")


async def test_an_answer_that_is_seen_before_it_is_settled(app: App) -> None:
    async with visitor(app.base_url) as maria, dispatcher(app.base_url) as oleg:
        await settle_in(maria, app)
        await ask(maria, app, "Когда включат воду?")
        await sign_in(oleg, app)
        [thread] = await oleg.threads()
        maria.eager = True
        for number in range(5):
            await oleg.says(thread["id"], f"Завтра {number}")
            await oleg.until_delivered(thread["id"], f"Завтра {number}")


async def test_what_breaks_on_our_side_closes_the_page_which_comes_back(
    app: App, maria: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    from services.messaging.posts import Posts

    real = Posts.mark_seen

    async def breaks(*_: object) -> None:
        raise RuntimeError("a bug of ours")

    monkeypatch.setattr(Posts, "mark_seen", breaks)
    await maria.tells({"do": "seen", "upto": 1})
    socket = maria.socket
    assert socket is not None
    await until(lambda: socket.closed)
    assert socket.close_code == 1011
    monkeypatch.setattr(Posts, "mark_seen", real)
    await maria.connects()
    assert (await maria.says("я снова тут"))["text"] == "я снова тут"
