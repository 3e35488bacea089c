"""The community's wall, for a key that may write on it."""

from __future__ import annotations

from dataclasses import dataclass

from .api import method
from .errors import ApiError, wrong
from .wire import Json, Params
from .world import World


@dataclass(eq=False)
class WallPost:
    id: int
    text: str
    from_group: bool
    muted: bool
    guid: str


@method("wall.post")
def wall_post(world: World, params: Params) -> Json:
    if params.integer("owner_id") != -world.group_id:
        raise ApiError(15, "no access to this wall")
    if world.wall_refuses:
        raise ApiError(world.wall_refuses)
    text, guid = params.text("message").strip(), params.text("guid")
    if not text and not params.text("attachments"):
        raise wrong("message is empty or invalid")
    known = next((post for post in world.wall if guid and post.guid == guid), None)
    if known is None:
        from_group, muted = params.flag("from_group"), params.flag("mute_notifications")
        known = WallPost(len(world.wall) + 1, text, from_group, muted, guid)
        world.wall.append(known)
        world.touch()
    return {"post_id": known.id}
