"""What was heard, what is to be said, and where conversations stand."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.tables.base import Numbered, Table


class ChannelState(Table):
    """One row a channel. `cursor` is where polling stands; `epoch` counts leaders, so that a
    leader who lost the lock can claim nothing more. `about`: how we are found there, see
    `services.links`. `off_since`: no process has had a token for it since then."""

    __tablename__ = "channels"

    name: Mapped[str] = mapped_column(primary_key=True)
    cursor: Mapped[str | None]
    epoch: Mapped[int] = mapped_column(server_default=text("0"))
    about: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"), default=dict)
    off_since: Mapped[datetime | None]


class Heard(Numbered):
    """The inbox. One row an inbound, an album in one row. `body` is an `Inbound`; `parts` are
    an album's parts, an `Inbound` each."""

    __tablename__ = "inbox"

    channel: Mapped[str]
    key: Mapped[str]
    chat: Mapped[str]
    topic: Mapped[str] = mapped_column(server_default="")
    body: Mapped[dict[str, Any]]
    parts: Mapped[list[Any]] = mapped_column(server_default=text("'[]'::jsonb"))
    state: Mapped[str] = mapped_column(server_default="waiting")
    received_at: Mapped[datetime]
    ready_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    why: Mapped[str | None]
    fault: Mapped[str | None]  # the short number the person was given

    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'handled', 'set_aside')", name="state"),
        UniqueConstraint("channel", "key"),
        Index(
            "ix_inbox_waiting",
            "channel",
            "chat",
            "topic",
            "id",
            postgresql_where=text("state = 'waiting'"),
        ),
        Index("ix_inbox_ready", "id", postgresql_where=text("state = 'waiting'")),
        Index("ix_inbox_set_aside", "id", postgresql_where=text("state = 'set_aside'")),
        Index("ix_inbox_handled_at", "handled_at"),
    )


class SessionRow(Table):
    """Where a conversation stands: the scene, its state, and the buttons offered last."""

    __tablename__ = "sessions"

    channel: Mapped[str] = mapped_column(primary_key=True)
    chat: Mapped[str] = mapped_column(primary_key=True)
    sender: Mapped[str] = mapped_column(primary_key=True)
    scene: Mapped[str]
    state: Mapped[dict[str, Any]]
    offered: Mapped[list[Any]]
    updated_at: Mapped[datetime]


