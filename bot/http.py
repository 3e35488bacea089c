"""The HTTP side: pages and webhooks of the channels, `/health`, `/metrics`."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.metrics import Metrics
from bot.platforms.web.pages import STATIC
from bot.state import State
from services.db import Database
from services.faults import log_fault

BODY_LIMIT = 21 * 1024 * 1024  # an upload of 20 MB and its wrapping
PROXIED = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Via")  # what proxies add


@web.middleware
async def guard(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Nobody sees a traceback: an unexpected error becomes 500 with its number."""
    try:
        return await handler(request)
    except (web.HTTPException, ConnectionResetError):
        raise
    except Exception as failure:  # noqa: BLE001 (the last one to catch it)
        number = log_fault(failure, "%s %s", request.method, request.match_info.route.resource)
        return web.json_response({"why": f"Что-то сломалось. Номер сбоя {number}."}, status=500)


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Nothing we serve is guessed into something else, and no page runs on with old scripts."""
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Cache-Control", "no-cache")


def make_http(
    db: Database, metrics: Metrics, state: State, routes: list[web.RouteDef], metrics_token: str
) -> web.Application:
    async def show_health(request: web.Request) -> web.Response:
        health = await state.look(db)
        return web.json_response(health, status=200 if health["ok"] else 503)

    async def show_metrics(request: web.Request) -> web.Response:
        if not may_see_metrics(request, metrics_token):
            raise web.HTTPForbidden
        await state.measure(db, metrics)
        return web.Response(body=metrics.render(), content_type="text/plain", charset="utf-8")

    async def show_root(request: web.Request) -> web.Response:
        raise web.HTTPFound("/chat")

    app = web.Application(middlewares=[guard], client_max_size=BODY_LIMIT)
    app.on_response_prepare.append(add_headers)
    app.router.add_get("/", show_root)
    app.router.add_get("/health", show_health)
    app.router.add_get("/metrics", show_metrics)
    app.router.add_static("/static", STATIC, append_version=False)
    app.router.add_routes(routes)
    return app


def may_see_metrics(request: web.Request, token: str) -> bool:
    """With a token, whoever has it; without one, only this machine, and not through a proxy that
    stands on it."""
    if token:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), token.encode())
    if any(name in request.headers for name in PROXIED):
        return False
    try:
        return ipaddress.ip_address(request.remote or "").is_loopback
    except ValueError:
        return False
