"""Requests as they come over HTTP: a query and a form, or a file in multipart."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import BodyPartReader, web

from .errors import wrong

Json = dict[str, Any]

MAX_UPLOAD = 50 * 1024 * 1024
COMMON = frozenset({"access_token", "v", "lang", "test_mode", "captcha_sid", "captcha_key"})
"""What any call may carry, beside the parameters of its method."""


@dataclass
class Upload:
    field: str
    filename: str
    mime: str
    data: bytes


@dataclass
class Params:
    """The parameters of one call. A form gives text; ``execute`` gives values."""

    raw: Json = field(default_factory=dict)

    def text(self, name: str) -> str:
        value = self.raw.get(name)
        if value is None:
            return ""
        if isinstance(value, bool):
            return "1" if value else "0"
        if isinstance(value, list) and all(isinstance(each, str | int) for each in value):
            return ",".join(str(each) for each in value)
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

    def integer(self, name: str) -> int | None:
        value = self.text(name)
        if not value:
            return None
        try:
            return int(value)
        except ValueError:
            raise wrong(f"{name} not integer") from None

    def number(self, name: str) -> float | None:
        value = self.text(name)
        if not value:
            return None
        try:
            return float(value)
        except ValueError:
            raise wrong(f"{name} not float") from None

    def integers(self, name: str) -> list[int]:
        """A list is written with commas."""
        try:
            return [int(each) for each in self.words(name)]
        except ValueError:
            raise wrong(f"{name} should be list of integers") from None

    def words(self, name: str) -> list[str]:
        return [each.strip() for each in self.text(name).split(",") if each.strip()]

    def flag(self, name: str) -> bool:
        return self.text(name).lower() in {"1", "true", "yes"}

    def tree(self, name: str) -> Any:
        value = self.raw.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise wrong(f"{name} is invalid") from None

    def peer(self) -> int | None:
        """Whom a call speaks to, where it names one."""
        for name in ("peer_id", "user_id", "peer_ids", "user_ids"):
            first = next(iter(self.words(name)), "")
            if first.lstrip("-").isdigit():
                return int(first)
        return None

    def listed(self, method: str) -> list[dict[str, str]]:
        """``request_params`` of an error; the token is never among them."""
        own = [(name, self.text(name)) for name in self.raw if name != "access_token"]
        return [
            {"key": key, "value": value}
            for key, value in (("oauth", "1"), ("method", method), *own)
        ]


async def read(request: web.Request) -> Params:
    params = Params(raw=dict(request.query))
    if request.can_read_body:
        params.raw.update({name: str(value) for name, value in (await request.post()).items()})
    bearer = request.headers.get("Authorization", "")
    if bearer.startswith("Bearer ") and "access_token" not in params.raw:
        params.raw["access_token"] = bearer.removeprefix("Bearer ")
    return params


async def read_upload(request: web.Request) -> Upload | None:
    """The first file of a multipart request; what is over the limit is read and thrown away."""
    if not request.content_type.startswith("multipart/"):
        return None
    found: Upload | None = None
    async for part in await request.multipart():
        assert isinstance(part, BodyPartReader)
        data = bytearray()
        size = 0
        while chunk := await part.read_chunk(1 << 18):
            size += len(chunk)
            if size <= MAX_UPLOAD:
                data += chunk
        if found is None and part.filename is not None:
            mime = part.headers.get("Content-Type", "application/octet-stream")
            whole = bytes(data) if size <= MAX_UPLOAD else b""
            found = Upload(part.name or "", part.filename, mime, whole)
    return found