class Outgoing(Numbered):
    """The outbox. `queue` orders rows: address and lane. `body` is an `Outbound`.

    A row for a staff room names `room_id` and `thread_id`; delivery finds or makes the topic.
    `message_id` is the message this row carries; `reply_to_message` and `replaces_message`
    point at our messages; `also` are further messages folded into the same post. `withdraws`:
    what `replaces_message` names is taken back. `renames`: the thread's topic gets the name that
    fits when the row leaves, and nothing is said. `contact_id` is whom a refusal makes unreachable.
    `notice_id`: the notice to many that this row is a part of; `moved`: the person was told it by
    another messenger instead. `replaces_row`: the row whose post gets these words.
    `nonce` is the key of messengers that take one. `attempts` counts tries that were not free,
    `unsure` those whose outcome is unknown. State: waiting → sending → sent | refused | unknown,
    or dropped before it left; parts of a notice are parked before, where only its own state and
    moment hold them."""

    __tablename__ = "outbox"

    channel: Mapped[str]
    chat: Mapped[str]
    topic: Mapped[str] = mapped_column(server_default="")
    queue: Mapped[str]
    kind: Mapped[str]
    priority: Mapped[int] = mapped_column(Integer)
    body: Mapped[dict[str, Any]]
    reaction: Mapped[str] = mapped_column(server_default="")
    room_id: Mapped[int | None] = mapped_column(ForeignKey("rooms.id"))
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("threads.id"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"))
    also: Mapped[list[Any]] = mapped_column(server_default=text("'[]'::jsonb"))
    withdraws: Mapped[bool] = mapped_column(server_default=text("false"))
    renames: Mapped[bool] = mapped_column(server_default=text("false"))
    reply_to_message: Mapped[int | None] = mapped_column(ForeignKey("messages.id"))
    replaces_message: Mapped[int | None] = mapped_column(ForeignKey("messages.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    notice_id: Mapped[int | None]  # no foreign key: to check it took a third of a mailing's commit
    moved: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    replaces_row: Mapped[int | None]
    nonce: Mapped[int]
    state: Mapped[str] = mapped_column(server_default="waiting")
    created_at: Mapped[datetime]
    not_before: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    unsure: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    epoch: Mapped[int | None]
    started_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    external_ids: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True))
    reason: Mapped[str] = mapped_column(server_default="")
    why: Mapped[str | None]

    __table_args__ = (
        CheckConstraint(
            "state IN ('parked', 'waiting', 'sending', 'sent', 'refused', 'unknown', 'dropped')",
            name="state",
        ),
        Index(
            "ix_outbox_queue",
            "channel",
            "queue",
            "id",
            postgresql_where=text("state IN ('waiting', 'sending')"),
        ),
        Index(
            "ix_outbox_waiting",
            "channel",
            "priority",
            "id",
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "ix_outbox_sending",
            "channel",
            "id",
            postgresql_where=text("state = 'sending'"),
        ),
        Index(
            "ix_outbox_parked",
            "notice_id",
            "channel",
            "not_before",
            "id",
            postgresql_where=text("state = 'parked'"),
        ),
        Index(
            "ix_outbox_contact_id",
            "contact_id",
            postgresql_where=text("contact_id IS NOT NULL"),
        ),
        # A notice has a hundred thousand rows at once: they stand in no index that is not for them.
        Index(
            "ix_outbox_message_id",
            "message_id",
            postgresql_where=text("message_id IS NOT NULL"),
        ),
        Index(
            "ix_outbox_settled_at",
            "settled_at",
            postgresql_where=text("settled_at IS NOT NULL"),
        ),
        *(  # asked for when a message is cleared away
            Index(f"ix_outbox_{name}", name, postgresql_where=text(f"{name} IS NOT NULL"))
            for name in ("reply_to_message", "replaces_message")
        ),
        Index(  # asked for with each new topic
            "ix_outbox_thread_id",
            "thread_id",
            postgresql_where=text("thread_id IS NOT NULL"),
        ),
        Index(
            "ix_outbox_notice_id",
            "notice_id",
            postgresql_where=text("notice_id IS NOT NULL"),
        ),
        Index(
            "ix_outbox_unseen",
            "chat",
            postgresql_where=text(
                "channel IN ('web', 'vk') AND message_id IS NOT NULL AND delivered_at IS NULL"
            ),
        ),
    )


class MessageCopy(Table):
    """A message as it stands in one chat: the link from a messenger's id to ours and back. A post
    that several messages were folded into has a row for each of them."""

    __tablename__ = "message_copies"

    channel: Mapped[str] = mapped_column(primary_key=True)
    chat: Mapped[str] = mapped_column(primary_key=True)
    external_id: Mapped[str] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(
        ForeignKey("messages.id"), primary_key=True, autoincrement=False, index=True
    )
    part: Mapped[int] = mapped_column(Integer)


class StoredFile(Table):
    """A file we can give out again. `id` is random and unguessable; `path` is relative to the
    folder of stored files, empty while the bytes are only with the messenger."""

    __tablename__ = "files"

    id: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str]
    handle: Mapped[str]
    owner: Mapped[str]  # the chat it was uploaded in
    kind: Mapped[str]
    title: Mapped[str]
    mime: Mapped[str]
    size: Mapped[int | None]
    path: Mapped[str]
    created_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("channel", "handle"),
        Index("ix_files_path", "path", postgresql_where=text("path <> ''")),
        Index(  # of one's own data, looked for by the clock
            "ix_files_my_data",
            "created_at",
            postgresql_where=text("owner LIKE 'my data of contact:%'"),
        ),
    )


class FileHandle(Table):
    """The id a second messenger gave a file, so that it is uploaded once a channel."""

    __tablename__ = "file_handles"

    source_channel: Mapped[str] = mapped_column(primary_key=True)
    source_handle: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    handle: Mapped[str]


class WebPost(Numbered):
    """A line of a browser chat, in and out. `key` is the browser's own for what it said."""

    __tablename__ = "web_posts"

    channel: Mapped[str]
    chat: Mapped[str]
    topic: Mapped[str] = mapped_column(server_default="")
    by: Mapped[str]  # me, company
    key: Mapped[str]
    body: Mapped[dict[str, Any]]
    reply_to: Mapped[int | None]
    at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("channel", "chat", "key"),
        Index("ix_web_posts_channel_chat_topic_id", "channel", "chat", "topic", "id"),
    )
