"""What was billed and paid by month, as a picture for a telephone: upright, in large letters."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

from handlers.papers import fonts
from services.accounts.money import MonthOf

WIDTH, TOP, ROW, BOTTOM, EDGE = 840, 176, 86, 24, 36
BARS, MOST, BAR = 220, 410, 34  # where they begin, how long and how high they are
INK, GREY, LINE, PAPER = "#1f2a2a", "#5d6969", "#dfe5e4", "#ffffff"
COLOURS = ("#b4c5c2", "#1d7a6b")
SHORT = ("янв", "фев", "мар", "апр", "май", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
TITLE, KINDS = "По месяцам, рублей", ("начислено", "оплачено")


def draw_months(months: Sequence[MonthOf]) -> bytes:
    """PNG: a pair of bars a month, the newest above. Kopecks are left to the words beside it."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (WIDTH, TOP + ROW * len(months) + BOTTOM), PAPER)
    pen = ImageDraw.Draw(picture)
    pen.text((EDGE, 28), TITLE, INK, font(46, bold=True))
    at: float = EDGE
    for colour, word in zip(COLOURS, KINDS, strict=True):
        pen.rectangle((at, 110, at + 32, 142), colour)
        pen.text((at + 44, 126), word, GREY, font(34), anchor="lm")
        at += 44 + pen.textlength(word, font(34)) + 44
    most = max((max(each.billed or 0, each.paid or 0) for each in months), default=0)
    for number, month in enumerate(reversed(months)):
        y = TOP + ROW * number
        pen.line((EDGE, y - 6, WIDTH - EDGE, y - 6), LINE, 2)
        pen.text((EDGE, y + BAR), name_short(month.month), INK, font(36), anchor="lm")
        sums = (month.billed, month.paid)
        for place, (kopecks, colour) in enumerate(zip(sums, COLOURS, strict=True)):
            if kopecks is None:
                continue
            top = y + place * (BAR + 2)
            long = MOST * max(kopecks, 0) / most if most else 0
            pen.rectangle((BARS, top, BARS + max(long, 3), top + BAR - 1), colour)
            words = in_roubles(kopecks)
            at = BARS + max(long, 3) + 12
            pen.text((at, top + BAR / 2), words, INK, font(32), anchor="lm")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def name_short(month: date) -> str:
    """«фев 2026»"""
    return f"{SHORT[month.month - 1]} {month.year}"


def in_roubles(kopecks: int) -> str:
    sign = "−" if kopecks < 0 else ""
    return sign + f"{(abs(kopecks) + 50) // 100:,}".replace(",", "\u00a0")


@cache
def font(size: int, *, bold: bool = False) -> Any:
    from PIL import ImageFont

    return ImageFont.truetype(fonts.FOLDER / f"Roboto-{'Bold' if bold else 'Regular'}.ttf", size)
