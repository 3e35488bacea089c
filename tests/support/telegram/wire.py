"""Requests as they come over HTTP: JSON, a form, or multipart with files."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import BodyPartReader, web

from .errors import ApiError, bad

Json = dict[str, Any]

MAX_UPLOAD = 50 * 1024 * 1024


@dataclass
class Upload:
    field: str
    filename: str
    mime: str
    data: bytes


@dataclass
class Params:
    """The parameters of one call; a form gives everything as text, JSON gives values."""

    raw: Json = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        value = self.raw.get(name)
        if value is None:
            return ""
        return value if isinstance(value, str) else json.dumps(value)

    def integer(self, name: str) -> int | None:
        value = self.raw.get(name)
        if value is None or value == "":
            return None
        try:
            return int(value)
        except (TypeError, ValueError):
            raise bad(f'field "{name}" must be of type Number') from None

    def number(self, name: str) -> float | None:
        value = self.raw.get(name)
        if value is None or value == "":
            return None
        try:
            return float(value)
        except (TypeError, ValueError):
            raise bad(f'field "{name}" must be of type Number') from None

    def flag(self, name: str) -> bool:
        value = self.raw.get(name)
        if isinstance(value, str):
            return value.lower() in {"true", "yes", "1"}
        return bool(value)

    def tree(self, name: str) -> Any:
        value = self.raw.get(name)
        if isinstance(value, str):
            if not value:
                return None
            try:
                return json.loads(value)
            except ValueError:
                raise bad(f"can't parse {name} JSON object") from None
        return value

    def chat(self) -> int | None:
        """The chat a call speaks of, where it names one by number."""
        try:
            return self.integer("chat_id")
        except ApiError:
            return None


async def read(request: web.Request) -> Params:
    params = Params(raw=dict(request.query))
    if not request.can_read_body:
        return params
    kind = request.content_type
    if kind == "application/json":
        body = await request.json()
        if not isinstance(body, dict):
            raise bad("object expected as the body of a request")
        params.raw.update(body)
    elif kind == "multipart/form-data":
        await _read_multipart(request, params)
    else:
        params.raw.update({name: str(value) for name, value in (await request.post()).items()})
    return params


async def _read_multipart(request: web.Request, params: Params) -> None:
    size = 0
    async for part in await request.multipart():
        assert isinstance(part, BodyPartReader)
        name = part.name or ""
        data = bytearray()
        while chunk := await part.read_chunk(1 << 18):
            size += len(chunk)
            if size <= MAX_UPLOAD + (1 << 20):
                data += chunk
        if part.filename is None:
            params.raw[name] = data.decode()
        else:
            mime = part.headers.get("Content-Type", "application/octet-stream")
            params.uploads[name] = Upload(name, part.filename, mime, bytes(data))
    if size > MAX_UPLOAD:
        raise ApiError(413, "Request Entity Too Large")
