"""Papers read back: their words, and what a telephone's camera finds on them."""

from __future__ import annotations

import io
from typing import Any


def read_words(pdf: bytes) -> list[str]:
    """Page by page."""
    from pypdf import PdfReader

    pages = PdfReader(io.BytesIO(pdf)).pages
    return [" ".join(page.extract_text().split()) for page in pages]


def read_codes(pdf: bytes) -> list[list[str]]:
    """Page by page, from left to right: the page is drawn and looked at by another library than
    the one that printed it."""
    import pypdfium2
    import zxingcpp

    document = pypdfium2.PdfDocument(pdf)
    try:
        return [_codes_of(zxingcpp, page.render(scale=2).to_numpy()) for page in document]
    finally:
        document.close()


def _codes_of(reader: Any, picture: Any) -> list[str]:
    found = reader.read_barcodes(picture, formats=reader.BarcodeFormat.QRCode)
    return [each.text for each in sorted(found, key=lambda each: each.position.top_left.x)]
