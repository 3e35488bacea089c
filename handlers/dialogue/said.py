"""What a person told: words, files, and the ids they stand under, as JSON that a dialogue keeps."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from services.messaging.types import Attachment, Inbound

Said = dict[str, Any]
"""`{"words": "…", "attachments": […], "ids": […]}`; by the ids quotes and edits find it later.
What else a dialogue notes of it stays with it."""

_LETTER = re.compile(r"\w")


def tell(inbound: Inbound) -> Said:
    ids = inbound.parts or ((inbound.external_id,) if inbound.external_id else ())
    return {
        "words": inbound.text.strip(),
        "attachments": takeable(inbound.attachments),
        "ids": list(ids),
    }


def says_nothing(said: Said) -> bool:
    return not said["words"] and not said["attachments"]


def says_what(said: Said) -> bool:
    """A file, or at least one letter or digit: a lone 👍 tells nobody what happened."""
    return bool(said["attachments"] or _LETTER.search(said["words"]))


def join(*said: Said) -> Said:
    """One after another. The same words twice, sent by an impatient thumb, stay once."""
    words = dict.fromkeys(each["words"] for each in said if each["words"])
    more = {key: value for each in reversed(said) for key, value in each.items()}
    return more | {
        "words": "\n".join(words),
        "attachments": [file for each in said for file in each["attachments"]],
        "ids": [ident for each in said for ident in each.get("ids", [])],
    }


def takeable(attachments: Sequence[Attachment]) -> list[dict[str, Any]]:
    """What may go to staff, as JSON. A sticker says nothing."""
    return [
        a.model_dump(mode="json", exclude_defaults=True) for a in attachments if a.kind != "sticker"
    ]


def files_of(said: Said) -> list[Attachment]:
    return [Attachment.model_validate(file) for file in said["attachments"]]


def without_directions(text: str) -> str:
    """Marks that turn the direction of writing would turn the words around them too."""
    return text.translate(dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)]))
