"""The company's own page, `/my/…`: what a messenger may not show. Opened once by a button, then for
some minutes in that browser, by a cookie. Nobody keeps or indexes it. What it shows of an account
is drawn here, the meters and the form for their readings in `bot.own_readings`."""

from __future__ import annotations

import math
import re
from html import escape
from urllib.parse import quote

from aiohttp import web

from bot.media import Media
from bot.own_readings import SentReadings, draw_meters
from bot.platforms.web.pages import Doorkeeper
from bot.platforms.web.uploads import headers_of
from handlers import account_page, readings_page
from handlers import account_page_texts as words
from handlers import readings_page_texts as reading_words
from handlers.account_page import AccountPage
from handlers.readings_page import ReadingsPage
from handlers.resident import account_texts
from services.db import Database
from services.errors import AlreadySo, NotYours
from services.messaging.port import Rejected
from services.page_links import OPEN_FOR, Opened
from services.work import Work

COOKIE = "domovoy_my"
TOKEN = re.compile(r"[A-Za-z0-9_-]{32,64}")
PICTURES = {"months.png": "months", "code.png": "code"}
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "X-Content-Type-Options": "nosniff",
}


class OwnPage:
    def __init__(self, db: Database, media: Media, door: Doorkeeper) -> None:
        self._db = db
        self._media = media
        self._door = door
        self._readings = SentReadings(media)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/my/{token}", self._show),
            web.post("/my/{token}", self._open),
            web.get("/my/{token}/bill", self._give_bill),
            web.get("/my/{token}/readings", self._go_back),
            web.post("/my/{token}/readings", self._take_readings),
            web.get("/my/{token}/{picture}", self._draw),
        ]

    async def _show(self, request: web.Request) -> web.StreamResponse:
        """Without the cookie only the button, whoever asks: messengers look at every address."""
        token = token_of(request)
        async with self._db.work() as work:
            try:
                opened = await work.page_links.show(token, cookie_of(request))
            except NotYours:
                return await self._show_closed(work, token)
            left = left_of(work, opened)
            try:
                if opened.what == "readings":
                    meters = await readings_page.compose(work, opened)
                    taken = "sent" in request.query
                    return show_readings(token, meters, left, taken=taken)
                shown = await account_page.compose(work, opened)
            except NotYours:  # no longer
                return over()
        return page(words.TITLE, open_page(token, shown, left), closes_in=left)

    async def _show_closed(self, work: Work, token: str) -> web.Response:
        what = await work.page_links.live(token)
        if what is None:
            return over()
        if what == "readings":
            told = reading_words.CLOSED, reading_words.OPEN
            return page(reading_words.TITLE, closed(*told))
        return page(words.TITLE, closed(words.CLOSED, words.SHOW))

    async def _go_back(self, request: web.Request) -> web.StreamResponse:
        raise web.HTTPSeeOther(f"/my/{token_of(request)}", headers=HEADERS)

    async def _take_readings(self, request: web.Request) -> web.StreamResponse:
        """Nothing is read of whoever has not opened the page."""
        check_site(request)
        token = token_of(request)
        async with self._db.work() as work:
            try:
                opened = await self._opened(work, request)
            except NotYours:
                return await self._show_closed(work, token)
        sent = await self._readings.read(request, opened.viewer)
        async with self._db.work() as work:
            try:
                opened = await self._opened(work, request)
                again = await readings_page.take(work, opened, sent)
            except NotYours:  # no longer
                return over()
            left = left_of(work, opened)
        if again is not None:
            return show_readings(token, again, left)
        raise web.HTTPSeeOther(f"/my/{token}?sent", headers=HEADERS)

    async def _open(self, request: web.Request) -> web.StreamResponse:
        check_site(request)
        token = token_of(request)
        async with self._db.work() as work:
            try:
                cookie = await work.page_links.open(token)
            except AlreadySo:
                return await self._opened_before(work, request, token)
            except NotYours:
                return over()
        answer = web.Response(status=303, headers={**HEADERS, "Location": f"/my/{token}"})
        answer.set_cookie(
            COOKIE, cookie, max_age=int(OPEN_FOR.total_seconds()), path=f"/my/{token}",
            httponly=True, secure=self._door.secure, samesite="Strict",
        )  # fmt: skip
        return answer

    async def _opened_before(
        self, work: Work, request: web.Request, token: str
    ) -> web.StreamResponse:
        """Who opened it comes back by the link in the chat: the cookie is sent with the press."""
        try:
            await work.page_links.show(token, cookie_of(request))
        except NotYours:
            phone = (await work.company.profile()).phone
            told = f"<p>{escape(words.ONCE.format(phone=phone))}</p>"
            return page(words.ONCE_TITLE, told, status=410)
        return web.Response(status=303, headers={**HEADERS, "Location": f"/my/{token}"})

    async def _draw(self, request: web.Request) -> web.StreamResponse:
        name = PICTURES.get(request.match_info["picture"], "")
        async with self._db.work() as work:
            try:
                opened = await self._opened(work, request)
                png = await account_page.picture(work, opened, name)
            except NotYours:
                raise web.HTTPNotFound(headers=HEADERS) from None
        return web.Response(body=png, content_type="image/png", headers=HEADERS)

    async def _give_bill(self, request: web.Request) -> web.StreamResponse:
        async with self._db.work() as work:
            try:
                month, file = await account_page.bill(work, await self._opened(work, request))
            except NotYours:
                raise web.HTTPNotFound(headers=HEADERS) from None
        try:
            path = await self._media.stored(file)
        except Rejected:
            raise web.HTTPNotFound(headers=HEADERS) from None
        kept = {name: HEADERS[name] for name in HEADERS if name != "Content-Security-Policy"}
        named = quote(account_texts.bill_file(month))
        kept["Content-Disposition"] = f"attachment; filename*=UTF-8''{named}"
        return web.FileResponse(path, headers={**headers_of(file), **kept})

    async def _opened(self, work: Work, request: web.Request) -> Opened:
        return await work.page_links.show(token_of(request), cookie_of(request))


