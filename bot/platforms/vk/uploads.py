"""Files on their way into VK: uploaded once, their name kept."""

from __future__ import annotations

import asyncio
from typing import Any

from bot.media import Media
from bot.platforms.vk.api import VkApi
from bot.platforms.vk.attachments import NAME
from services.messaging.port import Rejected
from services.messaging.types import Attachment

REFUSALS = {  # by the word of the upload server
    "unsafe_file": "ВК не принимает файлы такого типа (программы и похожее на них): положите файл "
    "в архив или пришлите PDF",
    "no_file": "ВК не принял этот файл: он пуст или слишком велик",
}
VOICES = ("audio/ogg", "audio/mpeg", "audio/mp4")


class Uploads:
    def __init__(self, api: VkApi, media: Media, largest: int) -> None:
        self._api = api
        self._media = media
        self._largest = largest

    async def name(self, file: Attachment, peer: str) -> str:
        """How `messages.send` names the file: "photo1_2_key". Raises `Rejected`."""
        if file.channel == NAME:
            return file.handle.partition(" ")[0]
        known = await self._media.find_handle(file, NAME)
        if known:
            return known
        if (file.size or 0) > self._largest:
            most = self._largest // 2**20
            raise Rejected(f"файл больше, чем принимает ВК (до {most} МБ)")
        async with self._media.on_disk(file, self._largest) as path:
            data = await asyncio.to_thread(path.read_bytes)
        upload = self._photo if file.kind == "photo" else self._document
        name = await upload(file, data, peer)
        await self._media.keep_handle(file, NAME, name)
        return name

    async def _photo(self, file: Attachment, data: bytes, peer: str) -> str:
        server = await self._api.call("photos.getMessagesUploadServer", peer_id=int(peer))
        sent = await self._api.upload(server["upload_url"], "photo", data, "photo.jpg")
        if not sent.get("photo") or sent["photo"] == "[]":
            return await self._document(file, data, peer)
        saved = await self._api.call(
            "photos.saveMessagesPhoto",
            photo=sent["photo"],
            server=sent["server"],
            hash=sent["hash"],
        )
        return attach("photo", saved[0])

    async def _document(self, file: Attachment, data: bytes, peer: str) -> str:
        voice = file.kind == "voice" and file.mime in VOICES
        kind = "audio_message" if voice else "doc"
        server = await self._api.call("docs.getMessagesUploadServer", type=kind, peer_id=int(peer))
        title = file.title or {"photo": "photo.jpg", "voice": "voice.ogg"}.get(file.kind, file.kind)
        sent = await self._api.upload(server["upload_url"], "file", data, title)
        if "file" not in sent:
            raise Rejected(name_refusal(str(sent.get("error", ""))))
        saved = await self._api.call("docs.save", file=sent["file"], title=title)
        return attach(kind, saved[saved.get("type", kind)])


def name_refusal(error: str) -> str:
    """In words for staff."""
    return f"{REFUSALS.get(error, 'ВК не принял этот файл')} ({error or 'причину он не назвал'})"


def attach(kind: str, thing: dict[str, Any]) -> str:
    key = f"_{thing['access_key']}" if thing.get("access_key") else ""
    kind = "doc" if kind == "audio_message" else kind
    return f"{kind}{thing['owner_id']}_{thing['id']}{key}"
