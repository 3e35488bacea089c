"""Telegram's updates as inbounds."""

from __future__ import annotations

from typing import Any

from aiogram.enums import ChatMemberStatus, ChatType, ContentType
from aiogram.types import CallbackQuery, ChatMemberUpdated, Message, Update, User

from services.messaging.types import Address, Attachment, Happening, Inbound, Sender

NAME = "telegram"
ALLOWED_UPDATES = ["message", "edited_message", "callback_query", "my_chat_member"]
DOWNLOAD_LIMIT = 20 * 1024 * 1024
UNREADABLE = (  # said by a person, and nothing we can show; unknown is newer than this program
    ContentType.STORY, ContentType.DICE, ContentType.GAME, ContentType.INVOICE,
    ContentType.PAID_MEDIA, ContentType.CHECKLIST, ContentType.GIVEAWAY, ContentType.RICH_MESSAGE,
    ContentType.UNKNOWN,
)  # fmt: skip


OUTSIDE = (ChatMemberStatus.LEFT, ChatMemberStatus.KICKED)
PLAIN = (  # the fields of a message that every version of the Bot API has
    "message_id", "date", "edit_date", "chat", "from", "sender_chat", "text", "caption",
    "message_thread_id", "is_topic_message", "media_group_id",
)  # fmt: skip


def plainly(raw: dict[str, Any]) -> dict[str, Any]:
    """An update that cannot be read as it is, without what may be unreadable in it: a message is
    still heard, by its words, or as something we cannot take in."""
    plain: dict[str, Any] = {"update_id": raw.get("update_id")}
    for kind in ("message", "edited_message"):
        if isinstance(message := raw.get(kind), dict):
            plain[kind] = {name: message[name] for name in PLAIN if name in message}
    return plain


def parse(update: Update, bot_id: int, *, hears_all: bool = False) -> Inbound | None:
    """None for what concerns nobody: our own service messages, pins, joins of others. `hears_all`:
    privacy mode is off."""
    if update.message:
        return parse_message(update.message, bot_id)
    if update.edited_message:
        return parse_edit(update.edited_message, update.update_id)
    if update.callback_query:
        return parse_press(update.callback_query)
    if update.my_chat_member:
        return parse_membership(update.my_chat_member, update.update_id, hears_all=hears_all)
    return None


def parse_message(message: Message, bot_id: int) -> Inbound | None:
    key = f"m{message.chat.id}:{message.message_id}"
    happening = _service(message)
    if happening is not None:
        return Inbound(
            key=key,
            address=_address(message),
            sender=_sender(message),
            private=False,
            happening=happening,
            text=str(message.migrate_to_chat_id or ""),
        )
    if message.from_user and message.from_user.id == bot_id:
        return None
    attachments, unreadable = _attachments(message)
    text = message.text or message.caption or ""
    if not text and not attachments and not unreadable:
        return None  # a service message: somebody joined, a photo of the group changed
    command, _, payload = text.partition(" ")
    return Inbound(
        key=key,
        address=_address(message),
        sender=_sender(message),
        private=message.chat.type == ChatType.PRIVATE,
        external_id=str(message.message_id),
        text=text,
        payload=payload.strip() if command == "/start" else "",
        attachments=attachments,
        reply_to=_quoted(message),
        album=message.media_group_id,
        sent_at=message.date,
        unreadable=unreadable,  # type: ignore[arg-type]
    )


def parse_edit(message: Message, update_id: int) -> Inbound:
    """Two edits within a second have one date, so the update's own number tells them apart."""
    attachments, _ = _attachments(message)
    private = message.chat.type == ChatType.PRIVATE
    return Inbound(
        key=f"e{message.chat.id}:{message.message_id}:{message.edit_date}:{update_id}",
        address=_address(message),
        sender=_sender(message),
        private=private,
        happening=Happening.EDIT,
        external_id=str(message.message_id),
        edits=str(message.message_id),
        text=message.text or message.caption or "",
        attachments=attachments,
        reply_to=None if private else _quoted(message),
    )


def parse_press(press: CallbackQuery) -> Inbound | None:
    """A press under a message too old for Telegram to show still tells its chat."""
    if press.message is None or not press.data:
        return None
    topic = None
    if isinstance(press.message, Message):
        topic = _topic(press.message)
    return Inbound(
        key=f"c{press.id}",
        address=Address(channel=NAME, chat=str(press.message.chat.id), topic=topic),
        sender=_person(press.from_user),
        private=press.message.chat.type == ChatType.PRIVATE,
        happening=Happening.PRESS,
        external_id=str(press.message.message_id),
        pressed=press.data,
    )


