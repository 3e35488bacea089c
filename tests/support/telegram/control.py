"""Driving the stand-in from another process: JSON under ``/control``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

from .groups import Group
from .messages import Message
from .wire import Json

if TYPE_CHECKING:
    from .people import User
    from .server import TelegramStandIn

COUNTED = {"sendMessage", "sendPhoto", "sendMediaGroup", "editMessageText"}
Action = Callable[["TelegramStandIn", Json], Awaitable[Any]]
ACTIONS: dict[str, Action] = {}


def action(function: Action) -> Action:
    ACTIONS[function.__name__] = function
    return function


def routes(tg: TelegramStandIn) -> list[web.RouteDef]:
    async def serve(request: web.Request) -> web.Response:
        chosen = ACTIONS.get(request.match_info["action"])
        if chosen is None:
            return web.json_response({"error": "no such action"}, status=404)
        asked: Json = dict(request.query)
        if request.can_read_body:
            asked |= await request.json()
        try:
            return web.json_response(await chosen(tg, asked))
        except (AssertionError, KeyError, TimeoutError) as error:
            return web.json_response({"error": str(error)}, status=400)

    return [web.route("*", "/control/{action}", serve)]


def _user(tg: TelegramStandIn, asked: Json) -> User:
    number = int(asked["user"])
    return tg.user(str(asked.get("name", f"Житель {number}")), number)


def _group(tg: TelegramStandIn, number: Any) -> Group:
    chat = tg.chats[int(number)]
    assert isinstance(chat, Group), f"{number} is no group"
    return chat


def describe(message: Message) -> Json:
    return {
        "chat": message.chat.id,
        "message_id": message.id,
        "thread": message.thread_id,
        "from": message.sender.id,
        "from_bot": message.from_bot,
        "text": message.text,
        "rows": message.rows,
        "media": message.media.kind if message.media else None,
        "album": message.media_group_id,
        "reply_to": message.reply_to.id if message.reply_to else None,
        "service": next(iter(message.extra), None) if message.service else None,
        "edits": len(message.edited),
        "deleted": message.deleted,
        "at": message.sent_at,
    }


@action
async def user(tg: TelegramStandIn, asked: Json) -> Json:
    """{user, name?, started?, group?, admin?}"""
    made = _user(tg, asked)
    made.chat.opened = made.chat.opened or bool(asked.get("started"))
    if "group" in asked:
        _group(tg, asked["group"]).add(made, admin=bool(asked.get("admin")))
    return made.wire()


@action
async def forum(tg: TelegramStandIn, asked: Json) -> Json:
    """{id?, title?}"""
    number = int(asked["id"]) if "id" in asked else None
    return tg.forum(str(asked.get("title", "Диспетчерская")), number).wire()


@action
async def say(tg: TelegramStandIn, asked: Json) -> Json:
    """{user, text, name?, group?, topic?, reply_to?}"""
    group = _group(tg, asked["group"]) if "group" in asked else None
    who = _user(tg, asked)
    if group is not None and who.id not in group.members:
        group.add(who)
    place = group or who.chat
    said = await who.says(
        str(asked["text"]),
        chat=group,
        topic=int(asked["topic"]) if asked.get("topic") else None,
        reply_to=place.find(int(asked["reply_to"])) if asked.get("reply_to") else None,
    )
    return describe(said)


@action
async def press(tg: TelegramStandIn, asked: Json) -> Json:
    """{user, message_id, button, chat?, wait?}: waits ``wait`` seconds (5) for the answer"""
    who = _user(tg, asked)
    message = tg.chats[int(asked.get("chat", who.id))].find(int(asked["message_id"]))
    assert message is not None, "no such message"
    made = tg.press(who, message, str(asked["button"]))
    wait = float(asked.get("wait", 5))
    if wait:
        await tg.wait(lambda: made.answered, wait)
    return {"id": made.id, "answered": made.answered, "text": made.text, "alert": made.alert}


@action
async def messages(tg: TelegramStandIn, asked: Json) -> list[Json]:
    """{chat?, after?}: of one chat those with an id over ``after``; without it all the bot sent"""
    if "chat" not in asked:
        return [describe(each) for each in tg.sent]
    after = int(asked.get("after", 0))
    return [describe(each) for each in tg.chats[int(asked["chat"])].messages if each.id > after]


@action
async def topics(tg: TelegramStandIn, asked: Json) -> list[Json]:
    """{group}"""
    return [
        topic.wire() | {"closed": topic.closed, "deleted": topic.deleted}
        for topic in _group(tg, asked["group"]).topics.values()
    ]


@action
async def delete_topic(tg: TelegramStandIn, asked: Json) -> bool:
    """{group, topic}"""
    _group(tg, asked["group"]).delete_topic(int(asked["topic"]))
    return True


@action
async def fault(tg: TelegramStandIn, asked: Json) -> bool:
    """The arguments of ``faults.next`` by name, or {"clear": true}"""
    if asked.pop("clear", False):
        tg.faults.clear()
    else:
        tg.faults.next(**asked)
    return True


@action
async def at_random(tg: TelegramStandIn, asked: Json) -> bool:
    """The arguments of ``faults.at_random`` by name"""
    tg.faults.at_random(**asked)
    return True


@action
async def count(tg: TelegramStandIn, _: Json) -> int:
    """Messages sent so far"""
    return len(tg.sent)


@action
async def people(tg: TelegramStandIn, asked: Json) -> int:
    """{first, count}: so many who have opened the chat before"""
    first, count = int(asked["first"]), int(asked["count"])
    for number in range(first, first + count):
        tg.user(f"Житель {number}", number, started=True)
    return len(tg.users)


@action
async def sends(tg: TelegramStandIn, asked: Json) -> Json:
    """{after?}: of the calls that send since the moment ``after``: when each that was taken was,
    and to whom, and how many were answered by which code"""
    after = float(asked.get("after", 0))
    made = [each for each in tg.calls if each.method in COUNTED and each.at >= after]
    codes = Counter(str(each.code) for each in made)
    return {
        "taken": [[each.accepted_at, each.chat] for each in made if each.accepted],
        "codes": dict(codes),
    }


@action
async def replies(tg: TelegramStandIn, asked: Json) -> list[float]:
    """{after?}: for each word since then, seconds from when it was said to its answer"""
    after = float(asked.get("after", 0))
    taken: dict[int, list[float]] = {}
    for call in tg.calls:
        if call.messages and call.accepted_at is not None and call.accepted_at >= after:
            taken.setdefault(call.messages[0].chat.id, []).append(call.accepted_at)
    delays = []
    for update in tg.updates.all.values():
        if update.made_at >= after:
            later = [at for at in taken.get(update.chat, ()) if at >= update.made_at]
            if later:
                delays.append(later[0] - update.made_at)
    return delays


@action
async def redeliver(tg: TelegramStandIn, asked: Json) -> list[int]:
    """{update_id, times?}"""
    return await tg.redeliver(int(asked["update_id"]), int(asked.get("times", 1)))


@action
async def updates(tg: TelegramStandIn, _: Json) -> list[Json]:
    return [
        {
            "update_id": each.id,
            "kind": each.kind,
            "chat": each.chat,
            "made_at": each.made_at,
            "handed_at": each.handed_at,
            "confirmed_at": each.confirmed_at,
        }
        for each in tg.updates.all.values()
    ]


@action
async def calls(tg: TelegramStandIn, _: Json) -> list[Json]:
    return [
        {
            "method": each.method,
            "chat": each.chat,
            "at": each.at,
            "accepted_at": each.accepted_at,
            "code": each.code,
            "fault": each.fault,
        }
        for each in tg.calls
    ]


@action
async def stats(tg: TelegramStandIn, _: Json) -> Json:
    return tg.stats.wire() | {
        "malformed": tg.malformed,
        "sent": len(tg.sent),
        "pending": len(tg.updates.pending),
        "replies": tg.timings.replies(),
    }
