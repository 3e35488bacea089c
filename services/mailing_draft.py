"""What a member filled in to send to many, and by what the same is known again."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Literal

from services.mailing_audience import Audience
from services.tables import Mailing

MailingKind = Literal["news", "important", "offer"]


@dataclass(frozen=True)
class MailingDraft:
    """What a member filled in. `photos` are `Attachment`s as JSON; `by_night`: it does not wait for
    the morning."""

    kind: MailingKind
    text: str
    photos: tuple[dict[str, Any], ...]
    audience: Audience
    form: dict[str, Any]
    by_night: bool = False


def key_of(mailing: Mailing) -> str:
    """The same words and pictures for the same people. A picture that was uploaded anew has
    another handle and the same size."""
    photos = [[p["kind"], p.get("size") or p.get("handle", "")] for p in mailing.photos]
    same = [mailing.kind, " ".join(mailing.text.split()), photos, mailing.audience]
    told = json.dumps(same, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()
