"""The letters our papers are printed with: a font that has ours, kept with the program."""

from __future__ import annotations

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "letters"
PLAIN, BOLD = "Roboto", "Roboto-Bold"


@cache
def register() -> None:
    """The library is slow to import, and only who prints needs it."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    pdfmetrics.registerFont(TTFont(PLAIN, FOLDER / "Roboto-Regular.ttf"))
    pdfmetrics.registerFont(TTFont(BOLD, FOLDER / "Roboto-Bold.ttf"))
    pdfmetrics.registerFontFamily(PLAIN, normal=PLAIN, bold=BOLD, italic=PLAIN, boldItalic=BOLD)


def escape(words: str) -> str:
    """Words of people are no markup, and a control character is no letter."""
    plain = "".join(each if each.isprintable() or each == "\n" else " " for each in words)
    plain = plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return plain.replace("\n", "<br/>")
