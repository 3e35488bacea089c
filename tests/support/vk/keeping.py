"""The methods around an upload: for photos and for documents."""

from __future__ import annotations

from .api import chat_of, method
from .errors import ApiError, wrong
from .wire import Json, Params
from .world import World


def _peer(world: World, params: Params) -> int:
    """Named or not; to whom nothing may be sent, nothing is uploaded either."""
    peer = params.integer("peer_id") or 0
    if peer:
        chat_of(world, peer).check_writable("account_update")
    return peer


@method("photos.getMessagesUploadServer", "photos")
def photos_get_messages_upload_server(world: World, params: Params) -> Json:
    peer = _peer(world, params)
    return {
        "upload_url": world.uploads.address("photo", peer),
        "album_id": -64,
        "user_id": 0,
        "group_id": world.group_id,
    }


@method("photos.saveMessagesPhoto", "photos")
def photos_save_messages_photo(world: World, params: Params) -> list[Json]:
    photo = params.tree("photo")
    if not photo:
        raise wrong("photos_list is invalid")
    ticket = world.uploads.by_photo(photo, params.integer("server"), params.text("hash"))
    if ticket is None:
        raise ApiError(121)
    body: Json = world.uploads.keep(ticket).wire()["photo"]
    return [body]


@method("docs.getMessagesUploadServer", "docs")
def docs_get_messages_upload_server(world: World, params: Params) -> Json:
    kind = params.text("type") or "doc"
    if kind not in {"doc", "audio_message", "graffiti"}:
        raise wrong("type is invalid")
    if not params.integer("peer_id"):
        raise wrong("peer_id is undefined")
    return {"upload_url": world.uploads.address(kind, _peer(world, params))}


@method("docs.save", "docs")
def docs_save(world: World, params: Params) -> Json:
    ticket = world.uploads.by_file(params.text("file"))
    if ticket is None:
        raise ApiError(105)
    stored = world.uploads.keep(ticket, params.text("title"))
    return stored.wire()
