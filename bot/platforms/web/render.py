"""Outbounds as posts of a browser chat, and kept posts as the protocol's POST."""

from __future__ import annotations

import json
from typing import Any

from services.messaging.types import Attachment, Outbound
from services.tables import StoredFile, WebPost

FILES_AT = "/chat/files"


def render(message: Outbound, files: dict[str, StoredFile]) -> dict[str, Any]:
    """What is kept of a message. `files` gives the stored file of each attachment's handle."""
    body: dict[str, Any] = {
        "header": message.header,
        "text": message.text,
        "attachments": [render_attachment(a, files.get(a.handle)) for a in message.attachments],
    }
    if message.keyboard is not None:
        body["standing"] = message.keyboard.standing
        body["buttons"] = [
            [
                {"label": b.label, "url": b.url}
                if b.url
                else {"label": b.label, "action": b.action}
                for b in row
                if b.url or b.action  # a browser has no phone number to share
            ]
            for row in message.keyboard.rows
        ]
    return body


def render_attachment(attachment: Attachment, file: StoredFile | None) -> dict[str, Any]:
    return {
        "kind": attachment.kind,
        "file": file.id if file else "",
        "title": attachment.title,
        "size": attachment.size,
        "mime": attachment.mime,
        "latitude": attachment.latitude,
        "longitude": attachment.longitude,
        "phone": attachment.phone,
    }


def show_attachment(kept: dict[str, Any], files_at: str) -> dict[str, Any]:
    """A kept attachment with its address for this reader."""
    shown = {name: value for name, value in kept.items() if name != "file"}
    return {**shown, "url": f"{files_at}/{kept['file']}" if kept["file"] else ""}


def show_post(post: WebPost, files_at: str) -> dict[str, Any]:
    body = post.body
    return {
        "id": post.id,
        "by": post.by,
        "header": body.get("header", ""),
        "text": body.get("text", ""),
        "at": post.at.isoformat(),
        "buttons": [row for row in body.get("buttons", []) if row],
        "standing": body.get("standing", False),
        "attachments": [show_attachment(a, files_at) for a in body.get("attachments", [])],
        "reply_to": post.reply_to,
        "edited": post.edited_at is not None,
    }


def to_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
