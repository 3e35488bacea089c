"""What a browser says as inbounds. Anything not of the protocol's shape is `BadFrame`."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.messaging.types import Address, Attachment, Happening, Inbound, Sender
from services.tables import StoredFile

NAME = "web"
LONGEST = 20_000  # characters; far beyond what anyone types, short of what hurts


class BadFrame(Exception):
    """Not of the protocol's shape."""


class Frame(BaseModel):
    model_config = ConfigDict(extra="ignore")


class Hello(Frame):
    do: Literal["hello"]
    after: int = Field(default=0, ge=0)
    start: str = Field(default="", max_length=64)


class Say(Frame):
    do: Literal["say"] = "say"
    key: UUID
    text: str = ""
    files: tuple[str, ...] = Field(default=(), max_length=20)
    reply_to: int | None = None


class Press(Frame):
    do: Literal["press"] = "press"
    key: UUID
    post: int = 0
    action: str = Field(min_length=1, max_length=64)
    label: str = Field(default="", max_length=200)


class Seen(Frame):
    do: Literal["seen"]
    upto: int = Field(ge=0, le=2**62)


KINDS: dict[str, type[Frame]] = {"hello": Hello, "say": Say, "press": Press, "seen": Seen}


def parse_frame(data: Any) -> Frame:
    kind = KINDS.get(data.get("do", "")) if isinstance(data, dict) else None
    if kind is None:
        raise BadFrame
    try:
        return kind.model_validate(data)
    except ValidationError as wrong:
        raise BadFrame from wrong


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


def hear_say(frame: Say, address: Address, sender: Sender, post_id: int | None,
             files: list[Attachment], *, private: bool) -> Inbound:  # fmt: skip
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


def hear_press(frame: Press, address: Address, sender: Sender, *, private: bool) -> Inbound:
    return Inbound(
        key=f"{address.chat}:{frame.key}",
        address=address,
        sender=sender,
        private=private,
        happening=Happening.PRESS,
        pressed=frame.action,
    )


def hear_start(start: str, address: Address, sender: Sender, key: str) -> Inbound:
    """Opening the chat for the first time, or by a deep link, is a `/start`."""
    return Inbound(
        key=f"{address.chat}:{key}",
        address=address,
        sender=sender,
        text=f"/start {start}".strip(),
        payload=start,
    )


def _payload(text: str) -> str:
    command, _, payload = text.partition(" ")
    return payload.strip() if command == "/start" else ""
