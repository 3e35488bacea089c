"""What the desk's page shows of files handed in: how far one is read, the question about it, what
it would change, and the journal. Only for those who count, so numbers of accounts stand in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from handlers import import_chat_texts as words
from handlers import import_texts as texts
from handlers.import_texts import DESK, name_month
from services.accounts.previews import Preview
from services.accounts.uploads import can_be_applied, refused_of, shown_of
from services.tables import Import, Upload
from services.work import Work

Json = dict[str, Any]
MOST_PROBLEMS = 20


async def show_upload(work: Work, upload: Upload) -> Json:
    shown, refused = shown_of(upload), refused_of(upload)
    body: Json = {
        "id": upload.id, "name": texts.printable(upload.file_name), "state": upload.state,
        "done": upload.done, "told": "", "question": "", "choices": [], "lines": [],
        "problems": [], "doubts": [], "can": False, "sheet": False,
    }  # fmt: skip
    if upload.state in ("new", "going"):
        body["told"] = words.reading(upload)
    elif upload.state == "asked":
        body["question"], body["choices"] = words.ask(upload), await choices(work, upload)
    elif refused is not None:
        said = texts.sentence(refused, upload.kind or "debts", at=DESK)
        body["told"] = f"{said}. Ничего не изменено."
    elif upload.state == "applied" and upload.import_id is not None:
        row = await work.session.get(Import, upload.import_id)
        body["told"] = words.applied(row) if row else ""
    elif shown is not None and upload.state == "shown":
        body |= show_preview(shown)
        body["can"] = can_be_applied(upload)
    return body


def show_preview(shown: Preview) -> Json:
    found = shown.problems
    listed = [*found.errors, *found.notes]
    first, *lines = texts.describe(shown, at=DESK)
    return {
        "told": words.verdict(shown),
        "lines": [first.removeprefix(f"{texts.printable(shown.file_name)}: "), *lines],
        "problems": [texts.sentence(each, shown.kind, at=DESK) for each in listed[:MOST_PROBLEMS]],
        "wrong": found.refused,
        "more": max(0, sum(found.counts.values()) - MOST_PROBLEMS),
        "doubts": [texts.doubt(each) for each in shown.doubts],
        "sheet": bool(listed),
    }


async def choices(work: Work, upload: Upload) -> list[Json]:
    what = upload.asks.partition(":")[0]
    if what == "kind":
        found: Sequence[tuple[object, str]] = [k for k in words.KINDS if k[0] != "bills"]
    elif what == "month":
        today = (await work.company.local(work.now)).date()
        found = [(f"{each:%Y-%m}", name_month(each)) for each in words.months(today)]
    else:
        found = [(place, name) for place, name in enumerate(upload.heads)]
    return [{"what": what, "value": str(value), "label": label} for value, label in found]


async def show_journal(work: Work, rows: Sequence[Import]) -> list[Json]:
    can = {row.id for row in await work.imports.can_be_undone(rows)}
    return [
        {
            "id": row.id,
            "at": f"{await work.company.local(row.at):%d.%m.%Y %H:%M}",
            "who": await name_of(work, row.who),
            "words": words.describe(row),
            "undone": row.state == "undone",
            "undo": row.id in can,
        }
        for row in rows
    ]


async def name_of(work: Work, who: str) -> str:
    kind, _, ident = who.partition(":")
    if kind == "member" and ident.isdecimal():
        return await work.staff.name_of(int(ident))
    return words.BY_LINE
