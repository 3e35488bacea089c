"""Files that members hand in to be imported: taken, asked about, looked at, applied or dropped.

A member's press only writes down what is wanted; whoever carries the files out (any process, one
lease a file) reads them. So a restart loses nothing, and two presses are one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter
from sqlalchemy import delete, select

from services.access import AsMember, check_counting
from services.accounts.imports import Given
from services.accounts.previews import Preview
from services.accounts.reading.wrong import Problem
from services.errors import AlreadySo, NotYours
from services.messaging.types import Address
from services.tables import Import, MemberAccount, StoredFile, Upload

if TYPE_CHECKING:
    from services.work import Work

BELL = "uploads"
NOT_FETCHED, NOT_ALLOWED, FAULT = "not_fetched", "not_allowed", "fault"
LARGEST = 20 * 2**20  # bytes by chat and desk; larger files are for the command line
LEASE = timedelta(seconds=30)
LIVES = timedelta(days=1)  # what nobody decided about holds people's data no longer
OPEN = ("new", "asked", "shown", "going")
LATELY = timedelta(hours=1)
MOST_OPEN = 5  # of one member; the oldest gives way
PREVIEWS = TypeAdapter(Preview)


class Uploads:
    def __init__(self, work: Work) -> None:
        self._work = work

    # ── A member ─────────────────────────────────────────────────────────────

    async def take(
        self, viewer: AsMember, way: str, address: Address, file_name: str, *,
        source: Mapping[str, Any] | None = None, path: str = "", kind: str = "",
    ) -> Upload:  # fmt: skip
        """Raises `NotYours` for whoever may not count."""
        check_counting(viewer)
        for each in (await self.open_ones(viewer))[MOST_OPEN - 1 :]:
            if each.state != "going":
                await self._end(each, "dropped")
        upload = Upload(
            member_id=viewer.member_id, way=way, channel=address.channel, chat=address.chat,
            source=dict(source or {}), path=path, file_name=writable(file_name)[:200],
            kind=kind,
            state="new", columns={}, heads=[], made_at=self._work.now, changed_at=self._work.now,
        )  # fmt: skip
        self._work.session.add(upload)
        await self._work.session.flush()
        self._work.audit.note(viewer.name, "file handed in", f"upload:{upload.id}", way=way)
        self._work.ring(BELL)
        return upload

    async def get(self, viewer: AsMember, upload_id: int, *, lock: bool = False) -> Upload:
        """The viewer's own. Raises `NotYours`."""
        check_counting(viewer)
        upload = await self._get(upload_id, lock=lock)
        if upload is None or upload.member_id != viewer.member_id:
            raise NotYours
        return upload

    async def open_ones(self, viewer: AsMember) -> list[Upload]:
        """Not applied and not dropped yet, the newest first."""
        check_counting(viewer)
        rows = await self._work.session.scalars(
            select(Upload)
            .where(Upload.member_id == viewer.member_id, Upload.state.in_(OPEN))
            .order_by(Upload.id.desc())
        )
        return list(rows)

    async def lately(self, viewer: AsMember) -> list[Upload]:
        """The open ones, and what became of others within the hour; the newest first."""
        check_counting(viewer)
        rows = await self._work.session.scalars(
            select(Upload)
            .where(
                Upload.member_id == viewer.member_id,
                Upload.state.in_(OPEN)
                | (
                    Upload.state.in_(("applied", "refused"))
                    & (Upload.changed_at > self._work.now - LATELY)
                ),
            )
            .order_by(Upload.id.desc())
        )
        return list(rows)

    async def name_kind(self, viewer: AsMember, upload_id: int, kind: str) -> Upload:
        upload = await self._asked(viewer, upload_id, "kind")
        upload.kind = kind
        return await self._read_again(upload)

    async def name_month(self, viewer: AsMember, upload_id: int, month: date) -> Upload:
        upload = await self._asked(viewer, upload_id, "month")
        upload.month = month.replace(day=1)
        return await self._read_again(upload)

    async def name_column(self, viewer: AsMember, upload_id: int, place: int) -> Upload:
        """`place`: of the offered names, from 0."""
        upload = await self._asked(viewer, upload_id, "column")
        if not 0 <= place < len(upload.heads):
            raise NotYours
        upload.columns = {**upload.columns, upload.asks.partition(":")[2]: upload.heads[place]}
        return await self._read_again(upload)

    async def want(self, viewer: AsMember, upload_id: int) -> Upload:
        """What was shown is to be applied, doubts and all. Raises `AlreadySo`."""
        upload = await self.get(viewer, upload_id, lock=True)
        if upload.state != "shown" or not can_be_applied(upload):
            raise AlreadySo
        return await self._read_again(upload, "going")

    async def drop(self, viewer: AsMember, upload_id: int) -> Upload:
        """Raises `AlreadySo` for what is being applied or is over."""
        upload = await self.get(viewer, upload_id, lock=True)
        if upload.state not in ("new", "asked", "shown"):
            raise AlreadySo
        await self._end(upload, "dropped")
        return upload

    async def _asked(self, viewer: AsMember, upload_id: int, what: str) -> Upload:
        upload = await self.get(viewer, upload_id, lock=True)
        if upload.state != "asked" or upload.asks.partition(":")[0] != what:
            raise AlreadySo
        return upload

    async def _read_again(self, upload: Upload, state: str = "new") -> Upload:
        upload.state, upload.asks, upload.heads, upload.done = state, "", [], 0
        upload.leased_until, upload.changed_at = None, self._work.now
        await self._work.session.flush()
        self._work.ring(BELL)
        return upload

    # ── Whoever carries them out ─────────────────────────────────────────────

    async def claim(self) -> Upload | None:
        """The next one to be read or applied, leased to whoever asks."""
        now = self._work.now
        upload = await self._work.session.scalar(
            select(Upload)
            .where(
                Upload.state.in_(("new", "going")),
                (Upload.leased_until.is_(None)) | (Upload.leased_until < now),
            )
            .order_by(Upload.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if upload is not None:
            upload.leased_until = now + LEASE
            await self._work.session.flush()
        return upload

    async def still(self, upload_id: int, state: str) -> Upload | None:
        """Locked; None where its member decided otherwise meanwhile."""
        upload = await self._get(upload_id, lock=True)
        return upload if upload is not None and upload.state == state else None

    async def sender(self, upload: Upload) -> str:
        """Its member's own id in the messenger it came by."""
        found: str | None = await self._work.session.scalar(
            select(MemberAccount.user_id).where(
                MemberAccount.member_id == upload.member_id,
                MemberAccount.channel == upload.channel,
            )
        )
        return found or upload.chat

    def stay(self, upload: Upload, done: float) -> None:
        """It is being read: `done` of it, 0 to 1."""
        upload.leased_until = self._work.now + LEASE
        upload.done = min(100, int(done * 100))

    async def keep_copy(self, upload: Upload, path: str, handle: tuple[str, str]) -> None:
        """Our own copy is there; that the messenger has one is nobody's to know."""
        upload.path = path
        await self._work.session.execute(
            delete(StoredFile).where(
                StoredFile.channel == handle[0], StoredFile.handle == handle[1],
                StoredFile.owner == "", StoredFile.path == "",
            )
        )  # fmt: skip

    def ask(self, upload: Upload, what: str, heads: Sequence[str] = ()) -> None:
        """`what`: kind, month, or "column:" and the field."""
        upload.state, upload.asks, upload.heads = "asked", what, list(heads)
        upload.leased_until, upload.changed_at = None, self._work.now

    def show(self, upload: Upload, preview: Preview) -> None:
        upload.state, upload.preview = "shown", PREVIEWS.dump_python(preview, mode="json")
        upload.sha256, upload.kind, upload.done = preview.sha256, preview.kind, 100
        upload.leased_until, upload.changed_at = None, self._work.now
        if not can_be_applied(upload):  # then nobody needs the file any more
            (self._work.files / upload.path).unlink(missing_ok=True)
            upload.path = ""

    async def refuse(self, upload: Upload, problem: Problem) -> None:
        await self._end(upload, "refused")
        upload.preview = {"refused": vars(problem)}

    async def applied(self, upload: Upload, row: Import) -> None:
        upload.import_id = row.id
        await self._end(upload, "applied")

    async def find_left(self) -> list[int]:
        """Those that nobody decided about for a day."""
        rows = await self._work.session.scalars(
            select(Upload.id).where(
                Upload.state.in_(OPEN), Upload.changed_at < self._work.now - LIVES
            )
        )
        return list(rows)

    async def forget_left(self, upload_id: int) -> None:
        upload = await self._get(upload_id, lock=True)
        if upload is None or upload.state not in OPEN:
            return
        if upload.changed_at < self._work.now - LIVES:
            await self._end(upload, "dropped")

    async def _end(self, upload: Upload, state: str) -> None:
        """The file and what was shown of it go: they hold names and debts."""
        upload.state, upload.asks, upload.heads, upload.preview = state, "", [], None
        upload.leased_until, upload.changed_at = None, self._work.now
        for path in filter(None, (upload.path, upload.sheet)):
            (self._work.files / path).unlink(missing_ok=True)
        await self._work.session.execute(
            delete(StoredFile).where(
                StoredFile.channel == "web",
                StoredFile.handle.in_([each for each in (upload.path, upload.sheet) if each]),
            )
        )
        upload.path = upload.sheet = ""
        await self._work.session.flush()

    async def _get(self, upload_id: int, *, lock: bool) -> Upload | None:
        find = select(Upload).where(Upload.id == upload_id)
        if lock:
            find = find.with_for_update().execution_options(populate_existing=True)
        found: Upload | None = await self._work.session.scalar(find)
        return found


def writable(name: str) -> str:
    """Of a file: what the database refuses in a text is no part of a name."""
    return name.encode("utf-8", "replace").decode().replace("\x00", "")


def given_of(work_files: Any, upload: Upload) -> Given:
    return Given(
        upload.kind, work_files / upload.path, upload.file_name, upload.columns, upload.month
    )


def shown_of(upload: Upload) -> Preview | None:
    """None where nothing was shown, or it was refused as a whole."""
    if not upload.preview or "refused" in upload.preview:
        return None
    return PREVIEWS.validate_python(upload.preview)


def refused_of(upload: Upload) -> Problem | None:
    refused = (upload.preview or {}).get("refused")
    return Problem(**refused) if refused else None


def can_be_applied(upload: Upload) -> bool:
    preview = shown_of(upload)
    return preview is not None and not preview.refused and bool(preview.changes)


def same(shown: Preview | None, now: Preview) -> bool:
    """Whether the file would still do what its member was shown."""
    return shown is not None and all(
        getattr(shown, name) == getattr(now, name)
        for name in ("kind", "sha256", "columns", "months", "counts", "doubts", "total_before")
    )
