"""Posters for every day: a page for a house and one for each of its entrances, with codes that open
the bot there. The code in the link tells later how many flats the poster has brought."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from handlers.papers import codes, fonts, texts
from services.links import Link
from services.tables import House
from services.work import Work


@dataclass(frozen=True)
class Poster:
    company: str
    place: str
    phones: tuple[str, ...]
    links: tuple[Link, ...]


async def posters_of(work: Work, houses: Iterable[House]) -> list[Poster]:
    """In the order given; a house that names no entrances has one page. Empty where no messenger
    is known yet."""
    company, posters = await work.company.profile(), []
    if not await work.links.to():
        return []
    phones = texts.phones(company)
    for house in houses:
        places = [(house.code, "")]
        places += [(each.code, each.number) for each in await work.places.entrances(house.id)]
        for code, entrance in places:
            place = texts.poster_place(house.address, entrance)
            links = tuple(await work.links.to(code))
            posters.append(Poster(company.name, place, phones, links))
    return posters


async def write_posters(path: Path, posters: Sequence[Poster]) -> None:
    await asyncio.to_thread(print_posters, path, posters)


def print_posters(path: Path, posters: Sequence[Poster]) -> None:
    from reportlab.lib import colors
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.lib.units import mm
    from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Spacer

    fonts.register()
    plain = ParagraphStyle("plain", fontName=fonts.PLAIN, fontSize=17, leading=23, spaceAfter=6)
    bold = ParagraphStyle("bold", parent=plain, fontName=fonts.BOLD, fontSize=18)
    large = ParagraphStyle("large", parent=bold, fontSize=38, leading=44, spaceAfter=8)
    small = ParagraphStyle("small", parent=plain, fontSize=13, leading=17, textColor=colors.dimgrey)
    margin = 18 * mm
    width, height = A4[0] - 2 * margin - 12, A4[1] - 2 * margin - 12
    story = []
    for poster in posters:
        page = [
            Paragraph(fonts.escape(poster.company), bold),
            Paragraph(fonts.escape(poster.place), small),
            Spacer(1, 4 * mm),
            Paragraph(texts.POSTER_HEAD, large),
            Paragraph(texts.POSTER_WHAT, plain),
            Spacer(1, 3 * mm),
            *(Paragraph(f"{n}. {step}", plain) for n, step in enumerate(texts.POSTER_HOW, 1)),
            Spacer(1, 3 * mm),
            codes.codes_in_row(poster.links, width, 80 * mm),
            Spacer(1, 3 * mm),
            Paragraph(texts.POSTER_ELSE, plain),
            *(Paragraph(fonts.escape(phone), bold) for phone in poster.phones),
        ]
        story += [codes.as_drawn(page, width, height), PageBreak()]
    SimpleDocTemplate(
        str(path), pagesize=A4, title=texts.POSTER_HEAD, author=posters[0].company,
        leftMargin=margin, rightMargin=margin, topMargin=margin, bottomMargin=margin,
    ).build(story[:-1])  # fmt: skip
