"""Groups, supergroups and forums."""

from __future__ import annotations

import itertools
import time
from typing import TYPE_CHECKING, Literal

from .chats import Chat
from .errors import bad, forbidden
from .messages import ANONYMOUS, Account, Message
from .roles import RIGHTS, BotRole, BotStatus, Member
from .threads import ICON_COLORS, General, Topic
from .wire import Json

if TYPE_CHECKING:
    from .people import User
    from .world import World


class Group(Chat):
    """A group, supergroup or forum, with what its members may do to it."""

    def __init__(
        self,
        world: World,
        number: int,
        title: str,
        *,
        kind: Literal["group", "supergroup"] = "supergroup",
        forum: bool = False,
        bot: BotStatus = "administrator",
    ) -> None:
        super().__init__(world, number, title)
        self.kind = kind
        self.is_forum = forum
        self.bot = BotRole(bot)
        self.members: dict[int, Member] = {}
        self.topics: dict[int, Topic] = {}
        self.general = General(self)
        self.migrated_to: Group | None = None
        self.closed_refuses = False
        """A closed topic refuses even a bot that manages topics."""
        self._ids = itertools.count(2)

    def next_id(self) -> int:
        return next(self._ids) if self.kind == "supergroup" else super().next_id()

    def wire(self) -> Json:
        body: Json = {"id": self.id, "type": self.kind, "title": self.title}
        return body | ({"is_forum": True} if self.is_forum else {})

    def post(self, message: Message) -> Message:
        super().post(message)
        if message.thread_id is not None and (topic := self.topics.get(message.thread_id)):
            topic.messages.append(message)
        return message

    def thread_fields(self, message: Message, *, shallow: bool) -> Json:
        body: Json = {}
        replied = message.reply_to
        topic = self.topics.get(message.thread_id or 0)
        if topic is not None:
            body = {"message_thread_id": topic.id, "is_topic_message": True}
            if replied is None and message is not topic.created:
                replied = topic.created
        elif self.kind == "supergroup" and not self.is_forum and replied is not None:
            # A thread of replies has an id too, and is no topic.
            root = replied
            while root.reply_to is not None:
                root = root.reply_to
            body = {"message_thread_id": root.id}
        if replied is not None and not shallow:
            body["reply_to_message"] = replied.wire(shallow=True)
        return body

    def check_writable(self) -> None:
        if self.migrated_to is not None:
            raise bad(
                "group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=self.migrated_to.id,
            )
        if self.bot.status == "kicked":
            raise forbidden(f"bot was kicked from the {self.kind} chat")
        if self.bot.status == "left":
            raise forbidden(f"bot is not a member of the {self.kind} chat")

    def check_thread(self, thread_id: int | None) -> int | None:
        """The thread a message goes to; a group without topics ignores it, as Telegram does."""
        if not self.is_forum or not thread_id:
            return None
        topic = self.topics.get(thread_id)
        if thread_id == 1 or topic is None:
            raise bad("message thread not found")
        if topic.deleted:
            raise bad(self.world.deleted_topic)
        if topic.closed and (self.closed_refuses or not self.bot.may("can_manage_topics")):
            raise bad("TOPIC_CLOSED")
        return thread_id

    def visible(self, message: Message) -> bool:
        """Whether the bot is told of a message here."""
        if not self.bot.present:
            return False
        if self.bot.status == "administrator" or not self.world.privacy or message.service:
            return True
        to_bot = message.reply_to is not None and message.reply_to.from_bot
        return to_bot or message.text.startswith("/")

    # What its members do.

    def add(
        self, user: User, *, admin: bool = False, owner: bool = False, anonymous: bool = False
    ) -> User:
        """A member, without a word in the chat; ``joins`` of the user says it."""
        self.members[user.id] = Member(user, admin or owner or anonymous, owner, anonymous)
        return user

    def remove(self, user: User) -> None:
        self.members.pop(user.id, None)

    async def open_topic(self, name: str, *, by: User, icon: str = "") -> Topic:
        return self.make_topic(name, by, icon=icon)

    async def rename_topic(self, topic: int, name: str, *, by: User) -> None:
        self.topics[topic].name = name
        self.topics[topic].names.append(name)
        self.serve({"forum_topic_edited": {"name": name}}, by, topic)

    async def close_topic(self, topic: int, *, by: User) -> None:
        self.topics[topic].closed = True
        self.serve({"forum_topic_closed": {}}, by, topic)

    async def reopen_topic(self, topic: int, *, by: User) -> None:
        self.topics[topic].closed = False
        self.serve({"forum_topic_reopened": {}}, by, topic)

    def delete_topic(self, topic: int) -> None:
        """With all its messages, and no word to the bot."""
        gone = self.topics[topic]
        gone.deleted = True
        for message in gone.messages:
            message.deleted = True
        self.world.touch()

    async def pin(self, message: Message, *, by: User) -> Message:
        message.pinned = True
        return self.serve({"pinned_message": message.wire(shallow=True)}, by, message.thread_id)

    async def rename(self, title: str, *, by: User) -> Message:
        self.title = title
        return self.serve({"new_chat_title": title}, by, None)

    async def migrate(self, *, by: User | None = None, keep_topics: bool = False) -> Group:
        """The chat goes on under a new id; the old one answers with it."""
        actor: Account = by or ANONYMOUS
        new = self.world.group(self.title, kind="supergroup", forum=self.is_forum)
        new.bot = self.bot
        new.members = dict(self.members)
        self.serve({"migrate_to_chat_id": new.id}, actor, None)
        if keep_topics:
            new.topics, new.messages, new._by_id = self.topics, self.messages, self._by_id
            new._ids = self._ids
            self.topics, self.messages, self._by_id = {}, [], {}
            for message in new.messages:
                message.chat = new
            for topic in new.topics.values():
                topic.group = new
        self.migrated_to = new
        new.serve({"migrate_from_chat_id": self.id}, actor, None)
        return new

    async def set_bot(self, status: BotStatus, *, by: User | None = None) -> None:
        """Makes the bot that, and tells it with ``my_chat_member``."""
        old = self.bot_member()
        self.bot.status = status
        self.world.updates.put(
            "my_chat_member",
            {
                "chat": self.wire(),
                "from": (by or ANONYMOUS).wire(),
                "date": int(time.time()),
                "old_chat_member": old,
                "new_chat_member": self.bot_member(),
            },
            self.id,
        )

    async def demote_bot(self) -> None:
        await self.set_bot("member")

    async def promote_bot(self) -> None:
        await self.set_bot("administrator")

    async def kick_bot(self) -> None:
        await self.set_bot("kicked")

    def set_forum(self, on: bool) -> None:
        self.is_forum = on

    # Used by both sides.

    def make_topic(
        self, name: str, actor: Account, *, color: int | None = None, icon: str = ""
    ) -> Topic:
        color = ICON_COLORS[0] if color is None else color
        said: Json = {"name": name, "icon_color": color}
        if icon:
            said["icon_custom_emoji_id"] = icon
        created = Message(
            self, actor, extra={"forum_topic_created": said}, service=True, thread_id=-1
        )
        self.post(created)
        topic = Topic(self, created, name, color, icon)
        created.thread_id = topic.id
        topic.messages.append(created)
        self.topics[topic.id] = topic
        self.world.tell(created)
        return topic

    def serve(self, what: Json, actor: Account, thread: int | None) -> Message:
        """A service message; the bot is told even of its own."""
        message = Message(self, actor, extra=what, service=True, thread_id=thread)
        member = self.members.get(actor.id)
        if member is not None and member.anonymous:
            message.sender, message.sender_chat = ANONYMOUS, self
        self.post(message)
        self.world.tell(message)
        return message

    def member(self, user: Account) -> Json:
        found = self.members.get(user.id)
        body: Json = {"user": user.wire(), "status": "left"}
        if found is None:
            return body
        if found.owner:
            return body | {"status": "creator", "is_anonymous": found.anonymous}
        if found.admin:
            return body | {
                "status": "administrator",
                "can_be_edited": False,
                "is_anonymous": found.anonymous,
                **dict.fromkeys(RIGHTS, True),
            }
        return body | {"status": "member"}

    def bot_member(self) -> Json:
        body: Json = {"user": self.world.bot.wire(), "status": self.bot.status}
        if self.bot.status == "administrator":
            body |= {"can_be_edited": False, "is_anonymous": False}
            body |= {right: right in self.bot.rights for right in RIGHTS}
        elif self.bot.status == "kicked":
            body["until_date"] = 0
        elif self.bot.status == "restricted":
            body["status"] = "member"
        return body
