"""What is heard and what is said, the same for every messenger.

These are values: frozen, hashable where it matters, and able to become JSON and back
without loss, because the inbox and the outbox keep them as JSON.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict

PHONE = "phone"
"""No messenger: what is said to a contact of this channel waits until a member calls."""
OFF = "off"
"""Why a contact is unreachable whose messenger is switched off in the settings."""


class Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Address(Value):
    """Where a message came from or goes to. `topic` only inside a staff room."""

    channel: str
    chat: str
    topic: str | None = None


AttachmentKind = Literal[
    "photo", "document", "voice", "audio", "video", "video_note", "location", "contact", "sticker"
]


class Attachment(Value):
    """A file, a place or a visiting card.

    `handle` is the messenger's own id of the file, good only inside `channel`; elsewhere the
    bytes are fetched from that channel and uploaded anew. `size` in bytes, `duration` in
    seconds. A location carries `latitude`/`longitude` and no handle, a contact `phone`, a
    sticker its emoji in `title`. `own`: the messenger vouches that the phone is the sender's.
    """

    kind: AttachmentKind
    channel: str = ""
    handle: str = ""
    title: str = ""
    mime: str = ""
    size: int | None = None
    duration: int | None = None
    latitude: float | None = None
    longitude: float | None = None
    phone: str = ""
    own: bool = False


class Sender(Value):
    """Who wrote, as the messenger tells it. `anonymous`: the group speaks, not a person."""

    id: str
    name: str = ""
    username: str = ""
    language: str = ""
    anonymous: bool = False
    bot: bool = False


class Happening(StrEnum):
    """What an inbound is, beyond a message."""

    MESSAGE = "message"
    EDIT = "edit"
    PRESS = "press"
    READ = "read"  # the person has read all up to `external_id`
    BLOCKED = "blocked"  # the person stopped the bot
    UNBLOCKED = "unblocked"
    JOINED = "joined"  # our bot became a member of a group
    REMOVED = "removed"  # our bot was thrown out
    DEMOTED = "demoted"  # our bot is in the group and is not told what is said there
    TOPIC_CLOSED = "topic_closed"
    TOPIC_REOPENED = "topic_reopened"
    MIGRATED = "migrated"  # `text` is the chat's new id


class Inbound(Value):
    """One thing heard.

    `key` is unique inside its channel for ever and is what makes a repeat harmless.
    `external_id` is the messenger's id of the message, unique inside `address.chat`.
    `album` groups the parts of an album. `reply_to` and `edits` are external ids.
    `payload` is what a deep link carried. `pressed` is the action of the pressed button.
    """

    key: str
    address: Address
    sender: Sender
    happening: Happening = Happening.MESSAGE
    private: bool = True
    external_id: str = ""
    text: str = ""
    pressed: str = ""
    payload: str = ""
    attachments: tuple[Attachment, ...] = ()
    reply_to: str | None = None
    edits: str | None = None
    album: str | None = None
    parts: tuple[str, ...] = ()  # external ids of a whole album, in order
    sent_at: datetime | None = None
    unreadable: Literal["", "too_big", "poll", "other"] = ""  # why we could not take it in


class Button(Value):
    """`action` is at most 64 bytes of UTF-8, slash-separated: "ticket/show/123". `copies`: what a
    press puts into the clipboard, where the messenger can; elsewhere there is no such button."""

    label: str
    action: str = ""
    url: str = ""
    copies: str = ""
    asks: Literal["", "contact", "location"] = ""


class Keyboard(Value):
    """Rows of buttons. `standing` ones stay under the input field until replaced."""

    rows: tuple[tuple[Button, ...], ...] = ()
    standing: bool = False

    def flat(self) -> list[Button]:
        return [button for row in self.rows for button in row]


class Lane(StrEnum):
    """Rows of one address keep their order within a lane; lanes do not wait for each other."""

    ALARM = "alarm"
    TALK = "talk"
    NOTICE = "notice"
    BULK = "bulk"


class Kind(StrEnum):
    """Why a row is sent: decides priority and what an unknown outcome means."""

    ALARM = "alarm"
    REPLY = "reply"
    RELAY = "relay"
    NOTICE = "notice"
    BULK = "bulk"

    @property
    def lane(self) -> Lane:
        return _LANES[self]

    @property
    def priority(self) -> int:
        return list(Kind).index(self)

    @property
    def repeats(self) -> bool:
        """Whether a row whose outcome is unknown is sent once more."""
        return self in (Kind.ALARM, Kind.REPLY, Kind.RELAY)


_LANES = {
    Kind.ALARM: Lane.ALARM,
    Kind.REPLY: Lane.TALK,
    Kind.RELAY: Lane.TALK,
    Kind.NOTICE: Lane.NOTICE,
    Kind.BULK: Lane.BULK,
}


class Outbound(Value):
    """One thing to say, in plain text; a channel escapes and splits it as it needs.

    `header` is set apart (bold where there is bold). `silent` makes no sound. `reply_to` and
    `replaces` are external ids; services name our own messages instead and delivery resolves
    them. `repeated`: it may stand there already, and is marked so; `kind` is why it is sent:
    delivery gives both. `summed`: the same words with a place for what is owed, `{sum}`; delivery
    takes them instead of `text`, where that may be shown when it leaves.
    """

    text: str = ""
    header: str = ""
    keyboard: Keyboard | None = None
    attachments: tuple[Attachment, ...] = ()
    reply_to: str | None = None
    replaces: str | None = None
    silent: bool = False
    repeated: bool = False
    kind: Kind | None = None
    summed: str = ""


class Limits(Value):
    """What a messenger takes, as data. Text lengths in UTF-16 units, sizes in bytes, rates a
    second; every call into one group counts against `group_calls`."""

    text: int = 4096
    caption: int = 1024
    button_bytes: int = 64
    row: int = 8
    buttons: int = 100
    album: int = 10
    download: int = 20 * 1024 * 1024
    upload: int = 50 * 1024 * 1024
    per_second: float = 30
    burst: int = 30  # calls that may be made at once, of those of a second
    chat_per_second: float = 1
    chat_burst: int = 5
    group_calls: int = 20  # in `group_window` seconds; 0 = no limit
    group_window: float = 60
    key_lives: float = 0  # seconds in which a repeat with the same nonce is harmless there
    at_once: int = 64  # chats written to at the same time
    batches: bool = False  # the channel gathers news itself, and lets dialogues pass there

    def scaled(self, factor: float) -> Limits:
        """The same messenger, `factor` times faster: for tests and benchmarks. Its network is not,
        so that more is on the way at a time."""
        return self.model_copy(
            update={
                "at_once": int(self.at_once * min(max(1.0, factor), 4.0)),
                "per_second": self.per_second * factor,
                "chat_per_second": self.chat_per_second * factor,
                "group_window": self.group_window / factor,
            }
        )
