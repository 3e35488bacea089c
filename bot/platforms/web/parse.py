"""What a browser says as inbounds. Anything not of the protocol's shape is `BadFrame`."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.messaging.types import Address, Attachment, Happening, Inbound, Sender
from services.tables import StoredFile

NAME = "web"
LONGEST = 20_000  # characters; far beyond what anyone types, short of what hurts

Id = Annotated[int, Field(ge=0, le=2**62)]


class BadFrame(Exception):
    """Not of the protocol's shape. `key` is the frame's, where it had one."""

    def __init__(self, key: str = "") -> None:
        super().__init__(key)
        self.key = key


class Frame(BaseModel):
    model_config = ConfigDict(extra="ignore")


class Hello(Frame):
    do: Literal["hello"]
    after: Id = 0
    start: str = Field(default="", max_length=64)


class Say(Frame):
    do: Literal["say"] = "say"
    key: UUID
    text: str = ""
    files: tuple[str, ...] = Field(default=(), max_length=20)
    reply_to: Id | None = None


class Press(Frame):
    do: Literal["press"] = "press"
    key: UUID
    post: Id = 0
    action: str = Field(min_length=1, max_length=64)
    label: str = Field(default="", max_length=200)


class Seen(Frame):
    do: Literal["seen"]
    upto: Id


KINDS: dict[str, type[Frame]] = {"hello": Hello, "say": Say, "press": Press, "seen": Seen}


def parse_frame(data: str) -> Frame:
    try:
        raw = clean(json.loads(data))
    except (ValueError, RecursionError):
        raise BadFrame from None
    if not isinstance(raw, dict):
        raise BadFrame
    kind = KINDS.get(str(raw.get("do")))
    key = str(raw.get("key") or "")[:64]
    if kind is None:
        raise BadFrame(key)
    try:
        return kind.model_validate(raw)
    except ValidationError:
        raise BadFrame(key) from None


def clean(value: Any) -> Any:
    """PostgreSQL keeps no NUL in text, and half a surrogate is no text at all."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {str(name): clean(each) for name, each in value.items()}
    if isinstance(value, list):
        return [clean(each) for each in value]
    return value


def attach(file: StoredFile) -> Attachment:
    """A file that stands in our own store."""
    return Attachment(
        kind=file.kind,  # type: ignore[arg-type]
        channel=file.channel,
        handle=file.handle,
        title=file.title,
        mime=file.mime,
        size=file.size,
    )


def hear_say(
    frame: Say,
    address: Address,
    sender: Sender,
    files: list[Attachment],
    *,
    post_id: int | None = None,
    private: bool = True,
) -> Inbound:
    return Inbound(
        key=f"{address.chat}:{frame.key}",
        address=address,
        sender=sender,
        private=private,
        external_id=str(post_id) if post_id else "",
        text=frame.text,
        payload=_payload(frame.text),
        attachments=tuple(files),
        reply_to=str(frame.reply_to) if frame.reply_to else None,
    )


def hear_press(frame: Press, address: Address, sender: Sender, *, private: bool = True) -> Inbound:
    return Inbound(
        key=f"{address.chat}:{frame.key}",
        address=address,
        sender=sender,
        private=private,
        happening=Happening.PRESS,
        pressed=frame.action,
    )


def hear_start(start: str, address: Address, sender: Sender) -> Inbound:
    """Opening the chat for the first time, or by a deep link, is a `/start`. Once for each link:
    on a site the same link comes with every page."""
    return Inbound(
        key=f"{address.chat}:start {start}",
        address=address,
        sender=sender,
        text=f"/start {start}".strip(),
        payload=start,
    )


def _payload(text: str) -> str:
    command, _, payload = text.partition(" ")
    return payload.strip() if command == "/start" else ""
