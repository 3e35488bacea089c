"""Carries out the files that members handed in: fetched outside of any transaction, read in a
thread, shown, applied. One at a time in a process; a lease keeps other processes from it."""

from __future__ import annotations

import asyncio
import logging

from bot.media import Media
from handlers import import_posts as posts
from services.access import check_counting
from services.accounts.reading import guessing
from services.accounts.reading.wrong import FileWrong, Problem
from services.accounts.uploads import (
    BELL,
    FAULT,
    LARGEST,
    NOT_ALLOWED,
    NOT_FETCHED,
    given_of,
    same,
    shown_of,
)
from services.bell import Bells
from services.db import Database, is_passing
from services.errors import NotYours
from services.faults import log_fault
from services.messaging.port import Rejected
from services.messaging.types import Attachment
from services.staff import as_member
from services.tables import Upload

log = logging.getLogger(__name__)

LOOK_AGAIN = 10.0  # seconds
SHOW_EVERY = 3.0  # seconds between two words on how far it is
ASKABLE = {"no_heads": "number", "no_column": ""}


class Uploading:
    """Run `run` for as long as the program runs. `rounds` counts how often all was looked
    through."""

    def __init__(self, db: Database, bells: Bells, media: Media) -> None:
        self._db = db
        self._bells = bells
        self._media = media
        self._done = 0.0
        self.rounds = 0
        bells.expect(BELL)

    async def run(self) -> None:
        while True:
            await self.do_due()
            await self._bells.wait(BELL, LOOK_AGAIN)

    async def do_due(self) -> None:
        while True:
            async with self._db.work() as work:
                upload = await work.uploads.claim()
            if upload is None:
                break
            if not await self._do(upload):
                break
        self.rounds += 1

    async def _do(self, upload: Upload) -> bool:
        """False: the database is away, the rest waits."""
        try:
            await self._carry_out(upload)
        except Exception as failure:  # noqa: BLE001 (others' files must not wait for this one)
            if is_passing(failure):
                log.warning("a file waits for the database: %s", type(failure).__name__)
                return False
            number = log_fault(failure, "the file of upload %s", upload.id)
            async with self._db.work() as work:
                found = await work.uploads.still(upload.id, upload.state)
                if found is not None:
                    await work.uploads.refuse(found, Problem(FAULT, said=number))
                    await posts.tell_refused(work, found, Problem(FAULT, said=number))
        return True

    async def _carry_out(self, upload: Upload) -> None:
        self._done = 0.0
        ended = asyncio.Event()

        async def step() -> None:
            try:
                await (self._apply(upload) if upload.state == "going" else self._read(upload))
            finally:
                ended.set()

        await asyncio.gather(step(), self._beat(upload, ended))

    async def _beat(self, upload: Upload, ended: asyncio.Event) -> None:
        """Keeps the lease and shows how far it is."""
        shown = -1
        while True:
            try:
                async with asyncio.timeout(SHOW_EVERY):
                    await ended.wait()
                return
            except TimeoutError:
                pass
            try:
                async with self._db.work() as work:
                    found = await work.uploads.still(upload.id, upload.state)
                    if found is None:
                        continue
                    work.uploads.stay(found, self._done)
                    if found.done != shown:
                        shown = found.done
                        await posts.show_reading(work, found)
            except Exception as failure:  # noqa: BLE001 (what is read is worth more than the word)
                log.warning("how far a file is read cannot be told: %s", type(failure).__name__)

    def _hear(self, done: float, _: int) -> None:
        self._done = done

    # ── To what it would change ──────────────────────────────────────────────

    async def _read(self, upload: Upload) -> None:
        try:
            if not upload.path:
                await self._fetch(upload)
            await self._look(upload)
        except FileWrong as wrong:
            await self._stop_at(upload, wrong)

    async def _fetch(self, upload: Upload) -> None:
        """Raises `FileWrong`."""
        source = Attachment.model_validate(upload.source)
        try:
            async with self._media.on_disk(source, LARGEST) as path:
                data = await asyncio.to_thread(path.read_bytes)
                if len(data) > LARGEST:
                    raise FileWrong("too_large", said=str(len(data) // 2**20))
                upload.path = await self._media.store(data)
        except Rejected:
            raise FileWrong(NOT_FETCHED) from None
        async with self._db.work() as work:
            found = await work.uploads.still(upload.id, upload.state)
            if found is not None:
                await work.uploads.keep_copy(found, upload.path, (source.channel, source.handle))
        if found is None:  # dropped meanwhile
            (self._db.files / upload.path).unlink(missing_ok=True)
            upload.path = ""

    async def _look(self, upload: Upload) -> None:
        if not upload.path:
            return
        if not upload.kind:
            upload.kind = await self._guess(upload)
        if not upload.kind:
            await self._ask(upload, "kind")
            return
        async with self._db.work() as work:
            preview = await work.imports.look(given_of(work.files, upload), self._hear)
            await work.session.rollback()
        async with self._db.work() as work:
            found = await work.uploads.still(upload.id, "new")
            if found is not None:
                work.uploads.show(found, preview)
                await posts.show(work, found)

    async def _guess(self, upload: Upload) -> str:
        async with self._db.work() as work:
            remembered = await work.imports.remembered()
        return await asyncio.to_thread(
            guessing.guess_kind, self._db.files / upload.path, remembered
        )

    async def _stop_at(self, upload: Upload, wrong: FileWrong) -> None:
        """A question where its member knows the answer, else what is wrong."""
        problem = wrong.problem
        if problem.code == "no_month" and upload.month is None:
            await self._ask(upload, "month")
            return
        if problem.code in ASKABLE and upload.kind in guessing.TABLES:
            field = ASKABLE[problem.code] or guessing.field_of(upload.kind, problem.column)
            path = self._db.files / upload.path
            heads = await asyncio.to_thread(guessing.list_heads, path, upload.kind)
            taken = set(upload.columns.values())
            heads = [each for each in heads if each not in taken]
            if heads and field and field not in upload.columns:
                await self._ask(upload, f"column:{field}", heads)
                return
        async with self._db.work() as work:
            found = await work.uploads.still(upload.id, upload.state)
            if found is not None:
                found.kind = upload.kind
                await work.uploads.refuse(found, problem)
                await posts.tell_refused(work, found, problem)

    async def _ask(self, upload: Upload, what: str, heads: list[str] | None = None) -> None:
        async with self._db.work() as work:
            found = await work.uploads.still(upload.id, "new")
            if found is not None:
                found.kind = upload.kind
                work.uploads.ask(found, what, heads or [])
                await posts.ask(work, found)

    # ── To the end ───────────────────────────────────────────────────────────

    async def _apply(self, upload: Upload) -> None:
        """All of it together with what is said of it, or nothing: then it is shown again."""
        shown = shown_of(upload)
        try:
            async with self._db.work() as work:
                member = await work.staff.get(upload.member_id)
                check_counting(as_member(member))
                preview = await work.imports.look(given_of(work.files, upload), self._hear)
                if same(shown, preview):
                    who = f"member:{upload.member_id}"
                    row = await work.imports.apply(preview, who, sure=True)
                    found = await work.uploads.still(upload.id, "going")
                    if found is not None:
                        await work.uploads.applied(found, row)
                        await posts.tell_applied(work, found, row)
                        return
                await work.session.rollback()
        except FileWrong as wrong:
            await self._stop_at(upload, wrong)
            return
        except NotYours:  # no manager any more
            async with self._db.work() as work:
                if (found := await work.uploads.still(upload.id, "going")) is not None:
                    await work.uploads.refuse(found, Problem(NOT_ALLOWED))
                    await posts.tell_refused(work, found, Problem(NOT_ALLOWED))
            return
        async with self._db.work() as work:
            found = await work.uploads.still(upload.id, "going")
            if found is not None:
                work.uploads.show(found, preview)
                await posts.show(work, found, again=True)
