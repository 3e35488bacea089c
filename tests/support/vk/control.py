"""Driving the stand-in from another process: JSON under ``/control``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

from .messages import Message
from .wire import Json

if TYPE_CHECKING:
    from .people import User
    from .server import VkStandIn

Action = Callable[["VkStandIn", Json], Awaitable[Any]]
ACTIONS: dict[str, Action] = {}


def action(function: Action) -> Action:
    ACTIONS[function.__name__] = function
    return function


def routes(vk: VkStandIn) -> list[web.RouteDef]:
    async def serve(request: web.Request) -> web.Response:
        chosen = ACTIONS.get(request.match_info["action"])
        if chosen is None:
            return web.json_response({"error": "no such action"}, status=404)
        asked: Json = dict(request.query)
        if request.can_read_body:
            asked |= await request.json()
        try:
            return web.json_response(await chosen(vk, asked))
        except (AssertionError, KeyError, TimeoutError) as error:
            return web.json_response({"error": str(error)}, status=400)

    return [web.route("*", "/control/{action}", serve)]


def _user(vk: VkStandIn, asked: Json) -> User:
    number = int(asked["user"])
    return vk.user(str(asked.get("name", f"Житель {number}")), number)


def describe(message: Message) -> Json:
    return {
        "peer": message.chat.id,
        "message_id": message.id,
        "cmid": message.cmid,
        "from": message.from_id,
        "from_bot": message.from_bot,
        "text": message.text,
        "rows": message.rows,
        "attachments": [each.ref for each in message.attachments],
        "reply_to": message.reply_to.cmid if message.reply_to else None,
        "random_id": message.random_id,
        "edits": len(message.edited),
        "deleted": message.deleted,
        "at": message.sent_at,
    }


@action
async def user(vk: VkStandIn, asked: Json) -> Json:
    """{user, name?, started?}"""
    made = _user(vk, asked)
    if asked.get("started"):
        made.chat.opens()
    return made.wire()


@action
async def say(vk: VkStandIn, asked: Json) -> Json:
    """{user, text, name?, reply_to?, ref?}: ``reply_to`` is a cmid"""
    who = _user(vk, asked)
    reply = who.chat.find(int(asked["reply_to"])) if asked.get("reply_to") else None
    said = await who.says(str(asked["text"]), reply_to=reply, ref=str(asked.get("ref", "")))
    return describe(said)


@action
async def start(vk: VkStandIn, asked: Json) -> Json:
    """{user, name?, ref?}: the «Начать» button"""
    return describe(await _user(vk, asked).starts(str(asked.get("ref", ""))))


@action
async def photo(vk: VkStandIn, asked: Json) -> Json:
    """{user, text?, count?}"""
    items = [b"\xff\xd8photo %d" % index for index in range(int(asked.get("count", 1)))]
    return describe(await _user(vk, asked).sends_photos(items, str(asked.get("text", ""))))


@action
async def press(vk: VkStandIn, asked: Json) -> Json:
    """{user, cmid, button, wait?}: waits ``wait`` seconds (5) for the answer"""
    who = _user(vk, asked)
    message = who.chat.find(int(asked["cmid"]))
    assert message is not None, "no such message"
    made = vk.press(who, message, str(asked["button"]))
    wait = float(asked.get("wait", 5))
    if wait:
        await vk.wait(lambda: made.answered, wait)
    said = describe(made.said) if made.said else None
    return {"id": made.id, "answered": made.answered, "text": made.text, "said": said}


@action
async def permission(vk: VkStandIn, asked: Json) -> bool:
    """{user, do}: allow, deny, block, ban, unblock, deactivate"""
    who = _user(vk, asked)
    match asked["do"]:
        case "allow":
            await who.allows()
        case "deny":
            await who.denies()
        case "block":
            await who.blocks()
        case "ban":
            await who.blocks(900)
        case "unblock":
            await who.unblocks()
        case "deactivate":
            await who.deactivates()
        case other:
            raise AssertionError(f"do: {other} is unknown")
    return True


@action
async def messages(vk: VkStandIn, asked: Json) -> list[Json]:
    """{peer?, after?}: of one peer those with a cmid over ``after``; without it all sent"""
    if "peer" not in asked:
        return [describe(each) for each in vk.sent]
    after = int(asked.get("after", 0))
    return [describe(each) for each in vk.chats[int(asked["peer"])].messages if each.cmid > after]


@action
async def fault(vk: VkStandIn, asked: Json) -> bool:
    """The arguments of ``faults.next`` by name, or {"clear": true}"""
    if asked.pop("clear", False):
        vk.faults.clear()
    else:
        vk.faults.next(**asked)
    return True


@action
async def longpoll(vk: VkStandIn, asked: Json) -> bool:
    """{do}: forget (failed 1), expire (failed 2), lose (failed 3)"""
    doing = {"forget": vk.updates.forget, "expire": vk.updates.expire_key, "lose": vk.updates.lose}
    doing[asked["do"]]()
    return True


@action
async def callback(vk: VkStandIn, asked: Json) -> Json:
    """{url, secret?, events?}: a Callback server, confirmed"""
    events = asked.get("events", [])
    return (await vk.callback_to(asked["url"], str(asked.get("secret", "")), *events)).wire()


@action
async def count(vk: VkStandIn, _: Json) -> int:
    """Messages sent so far"""
    return len(vk.sent)


@action
async def people(vk: VkStandIn, asked: Json) -> int:
    """{first, count}: so many who have written to the community before"""
    first, count = int(asked["first"]), int(asked["count"])
    for number in range(first, first + count):
        vk.user(f"Житель {number}", number, started=True)
    return len(vk.users)


@action
async def sends(vk: VkStandIn, asked: Json) -> Json:
    """{after?}: of what was sent since the moment ``after``: when each message was taken and to
    whom, when each request left that carried some, and how many were answered by which code"""
    after = float(asked.get("after", 0))
    outer = [
        each
        for each in vk.calls
        if each.method in ("messages.send", "execute") and not each.inside and each.at >= after
    ]
    codes = Counter(str(each.code) for each in vk.calls if each.at >= after and each.code)
    return {
        "taken": [[each.sent_at, each.chat.id] for each in vk.sent if each.sent_at >= after],
        "requests": [each.at for each in outer],
        "codes": dict(codes),
    }


@action
async def redeliver(vk: VkStandIn, asked: Json) -> list[str]:
    """{event_id, times?}"""
    return await vk.redeliver(str(asked["event_id"]), int(asked.get("times", 1)))


@action
async def updates(vk: VkStandIn, _: Json) -> list[Json]:
    return [
        {
            "event_id": each.id,
            "ts": each.number,
            "kind": each.kind,
            "peer": each.peer,
            "made_at": each.made_at,
            "handed_at": each.handed_at,
            "confirmed_at": each.confirmed_at,
        }
        for each in vk.updates.all.values()
    ]


@action
async def calls(vk: VkStandIn, _: Json) -> list[Json]:
    return [
        {
            "method": each.method,
            "peer": each.peer,
            "inside": each.inside,
            "at": each.at,
            "accepted_at": each.accepted_at,
            "code": each.code,
            "fault": each.fault,
        }
        for each in vk.calls
    ]


@action
async def stats(vk: VkStandIn, _: Json) -> Json:
    return vk.stats.wire() | {
        "malformed": vk.malformed,
        "sent": len(vk.sent),
        "pending": len(vk.updates.pending),
        "replies": vk.timings.replies(),
    }
