"""Parts of notices that arrived. There are thousands of these, and nobody needs to be told: those
that wait for a commit share a statement, too."""

from __future__ import annotations

import asyncio
import json
from functools import partial

from sqlalchemy import text

from services.messaging.rows import Row
from services.messaging.together import Together
from services.work import Work

ARRIVED = text(
    """
    UPDATE outbox SET state = 'sent', settled_at = :now, external_ids = CAST(a.ids AS jsonb),
                      reason = ''
    FROM unnest(CAST(:rows AS bigint[]), CAST(:ids AS text[])) AS a (id, ids)
    WHERE outbox.id = a.id AND outbox.epoch = :epoch
      AND outbox.state IN ('sending', 'waiting', 'parked')
    """
)
Parts = list[tuple[Row, list[str]]]


class Arrived:
    def __init__(self, together: Together, epoch: int) -> None:
        self._together = together
        self._epoch = epoch
        self._parts: Parts = []  # for the next commit
        self._settled: asyncio.Task[None] | None = None  # ends with it

    async def settle(self, row: Row, ids: list[str]) -> None:
        """Returns when it is committed. Raises what waiting does not mend, for all of them."""
        if not self._parts:
            write = partial(self._write, self._parts)
            self._settled = asyncio.ensure_future(self._together.commit(write, patient=True))
        self._parts.append((row, ids))
        assert self._settled is not None
        await asyncio.shield(self._settled)

    async def _write(self, parts: Parts, work: Work) -> None:
        if self._parts is parts:  # who comes now waits for the next commit
            self._parts = []
        named = {
            "rows": [row.id for row, _ in parts],
            "ids": [json.dumps(ids) for _, ids in parts],
            "epoch": self._epoch,
            "now": work.now,
        }
        await work.session.execute(ARRIVED, named)

    def end(self) -> None:
        if self._settled is not None:
            self._settled.cancel()


def is_part(row: Row) -> bool:
    return row.is_news and row.room_id is None and not row.names_ours