def read_standing(status: str, *, hears_all: bool) -> Happening:
    """What we are in a group. Who is no admin there hears only commands and answers to itself,
    unless privacy mode is off (`hears_all`)."""
    if status in OUTSIDE:
        return Happening.REMOVED
    admin = status in (ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.CREATOR)
    return Happening.JOINED if admin or hears_all else Happening.DEMOTED


def parse_membership(
    change: ChatMemberUpdated, update_id: int, *, hears_all: bool = False
) -> Inbound | None:
    """Our own standing: a person stopped or started us, a group took us in or threw us out."""
    private = change.chat.type == ChatType.PRIVATE
    status = change.new_chat_member.status
    if private:
        happening = Happening.BLOCKED if status in OUTSIDE else Happening.UNBLOCKED
    else:
        happening = read_standing(status, hears_all=hears_all)
    return Inbound(
        key=f"b{change.chat.id}:{int(change.date.timestamp())}:{update_id}",
        address=Address(channel=NAME, chat=str(change.chat.id)),
        sender=_person(change.from_user),
        private=private,
        happening=happening,
    )


def _service(message: Message) -> Happening | None:
    if message.migrate_to_chat_id:
        return Happening.MIGRATED
    if message.forum_topic_closed:
        return Happening.TOPIC_CLOSED
    if message.forum_topic_reopened:
        return Happening.TOPIC_REOPENED
    return None


def _address(message: Message) -> Address:
    return Address(channel=NAME, chat=str(message.chat.id), topic=_topic(message))


def _topic(message: Message) -> str | None:
    # A reply in a group without topics carries a thread id too; only the flag tells.
    if message.is_topic_message and message.message_thread_id:
        return str(message.message_thread_id)
    return None


def _quoted(message: Message) -> str | None:
    """The message answered to. In a topic without a real reply Telegram names the message that
    made the topic."""
    quoted = message.reply_to_message
    if quoted is None or quoted.forum_topic_created:
        return None
    return str(quoted.message_id)


def _sender(message: Message) -> Sender:
    if message.sender_chat is not None:
        return Sender(id=str(message.sender_chat.id), anonymous=True, bot=True)
    if message.from_user is None:
        return Sender(id=str(message.chat.id), anonymous=True)
    return _person(message.from_user)


def _person(user: User) -> Sender:
    return Sender(
        id=str(user.id),
        name=user.full_name,
        username=user.username or "",
        language=user.language_code or "",
        bot=user.is_bot,
    )


def _attachments(message: Message) -> tuple[tuple[Attachment, ...], str]:
    """What the message carries, and why something of it cannot be taken."""
    if message.photo:
        return (_file("photo", message.photo[-1], mime="image/jpeg"),), ""
    if message.location:
        place = message.location
        return (
            Attachment(kind="location", latitude=place.latitude, longitude=place.longitude),
        ), ""
    if message.contact:
        card = message.contact
        name = " ".join(filter(None, [card.first_name, card.last_name]))
        sender = message.from_user
        own = sender is not None and card.user_id == sender.id and message.forward_origin is None
        return (Attachment(kind="contact", title=name, phone=card.phone_number, own=own),), ""
    if message.sticker:
        return (_file("sticker", message.sticker, title=message.sticker.emoji or ""),), ""
    for kind in ("voice", "audio", "video", "video_note", "document"):
        media = getattr(message, kind)
        if media:
            if (media.file_size or 0) > DOWNLOAD_LIMIT:
                return (), "too_big"
            return (_file(kind, media, title=getattr(media, "file_name", None) or ""),), ""
    if message.poll:
        return (), "poll"
    return (), "other" if message.content_type in UNREADABLE else ""


def _file(kind: str, media: object, *, title: str = "", mime: str = "") -> Attachment:
    return Attachment(
        kind=kind,  # type: ignore[arg-type]
        channel=NAME,
        handle=getattr(media, "file_id"),  # noqa: B009 (each kind of media has one)
        title=title,
        mime=getattr(media, "mime_type", None) or mime,
        size=getattr(media, "file_size", None),
        duration=getattr(media, "duration", None),
    )
