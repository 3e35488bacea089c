"""The inbox: what was heard, once, and in which order it is handled.

*Hear* commits rows and the channel's cursor together, before anything is acknowledged.
*Handle* claims one ready row inside the transaction that also holds all its effects.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import desc, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from services.messaging.types import Inbound
from services.tables import ChannelState, Heard

if TYPE_CHECKING:
    from services.work import Work

ALBUM_SETTLES = timedelta(seconds=1)
TRIES = 5

# What every message takes is written in SQL: to build it anew each time costs more than to run it.
CLAIM = text(
    """
    SELECT i.id, i.body, i.parts, i.attempts, i.fault,
      EXISTS (
        SELECT 1 FROM inbox m
        WHERE m.state = 'waiting' AND m.ready_at <= :now AND m.id > i.id) AS more,
      (SELECT revision FROM company WHERE id = 1) AS revision
    FROM inbox i
    WHERE i.state = 'waiting' AND i.ready_at <= :now
      AND NOT EXISTS (
        SELECT 1 FROM inbox e
        WHERE e.state = 'waiting' AND e.channel = i.channel AND e.chat = i.chat
          AND e.topic = i.topic AND e.id < i.id)
    ORDER BY i.id LIMIT 1 FOR UPDATE OF i SKIP LOCKED
    """
)
HEARD = text(  # and the bell in the same statement
    """
    WITH kept AS (
      INSERT INTO inbox (channel, key, chat, topic, body, parts, received_at, ready_at)
      SELECT :channel, one ->> 'key', one ->> 'chat', one ->> 'topic', one -> 'body',
             one -> 'parts', :now, :ready_at
      FROM jsonb_array_elements(CAST(:rows AS jsonb)) WITH ORDINALITY AS heard (one, number)
      ORDER BY number
      ON CONFLICT (channel, key) DO NOTHING)
    SELECT pg_notify('domovoy', 'inbox')
    """
)
DONE = text(  # and the bells of the transaction in the same statement
    """
    WITH done AS (UPDATE inbox SET state = 'handled', handled_at = :now WHERE id = :id)
    SELECT pg_notify('domovoy', bell) FROM unnest(CAST(:bells AS text[])) bell
    """
)
NEXT_READY = text("SELECT min(ready_at) FROM inbox WHERE state = 'waiting' AND ready_at > :now")
RETRY_AFTER = (1, 2, 5, 15)  # seconds before the second, third … try; its address waits along


class Hear(Protocol):
    """What a channel calls with all it received. Returns once it is committed; raising means
    nothing was kept and the channel must not acknowledge."""

    async def __call__(self, inbounds: Sequence[Inbound], cursor: str | None = None) -> None: ...


@dataclass(frozen=True)
class Claimed:
    """A row of the inbox, locked. `fault` is the number of an earlier try that failed; `more`:
    younger rows are ready too."""

    id: int
    body: dict[str, Any]
    parts: list[dict[str, Any]]
    attempts: int
    fault: str
    more: bool = False

    def read(self) -> Inbound:
        """Raises `ValidationError` when another version of the program wrote the row."""
        parts = [Inbound.model_validate(part) for part in self.parts]
        return join_parts(parts) if parts else Inbound.model_validate(self.body)


class Inbox:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def hear(self, channel: str, inbounds: Sequence[Inbound], cursor: str | None) -> None:
        """Keeps what is new among `inbounds` and moves the cursor. A repeat changes nothing."""
        together: list[Inbound] = []
        for inbound in inbounds:
            if inbound.album:
                await self._insert(together)  # rows are numbered in the order of hearing
                together = []
                await self._hear_part(inbound)
            else:
                together.append(inbound)
        await self._insert(together)
        if cursor is not None:
            row = insert(ChannelState).values(name=channel, cursor=cursor)
            await self._work.session.execute(
                row.on_conflict_do_update(
                    index_elements=[ChannelState.name], set_={"cursor": row.excluded.cursor}
                )
            )

    async def _insert(
        self, inbounds: Sequence[Inbound], key: str = "", ready_in: timedelta = timedelta(0)
    ) -> None:
        """`key` instead of their own."""
        rows = [
            {
                "key": key or clean.key,
                "chat": clean.address.chat,
                "topic": clean.address.topic or "",
                "body": _as_json(clean),
                "parts": [_as_json(clean)] if clean.album else [],
            }
            for clean in map(without_nul, inbounds)
        ]
        if rows:
            named = {
                "channel": inbounds[0].address.channel,
                "rows": json.dumps(rows, ensure_ascii=False),
                "now": self._work.now,
                "ready_at": self._work.now + ready_in,
            }
            await self._work.session.execute(HEARD, named)

    async def _hear_part(self, part: Inbound) -> None:
        """An album's parts gather in one row until a second after the last of them."""
        channel = part.address.channel
        key = f"album:{part.address.chat}:{part.album}"
        # Parts may come at the same time by webhook: one after the other, then.
        await self._work.session.execute(
            text("SELECT pg_advisory_xact_lock(hashtext(:key))"), {"key": f"{channel}:{key}"}
        )
        row = await self._work.session.scalar(
            select(Heard).where(Heard.channel == channel, Heard.key == key).with_for_update()
        )
        if row is None:
            await self._insert([part], key, ALBUM_SETTLES)
        elif any(known["key"] == part.key for known in row.parts):
            return
        elif row.state != "waiting":
            await self._insert([part])  # too late for its album, not lost
        else:
            row.parts = [*row.parts, _as_json(without_nul(part))]
            row.ready_at = self._work.now + ALBUM_SETTLES
            self._work.ring("inbox")
            await self._work.session.flush()

    async def cursor(self, channel: str) -> str | None:
        return await self._work.session.scalar(
            select(ChannelState.cursor).where(ChannelState.name == channel)
        )

    async def claim(self) -> Claimed | None:
        """Locks the oldest ready row whose address has nothing older waiting; others skip it."""
        found = (await self._work.session.execute(CLAIM, {"now": self._work.now})).first()
        if found is None:
            return None
        self._work.company.stands_at(found.revision)
        return Claimed(
            found.id, found.body, found.parts, found.attempts, found.fault or "", found.more
        )

    async def done(self, claimed: Claimed) -> None:
        """The last word of a transaction: what rings after it costs a statement more."""
        await self._work.session.flush()
        bells = self._work.take_bells()
        named = {"id": claimed.id, "now": self._work.now, "bells": bells}
        await self._work.session.execute(DONE, named)

    async def failed(self, claimed: Claimed, why: str, fault: str) -> bool | None:
        """Notes a try that raised. True when that was the last one and the row is set aside; None
        where another process has tried it meanwhile."""
        tries = claimed.attempts + 1
        last = tries >= TRIES
        wait = RETRY_AFTER[min(tries, len(RETRY_AFTER)) - 1]
        ready_at = self._work.now + timedelta(seconds=wait)
        noted = await self._work.session.execute(
            update(Heard)
            .where(
                Heard.id == claimed.id,
                Heard.state == "waiting",
                Heard.attempts == claimed.attempts,  # else another process has tried it meanwhile
            )
            .values(
                attempts=tries,
                why=why[:500],
                fault=fault,
                state="set_aside" if last else "waiting",
                handled_at=self._work.now if last else None,
                ready_at=Heard.ready_at if last else ready_at,
            )
            .returning(Heard.id)
        )
        return None if noted.first() is None else last

    async def count_waiting(self) -> int:
        found = await self._work.session.scalar(
            select(func.count()).select_from(Heard).where(Heard.state == "waiting")
        )
        return found or 0

    async def list_set_aside(self, most: int = 20) -> list[Heard]:
        """The latest, for `doctor`: why, and the number the person was given."""
        rows = await self._work.session.scalars(
            select(Heard).where(Heard.state == "set_aside").order_by(desc(Heard.id)).limit(most)
        )
        return list(rows)

    async def count_set_aside(self) -> int:
        found = await self._work.session.scalar(
            select(func.count()).select_from(Heard).where(Heard.state == "set_aside")
        )
        return found or 0

    async def next_ready_in(self) -> float | None:
        """Seconds until one more waiting row is ready. Those that are ready already stand behind
        another of their address or are being handled: whoever ends that looks again."""
        moment = await self._work.session.scalar(NEXT_READY, {"now": self._work.now})
        return None if moment is None else (moment - self._work.now).total_seconds()


def join_parts(parts: Sequence[Inbound]) -> Inbound:
    """An album in the order it was sent; the caption may ride on any part."""
    ordered = sorted(parts, key=lambda part: (len(part.external_id), part.external_id))
    return ordered[0].model_copy(
        update={
            "text": "\n".join(part.text for part in ordered if part.text),
            "attachments": tuple(each for part in ordered for each in part.attachments),
            "parts": tuple(part.external_id for part in ordered),
        }
    )


def without_nul(inbound: Inbound) -> Inbound:
    """PostgreSQL keeps no NUL in text, and half a surrogate is no text at all."""

    def clean(value: object) -> object:
        if isinstance(value, str):
            return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
        if isinstance(value, dict):
            return {key: clean(each) for key, each in value.items()}
        if isinstance(value, list):
            return [clean(each) for each in value]
        return value

    return Inbound.model_validate(clean(_as_json(inbound)))


def _as_json(inbound: Inbound) -> dict[str, Any]:
    return inbound.model_dump(mode="json", exclude_defaults=True)
