"""The dispatch journal as a sheet and as a paper, a part at a time: it may have 200 000 rows."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from handlers.papers import fonts, texts
from services.access import AsMember
from services.errors import Refused
from services.journal import Entry, Period
from services.work import Work

MOST_ON_PAPER = 3000  # rows; more is read as a sheet
MOST_IN_CHAT = 20_000
SHARES = (4, 8, 7, 9, 16, 10, 22, 10, 8, 8, 8, 4)  # of the paper's width


class TooMuchForPaper(Refused):
    """So many rows are no paper any more."""


@dataclass(frozen=True)
class Wanted:
    """Local days, both included; a house, or all that the member works for."""

    first: date
    last: date
    house_id: int | None = None


@dataclass(frozen=True)
class Head:
    title: str
    subtitle: str
    name: str  # of the file, without its kind
    count: int
    period: Period
    zone: ZoneInfo


async def head(work: Work, viewer: AsMember, wanted: Wanted) -> Head:
    """Raises `NotYours`."""
    company = await work.company.profile()
    zone = ZoneInfo(company.timezone)
    since = datetime.combine(wanted.first, time(), tzinfo=zone)
    last = datetime.combine(wanted.last, time(), tzinfo=zone)
    until = datetime.combine(wanted.last + timedelta(days=1), time(), tzinfo=zone)
    period = Period(since, until, wanted.house_id)
    count = await work.journal.count(viewer, period)
    house = await work.places.house(wanted.house_id) if wanted.house_id else None
    address = house.address if house else ""
    return Head(
        texts.title(company),
        texts.subtitle(since, last, address, count),
        texts.file_name(since, last, address, ""),
        count,
        period,
        zone,
    )


async def write_sheet(work: Work, viewer: AsMember, wanted: Wanted, path: Path) -> Head:
    """XLSX. The rows go to the disk as they come, in a thread of their own."""
    about = await head(work, viewer, wanted)
    sheet = await asyncio.to_thread(Sheet, path, about)
    try:
        async for entries in work.journal.entries(viewer, about.period):
            rows = [texts.cells(entry, local_of(entry, about.zone)) for entry in entries]
            await asyncio.to_thread(sheet.add, rows)
    finally:
        await asyncio.to_thread(sheet.close)
    return about


async def write_paper(work: Work, viewer: AsMember, wanted: Wanted, path: Path) -> Head:
    """PDF. Raises `TooMuchForPaper`."""
    about = await head(work, viewer, wanted)
    if about.count > MOST_ON_PAPER:
        raise TooMuchForPaper
    rows: list[list[Any]] = []
    async for entries in work.journal.entries(viewer, about.period):
        rows += [texts.cells(entry, local_of(entry, about.zone)) for entry in entries]
    await asyncio.to_thread(print_journal, path, about, rows)
    return about


def local_of(entry: Entry, zone: ZoneInfo) -> dict[str, datetime | None]:
    """A sheet knows no time zones."""

    def local(moment: datetime | None) -> datetime | None:
        return moment.astimezone(zone).replace(tzinfo=None) if moment else None

    return {
        "created": local(entry.created_at),
        "due": local(entry.due_at),
        "closed": local(entry.closed_at),
    }


class Sheet:
    def __init__(self, path: Path, about: Head) -> None:
        from xlsxwriter import Workbook

        self._book = Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False})
        self._sheet = self._book.add_worksheet("Журнал")
        self._moment = self._book.add_format({"num_format": "dd.mm.yyyy hh:mm", "valign": "top"})
        self._words = self._book.add_format({"text_wrap": True, "valign": "top"})
        bold = self._book.add_format({"bold": True, "bottom": 1})
        for n, (_, width) in enumerate(texts.COLUMNS):
            self._sheet.set_column(n, n, width)
        self._sheet.freeze_panes(3, 1)
        self._sheet.write_string(0, 0, about.title, self._book.add_format({"bold": True}))
        self._sheet.write_string(1, 0, about.subtitle)
        for n, (title, _) in enumerate(texts.COLUMNS):
            self._sheet.write_string(2, n, title, bold)
        self._row = 3

    def add(self, rows: Sequence[Sequence[Any]]) -> None:
        for cells in rows:
            for n, cell in enumerate(cells):
                if isinstance(cell, datetime):
                    self._sheet.write_datetime(self._row, n, cell, self._moment)
                elif isinstance(cell, int):
                    self._sheet.write_number(self._row, n, cell, self._words)
                elif cell:  # a resident's «=1+1» stays words
                    self._sheet.write_string(self._row, n, cell, self._words)
            self._row += 1

    def close(self) -> None:
        if self._row > 3:
            self._sheet.autofilter(2, 0, self._row - 1, len(texts.COLUMNS) - 1)
        self._book.close()


def print_journal(path: Path, about: Head, rows: Sequence[Sequence[Any]]) -> None:
    from reportlab.lib import colors
    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.lib.units import mm
    from reportlab.platypus import LongTable, Paragraph, SimpleDocTemplate, Spacer, TableStyle

    fonts.register()
    words = ParagraphStyle("words", fontName=fonts.PLAIN, fontSize=7, leading=8.4, splitLongWords=1)
    bold = ParagraphStyle("bold", parent=words, fontName=fonts.BOLD)
    large = ParagraphStyle("large", fontName=fonts.BOLD, fontSize=13, leading=17)
    small = ParagraphStyle("small", fontName=fonts.PLAIN, fontSize=9, leading=12)
    page = landscape(A4)
    width = page[0] - 20 * mm - 12  # a frame keeps six points on each side
    widths = [width * share / sum(SHARES) for share in SHARES]

    def show(cell: Any) -> Any:
        said = texts.moment(cell) if isinstance(cell, datetime) else str(cell or "")
        return Paragraph(fonts.escape(said), words)

    table = LongTable(
        [
            [Paragraph(title, bold) for title, _ in texts.COLUMNS],
            *([show(cell) for cell in cells] for cells in rows),
        ],
        colWidths=widths,
        repeatRows=1,
        splitInRow=1,
        style=TableStyle(
            [
                ("GRID", (0, 0), (-1, -1), 0.4, colors.grey),
                ("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 2),
                ("RIGHTPADDING", (0, 0), (-1, -1), 2),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
            ]
        ),
    )

    def number_page(canvas: Any, document: Any) -> None:
        canvas.setFont(fonts.PLAIN, 7)
        canvas.drawRightString(page[0] - 10 * mm, 6 * mm, texts.page(document.page))

    SimpleDocTemplate(
        str(path),
        pagesize=page,
        leftMargin=10 * mm, rightMargin=10 * mm, topMargin=10 * mm, bottomMargin=12 * mm,
        title=f"{about.title}. {about.subtitle}",
        author=about.title,
    ).build(
        [
            Paragraph(fonts.escape(about.title), large),
            Paragraph(fonts.escape(about.subtitle), small),
            Spacer(1, 3 * mm),
            table,
        ],
        onFirstPage=number_page,
        onLaterPages=number_page,
    )  # fmt: skip
