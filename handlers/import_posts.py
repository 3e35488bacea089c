"""The post that stands for a file: how far it is read, the question about it, what it would change,
what became of it. One post, changed in place, in the member's private chat."""

from __future__ import annotations

from handlers import import_chat_texts as words
from handlers.import_sheet import write_sheet
from handlers.import_texts import DESK, name_month
from services.accounts.previews import Preview
from services.accounts.reading.wrong import Problem
from services.accounts.uploads import can_be_applied, shown_of
from services.messaging.types import Address, Button, Keyboard, Kind, Outbound
from services.tables import Import, Upload
from services.work import Work

SHEET = "text/csv"
SHEET_NAME = "что-не-так.csv"
IN_ROW = 2


async def say(work: Work, upload: Upload, what: Outbound) -> None:
    """At the desk the page shows it by itself."""
    if upload.way != "chat":
        return
    if upload.progress_row is None:
        to = Address(channel=upload.channel, chat=upload.chat)
        upload.progress_row = await work.outbox.say(to, what, Kind.REPLY)
    else:
        upload.progress_row = await work.outbox.show_again(upload.progress_row, what)
    await work.session.flush()
    await offer(work, upload, what)


async def offer(work: Work, upload: Upload, what: Outbound) -> None:
    """A typed label or its number counts as the press, unless a form is open there."""
    sender = await work.uploads.sender(upload)
    to = Address(channel=upload.channel, chat=upload.chat)
    session = await work.sessions.load(to, sender)
    if session.scene in ("", "talk"):
        buttons = what.keyboard.flat() if what.keyboard else []
        session.offered = [(button.label, button.action) for button in buttons]
        await work.sessions.save(to, sender, session)


async def show_reading(work: Work, upload: Upload) -> None:
    stop = words.button(words.NOT, "importdrop", upload.id)
    rows = [] if upload.state == "going" else [[stop]]
    await say(work, upload, Outbound(text=words.reading(upload), keyboard=keyboard(rows)))


async def ask(work: Work, upload: Upload) -> None:
    what = upload.asks.partition(":")[0]
    if what == "kind":
        choices = [
            words.button(label, "importkind", upload.id, kind)
            for kind, label in words.KINDS
            if kind != "bills"
        ]
    elif what == "month":
        today = (await work.company.local(work.now)).date()
        choices = [
            words.button(name_month(each), "importmonth", upload.id, f"{each:%Y-%m}")
            for each in words.months(today)
        ]
    else:
        choices = [
            words.button(name, "importcolumn", upload.id, n) for n, name in enumerate(upload.heads)
        ]
    rows = [choices[n : n + IN_ROW] for n in range(0, len(choices), IN_ROW)]
    rows.append([words.button(words.NOT, "importdrop", upload.id)])
    await say(work, upload, Outbound(text=words.ask(upload), keyboard=keyboard(rows)))


async def show(work: Work, upload: Upload, *, again: bool = False) -> None:
    """What it would change; what is wrong with it as a table besides."""
    shown = shown_of(upload)
    assert shown is not None
    rows = []
    if can_be_applied(upload):
        label = words.SURE if shown.doubts else words.LOAD
        rows = [
            [words.button(label, "importload", upload.id)],
            [words.button(words.NOT, "importdrop", upload.id)],
        ]
    text = words.preview(shown, again=again)
    await say(work, upload, Outbound(text=text, keyboard=keyboard(rows)))
    if upload.way == "chat" and not again:
        await give_sheet(work, upload, shown)


async def give_sheet(work: Work, upload: Upload, shown: Preview) -> None:
    found = shown.problems
    if len(found.errors) + len(found.notes) <= words.MOST_PROBLEMS:
        return
    relative, path = work.attachments.new_place()
    write_sheet(shown, path, at=DESK)
    file = await work.attachments.keep_made(
        relative, SHEET_NAME, SHEET, f"member:{upload.member_id}"
    )
    upload.sheet = relative
    to = Address(channel=upload.channel, chat=upload.chat)
    await work.outbox.say(to, Outbound(attachments=(file,)), Kind.REPLY)


async def tell_refused(work: Work, upload: Upload, problem: Problem) -> None:
    text = words.refused(upload.file_name, problem, upload.kind)
    await say(work, upload, Outbound(text=text))


async def tell_dropped(work: Work, upload: Upload) -> None:
    await say(work, upload, Outbound(text=words.dropped(upload)))


async def tell_applied(work: Work, upload: Upload, row: Import) -> None:
    undo = [[words.button(words.UNDO, "importundo", row.id)]]
    await say(work, upload, Outbound(text=words.applied(row), keyboard=keyboard(undo)))


def keyboard(rows: list[list[Button]]) -> Keyboard | None:
    return Keyboard(rows=tuple(tuple(row) for row in rows)) if rows else None
