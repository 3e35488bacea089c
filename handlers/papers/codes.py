"""Codes that open the bot when a telephone's camera looks at them, one a messenger."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from handlers.open_texts import messenger
from handlers.papers import fonts
from services.links import Link

QUIET = 4  # modules of white around, as readers need


def draw_code(url: str, side: float) -> Any:
    """A drawing `side` points wide."""
    from reportlab.graphics.barcode.qr import QrCodeWidget
    from reportlab.graphics.shapes import Drawing

    code = QrCodeWidget(url, barLevel="M", barBorder=QUIET, barWidth=side, barHeight=side)
    drawing = Drawing(side, side)
    drawing.add(code)
    return drawing


def codes_in_row(links: Sequence[Link], width: float, side: float) -> Any:
    """A code for each messenger beside the others, its name below."""
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph, Table, TableStyle

    caption = ParagraphStyle("caption", fontName=fonts.BOLD, fontSize=15, leading=18, alignment=1)
    column = width / len(links)
    side = min(side, column)
    return Table(
        [
            [draw_code(link.url, side) for link in links],
            [Paragraph(fonts.escape(messenger(link)), caption) for link in links],
        ],
        colWidths=[column] * len(links),
        style=TableStyle(
            [
                ("ALIGN", (0, 0), (-1, -1), "CENTER"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 0),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
            ]
        ),
    )


def as_drawn(flowables: Sequence[Any], width: float, height: float) -> Any:
    """On one page, however much was written: what does not fit is drawn smaller."""
    from reportlab.platypus import KeepInFrame

    return KeepInFrame(width, height, list(flowables), mode="shrink")