def check_site(request: web.Request) -> None:
    if request.headers.get("Sec-Fetch-Site", "") == "cross-site":
        raise web.HTTPForbidden


def left_of(work: Work, opened: Opened) -> int:
    """Seconds."""
    return max(1, math.ceil((opened.until - work.now).total_seconds()))


def token_of(request: web.Request) -> str:
    token = request.match_info["token"]
    if TOKEN.fullmatch(token) is None:
        raise web.HTTPNotFound(headers=HEADERS)
    return token


def cookie_of(request: web.Request) -> str:
    cookie = request.cookies.get(COOKIE, "")
    return cookie if TOKEN.fullmatch(cookie) else ""


def page(
    title: str, body: str, status: int = 200, *, closes_in: int = 0, then: str = ""
) -> web.Response:
    """`closes_in` seconds it is asked for again, or `then` is, and sums leave the screen."""
    after = f"{closes_in}; url={then}" if then else f"{closes_in}"
    again = f'<meta http-equiv="refresh" content="{after}">' if closes_in else ""
    text = (
        '<!doctype html><html lang="ru"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="robots" content="noindex">'
        f"{again}<title>{escape(title)}</title>"
        '<link rel="icon" href="/static/icon.svg" type="image/svg+xml">'
        '<link rel="stylesheet" href="/static/shared.css">'
        '<link rel="stylesheet" href="/static/my.css"></head>'
        f'<body><main class="my"><h1>{escape(title)}</h1>{body}</main></body></html>'
    )
    return web.Response(text=text, content_type="text/html", headers=HEADERS, status=status)


def over() -> web.Response:
    return page(words.OVER_TITLE, f"<p>{escape(words.OVER)}</p>", status=410)


def closed(told: str, label: str) -> str:
    return (
        f"<p>{escape(told)}</p>"
        f'<form method="post"><button class="do">{escape(label)}</button></form>'
    )


def show_readings(
    token: str, shown: ReadingsPage, left: int, *, taken: bool = False
) -> web.Response:
    body = draw_meters(token, shown, taken=taken)
    body += f'<p class="dim">{escape(words.closes(left))}</p>'
    status = 422 if shown.trouble else 200
    return page(reading_words.TITLE, body, status, closes_in=left, then=f"/my/{token}")


def open_page(token: str, shown: AccountPage, seconds: int) -> str:
    parts = []
    if shown.place:
        parts.append(f'<p class="place">{escape(shown.place)}</p>')
    if shown.owed:
        lines = "".join(f"<p>{escape(line)}</p>" for line in shown.owed)
        parts.append(f'<section class="owed">{lines}</section>')
    if shown.steps:
        steps = "".join(f"<li>{escape(step)}</li>" for step in shown.steps)
        link = ""
        if shown.pay_url:
            link = (
                f'<a class="do" href="{escape(shown.pay_url)}" rel="noreferrer noopener">'
                f"{escape(words.PAY_ON_SITE)}</a>"
            )
        parts.append(
            f"<section><h2>{escape(words.PAY)}</h2>"
            f'<img class="code" src="/my/{token}/code.png" alt="{escape(words.CODE)}">'
            f"<ol>{steps}</ol>{link}</section>"
        )
    if shown.bill:
        parts.append(f'<a class="do plain" href="/my/{token}/bill">{escape(shown.bill)}</a>')
    if shown.months:
        parts.append(show_months(token, shown))
    parts.append(f'<p class="dim">{escape(words.closes(seconds))}</p>')
    return "".join(parts)


def show_months(token: str, shown: AccountPage) -> str:
    heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in words.HEADS)
    rows = "".join(
        f'<tr><th scope="row">{escape(month)}</th><td>{escape(billed)}</td>'
        f"<td>{escape(paid)}</td></tr>"
        for month, billed, paid in shown.months
    )
    return (
        f"<section><h2>{escape(words.MONTHS)}</h2>"
        f'<img class="chart" src="/my/{token}/months.png" alt="{escape(words.CHART)}">'
        f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></section>"
    )
