"""Topics of a forum."""

from __future__ import annotations

from .api import method, readable_group
from .errors import bad
from .groups import Group
from .markup import units
from .threads import ICON_COLORS, Topic
from .wire import Json, Params
from .world import World


def _forum(world: World, params: Params) -> Group:
    group = readable_group(world, params)
    if not group.is_forum:
        raise bad("the chat is not a forum")
    return group


def _topic(world: World, params: Params, doing: str) -> tuple[Group, Topic]:
    group = _forum(world, params)
    topic = group.topics.get(params.integer("message_thread_id") or 0)
    if topic is None:
        raise bad("TOPIC_ID_INVALID")
    if topic.deleted:
        # Sending has three words for it; the rest of the methods have this one as a rule.
        default = world.deleted_topic == "message thread not found"
        raise bad("TOPIC_ID_INVALID" if default else world.deleted_topic)
    if not group.bot.may("can_manage_topics") and topic.creator is not world.bot:
        raise bad(f"not enough rights to {doing} the topic")
    return group, topic


def _name(params: Params) -> str:
    name = params.text("name").strip()
    if not name:
        raise bad("TOPIC_TITLE_EMPTY")
    if units(name) > 128:
        raise bad("TOPIC_TITLE_TOO_LONG")
    return name


@method("createForumTopic")
def create_forum_topic(world: World, params: Params) -> Json:
    group = _forum(world, params)
    if not group.bot.may("can_manage_topics"):
        raise bad("not enough rights to create a topic")
    name = _name(params)
    color = params.integer("icon_color")
    if color is not None and color not in ICON_COLORS:
        raise bad("invalid icon color specified")
    world.flood.admit(group.id, "topic")
    icon = params.text("icon_custom_emoji_id")
    return group.make_topic(name, world.bot, color=color, icon=icon).wire()


@method("editForumTopic")
def edit_forum_topic(world: World, params: Params) -> bool:
    group, topic = _topic(world, params, "edit")
    changed: Json = {}
    if "name" in params.raw and (name := _name(params)) != topic.name:
        changed["name"] = name
    icon = params.raw.get("icon_custom_emoji_id")
    if icon is not None and icon != topic.icon:
        changed["icon_custom_emoji_id"] = str(icon)
    if not changed:
        raise bad("TOPIC_NOT_MODIFIED")
    world.flood.admit(group.id, "edit")
    if "name" in changed:
        topic.name = changed["name"]
        topic.names.append(topic.name)
    topic.icon = changed.get("icon_custom_emoji_id", topic.icon)
    group.serve({"forum_topic_edited": changed}, world.bot, topic.id)
    return True


@method("closeForumTopic")
def close_forum_topic(world: World, params: Params) -> bool:
    return _turn(world, params, closed=True)


@method("reopenForumTopic")
def reopen_forum_topic(world: World, params: Params) -> bool:
    return _turn(world, params, closed=False)


def _turn(world: World, params: Params, *, closed: bool) -> bool:
    group, topic = _topic(world, params, "close" if closed else "open")
    if topic.closed is closed:
        raise bad("TOPIC_NOT_MODIFIED")
    world.flood.admit(group.id, "edit")
    topic.closed = closed
    word = "forum_topic_closed" if closed else "forum_topic_reopened"
    group.serve({word: {}}, world.bot, topic.id)
    return True


@method("deleteForumTopic")
def delete_forum_topic(world: World, params: Params) -> bool:
    group, topic = _topic(world, params, "delete")
    if not group.bot.may("can_delete_messages"):
        raise bad("not enough rights to delete the topic")
    group.delete_topic(topic.id)
    return True
