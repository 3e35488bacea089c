"""The sheet for the entrance door: one page a house, in letters that are read from two steps, with
codes that open the bot at that house. Anybody reads it, so it names no flat."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from handlers import open_posts
from handlers import open_texts as words
from handlers.papers import codes, fonts, texts
from services.links import Link
from services.messaging.types import Outbound
from services.outage_rules import moment_to_tell
from services.tables import House, Mailing, Outage, OutagePlace
from services.work import Work
from services.zones import wall_of


@dataclass(frozen=True)
class Sheet:
    """What a page says, without pictures: what it is about, where, and the lines below."""

    company: str
    title: str
    place: str
    lines: tuple[str, ...]
    phones: tuple[str, ...]
    links: tuple[Link, ...]
    made: str


async def sheets_of_outage(work: Work, outage: Outage, kind: str) -> list[Sheet]:
    """A page for each of its houses, in their order."""
    local = await wall_of(work, outage)
    header, text = words.of_outage(
        outage, kind, [], local(outage.since), local(outage.until) if outage.until else None,
        local(await moment_to_tell(work, outage)),
    )  # fmt: skip
    by_house: dict[int, list[OutagePlace]] = {}
    for place in await work.outages.places(outage):
        by_house.setdefault(place.house_id, []).append(place)
    sheets = []
    for house_id, parts in by_house.items():
        house = await work.places.house(house_id)
        if house is not None:
            sheets.append(await make_sheet(work, house, header, text, parts=parts))
    return sheets


async def sheets_of_mailing(work: Work, mailing: Mailing, what: Outbound) -> list[Sheet]:
    """`what`: as its people get it. A page for each of its houses."""
    sheets = []
    for house in await work.mailings.houses(mailing):
        places = mailing.audience["places"]
        parts = [OutagePlace(**each) for each in places if each["house_id"] == house.id]
        sheets.append(await make_sheet(work, house, what.header, what.text, parts=parts))
    return sheets


async def make_sheet(
    work: Work, house: House, header: str, text: str, *, parts: Sequence[OutagePlace] = ()
) -> Sheet:
    """Of anything that is told to a house: an outage, a mailing."""
    company = await work.company.profile()
    named = await open_posts.name_part(work, parts)
    written = [line for line in words.without_signs(text).split("\n") if line]
    return Sheet(
        company=company.name,
        title=words.without_signs(header).strip(),
        place=f"{house.address}, {named}" if named else house.address,
        lines=tuple(written),
        phones=texts.phones(company),
        links=tuple(await work.links.to(house.code)),
        made=texts.made_on(await work.company.local(work.now)),
    )


async def write_sheets(path: Path, sheets: Sequence[Sheet]) -> None:
    await asyncio.to_thread(print_sheets, path, sheets)


def print_sheets(path: Path, sheets: Sequence[Sheet]) -> None:
    from reportlab.lib import colors
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.lib.units import mm
    from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Spacer
    from reportlab.platypus.flowables import HRFlowable

    fonts.register()
    plain = ParagraphStyle("plain", fontName=fonts.PLAIN, fontSize=20, leading=27, spaceAfter=8)
    bold = ParagraphStyle("bold", parent=plain, fontName=fonts.BOLD, fontSize=18, leading=24)
    large = ParagraphStyle("large", parent=bold, fontSize=42, leading=48, spaceAfter=10)
    where = ParagraphStyle("where", parent=bold, fontSize=24, leading=30)
    small = ParagraphStyle("small", parent=plain, fontSize=13, leading=17, textColor=colors.dimgrey)
    margin = 18 * mm
    width, height = A4[0] - 2 * margin - 12, A4[1] - 2 * margin - 12
    story = []
    for sheet in sheets:
        page = [
            Paragraph(fonts.escape(sheet.company), small),
            Spacer(1, 4 * mm),
            Paragraph(fonts.escape(sheet.title), large),
            Paragraph(fonts.escape(sheet.place), where),
            Spacer(1, 4 * mm),
            *(Paragraph(fonts.escape(line), plain) for line in sheet.lines),
            Spacer(1, 4 * mm),
            HRFlowable(width="100%", color=colors.grey),
            Spacer(1, 4 * mm),
            *(Paragraph(fonts.escape(phone), bold) for phone in sheet.phones),
        ]
        if sheet.links:
            page += [
                Paragraph(fonts.escape(texts.LOOK_AT_CODE), plain),
                codes.codes_in_row(sheet.links, width, 55 * mm),
            ]
        page.append(Paragraph(fonts.escape(sheet.made), small))
        story += [codes.as_drawn(page, width, height), PageBreak()]
    SimpleDocTemplate(
        str(path), pagesize=A4, title=sheets[0].title, author=sheets[0].company,
        leftMargin=margin, rightMargin=margin, topMargin=margin, bottomMargin=margin,
    ).build(story[:-1])  # fmt: skip
