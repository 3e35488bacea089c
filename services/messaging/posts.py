"""Posts: the history of a browser chat, and what the program told a member at the desk.

A browser has no messenger that keeps its messages, so they are kept here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, cast, desc, select, update
from sqlalchemy.dialects.postgresql import insert

from services.tables import Outgoing, WebPost

if TYPE_CHECKING:
    from services.work import Work

EDITS_LAST = timedelta(days=1)  # a page that was away for longer has been loaded anew


class Posts:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def add(
        self,
        channel: str,
        chat: str,
        key: str,
        body: dict[str, Any],
        *,
        by: str,
        topic: str = "",
        reply_to: int | None = None,
    ) -> WebPost:
        """The same key in the same chat stays one post. Rings `channel:chat:id`."""
        await self._work.session.execute(
            insert(WebPost)
            .values(
                channel=channel, chat=chat, topic=topic, by=by, key=key, body=body,
                reply_to=reply_to, at=self._work.now,
            )
            .on_conflict_do_nothing()
        )  # fmt: skip
        post = await self._work.session.scalar(
            select(WebPost).where(
                WebPost.channel == channel, WebPost.chat == chat, WebPost.key == key
            )
        )
        assert post is not None
        self._work.ring(f"{channel}:{chat}:{post.id}")
        return post

    async def change(self, channel: str, chat: str, post_id: int, body: dict[str, Any]) -> None:
        """New words in place of the old. The pictures stay."""
        post = await self._work.session.scalar(
            select(WebPost).where(
                WebPost.id == post_id, WebPost.channel == channel, WebPost.chat == chat
            )
        )
        if post is None:
            return
        post.body = {**post.body, **body}
        post.edited_at = self._work.now
        self._work.ring(f"{channel}:{chat}:{post_id}")

    async def replace(self, channel: str, chat: str, post_id: int, body: dict[str, Any]) -> None:
        """Nothing of the old is left but its place."""
        post = await self.get(channel, chat, post_id)
        if post is not None:
            post.body = body
            post.edited_at = self._work.now
            self._work.ring(f"{channel}:{chat}:{post_id}")

    async def get(self, channel: str, chat: str, post_id: int) -> WebPost | None:
        return await self._work.session.scalar(
            select(WebPost).where(
                WebPost.id == post_id, WebPost.channel == channel, WebPost.chat == chat
            )
        )

    async def history(
        self, channel: str, chat: str, *, topic: str = "", after: int = 0, most: int = 200
    ) -> list[WebPost]:
        """The latest posts after that one, oldest first."""
        rows = await self._work.session.scalars(
            select(WebPost)
            .where(
                WebPost.channel == channel,
                WebPost.chat == chat,
                WebPost.topic == topic,
                WebPost.id > after,
            )
            .order_by(desc(WebPost.id))
            .limit(most)
        )
        return list(reversed(list(rows)))

    async def since(self, channel: str, chat: str, after: int) -> list[WebPost]:
        """For a browser that comes back: the latest posts after that one, and those before it
        that may have been edited meanwhile. Oldest first."""
        edited = await self._work.session.scalars(
            select(WebPost)
            .where(
                WebPost.channel == channel,
                WebPost.chat == chat,
                WebPost.id <= after,
                WebPost.edited_at > self._work.now - EDITS_LAST,
            )
            .order_by(WebPost.id)
        )
        return [*edited, *await self.history(channel, chat, after=after)]

    async def mark_seen(self, chat: str, upto: int) -> list[int]:
        """The browser shows everything up to that post. Returns the messages that were not known
        to be read."""
        await self._work.session.execute(
            update(WebPost)
            .where(
                WebPost.channel == "web",
                WebPost.chat == chat,
                WebPost.id <= upto,
                WebPost.seen_at.is_(None),
            )
            .values(seen_at=self._work.now)
        )
        return await self._work.outbox.mark_read("web", chat, upto)

    async def is_seen(self, row_id: int) -> bool:
        """Whether the browser showed what a row of the outbox became before that was settled."""
        seen = await self._work.session.scalar(
            select(WebPost.seen_at)
            .join(Outgoing, cast(Outgoing.external_ids[0].astext, BigInteger) == WebPost.id)
            .where(
                Outgoing.id == row_id, Outgoing.channel == "web", WebPost.channel == "web",
                WebPost.chat == Outgoing.chat,
            )
        )  # fmt: skip
        return seen is not None

    async def shows_file(self, channels: Sequence[str], chat: str, file_id: str) -> bool:
        """Whether a file stands in that chat."""
        found = await self._work.session.scalar(
            select(WebPost.id)
            .where(
                WebPost.channel.in_(channels),
                WebPost.chat == chat,
                WebPost.body.contains({"attachments": [{"file": file_id}]}),
            )
            .limit(1)
        )
        return found is not None
