"""Small real files for tests: a browser must be able to show them."""

from __future__ import annotations

import struct
import zlib


def png(red: int, green: int, blue: int, side: int = 48) -> bytes:
    """A square of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    row = b"\0" + bytes((red, green, blue)) * side
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    pixels = zlib.compress(row * side)
    signature = b"\x89PNG\r\n\x1a\n"
    return signature + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


RED = png(200, 40, 30)
GREEN = png(30, 140, 80)
BLUE = png(40, 80, 200)
