"""Answers that are none."""

from __future__ import annotations

import socket
import struct

from aiohttp import web


def page(status: int) -> web.Response:
    title = {500: "Internal Server Error", 502: "Bad Gateway"}[status]
    text = f"<html>\r\n<head><title>{status} {title}</title></head>\r\n</html>\r\n"
    return web.Response(status=status, text=text, content_type="text/html")


def broken(request: web.Request) -> web.Response:
    """The connection ends with a reset, not with a farewell."""
    if request.transport is not None:
        sock = request.transport.get_extra_info("socket")
        if sock is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        request.transport.abort()
    return web.Response()
