"""A payment code as a picture that a bank's camera reads off a screen, or from the gallery."""

from __future__ import annotations

import io

QUIET = 4  # modules of white around, as readers need
SIDE = 900  # pixels at least: messengers squeeze pictures


def draw_pay_code(text: str) -> bytes:
    """PNG. Whole pixels a module, so that no edge is blurred."""
    from PIL import Image
    from reportlab.graphics.barcode.qrencoder import QR8bitByte, QRCode, QRErrorCorrectLevel

    code = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(QR8bitByte(text.encode()))
    code.make()
    count = code.getModuleCount()
    picture = Image.new("1", (count + 2 * QUIET,) * 2, 1)
    for y, row in enumerate(code.modules):
        for x, dark in enumerate(row):
            if dark:
                picture.putpixel((x + QUIET, y + QUIET), 0)
    scale = -(-SIDE // picture.width)
    out = io.BytesIO()
    picture.resize((picture.width * scale,) * 2, Image.Resampling.NEAREST).convert("L").save(
        out, "PNG", optimize=True
    )
    return out.getvalue()
