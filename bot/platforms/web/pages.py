"""Pages, their headers, and who may call from where."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web

STATIC = Path(__file__).parent / "static"
VISITOR = "domovoy_visitor"
DESK = "domovoy_desk"
YEAR = 365 * 24 * 3600


def page(name: str, frame_ancestors: Sequence[str] = ()) -> web.FileResponse:
    """A page under the strict policy. `frame_ancestors`: whose pages may show it in a frame."""
    ancestors = " ".join(frame_ancestors) or "'none'"
    return web.FileResponse(
        STATIC / name,
        headers={
            "Content-Security-Policy": (
                "default-src 'self'; base-uri 'none'; form-action 'self'; object-src 'none'; "
                f"frame-ancestors {ancestors}"
            ),
            "Referrer-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-cache",
        },
    )


class Doorkeeper:
    """Knows our own address: cookies and origins depend on it."""

    def __init__(self, public_url: str) -> None:
        self._public = urlsplit(public_url)
        self.secure = self._public.scheme == "https"

    def check_origin(self, request: web.Request) -> None:
        """Raises 403 for a page of another site. A browser always says where it comes from."""
        origin = urlsplit(request.headers.get("Origin", ""))
        hosts = {request.host, self._public.netloc} - {""}
        if origin.netloc not in hosts:
            raise web.HTTPForbidden(
                text='{"why": "Чужая страница."}', content_type="application/json"
            )

    def visitor(self, request: web.Request) -> str | None:
        """The chat of this browser: a hash of its cookie, so that the table opens no chat."""
        token = request.cookies.get(VISITOR, "")
        if len(token) < 32:
            return None
        return hashlib.sha256(token.encode()).hexdigest()[:40]

    def give_visitor_cookie(self, request: web.Request, response: web.StreamResponse) -> None:
        """A year from the last visit. In a frame of another site it needs https."""
        token = request.cookies.get(VISITOR, "")
        if len(token) < 32:
            token = secrets.token_urlsafe(32)
        if self.secure:
            response.headers.add(
                "Set-Cookie",
                f"{VISITOR}={token}; Max-Age={YEAR}; Path=/chat; HttpOnly; Secure; "
                "SameSite=None; Partitioned",
            )
        else:
            response.set_cookie(
                VISITOR, token, max_age=YEAR, path="/chat", httponly=True, samesite="Lax"
            )

    def give_desk_cookie(self, response: web.StreamResponse, token: str) -> None:
        # Lax, not Strict: the way in is a link from a messenger.
        response.set_cookie(
            DESK, token, max_age=14 * 24 * 3600, path="/desk", httponly=True,
            secure=self.secure, samesite="Lax",
        )  # fmt: skip
