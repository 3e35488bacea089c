"""What VK answers when it does not do as asked: always HTTP 200, the code is in the body."""

from __future__ import annotations

from typing import Any

TEXTS = {
    1: "Unknown error occurred",
    3: "Unknown method passed",
    5: "User authorization failed: invalid access_token (4).",
    6: "Too many requests per second",
    7: "Permission to perform this action is denied",
    8: "Invalid request",
    9: "Flood control",
    10: "Internal server error: could not get the response",
    12: "Unable to compile code",
    13: "Runtime error occurred during code invocation",
    14: "Captcha needed",
    15: "Access denied",
    18: "User was deleted or banned",
    27: "Group authorization failed: method is unavailable with group auth.",
    29: "Rate limit reached",
    100: "One of the parameters specified was missing or invalid",
    104: "Not found",
    105: "Couldn't save file",
    113: "Invalid user id",
    121: "Invalid hash",
    125: "Invalid group id",
    129: "Invalid photo",
    214: "Access to adding post denied",
    222: "Hyperlinks are forbidden",
    900: "Can't send messages for users from blacklist",
    901: "Can't send messages for users without permission",
    902: "Can't send messages to this user due to their privacy settings",
    909: "Can't edit this message, because it's too old",
    911: "Keyboard format is invalid",
    912: "This is a chat bot feature, change this status in settings",
    913: "Too many forwarded messages",
    914: "Message is too long",
    917: "You don't have access to this chat",
    920: "Can't edit this kind of message",
    921: "Can't forward these messages",
    922: "You left this chat",
    924: "Can't delete this message for everybody",
    925: "You are not admin of this chat",
    927: "Chat does not exist",
    932: "Your community can't interact with this peer",
    943: "Cannot use this intent",
    944: "Limits overflow for this intent",
    945: "Chat was disabled",
    950: "Can't send message, reply timed out",
    2000: "Servers number limit is reached",
}
"""The published descriptions; where VK is known to say more, with that."""

CAPTCHA = {"captcha_sid": "239633676097", "captcha_img": "https://api.vk.com/captcha.php?sid=1"}


class ApiError(Exception):
    """An answer with ``error`` instead of ``response``."""

    def __init__(self, code: int, detail: str = "", **more: Any) -> None:
        text = TEXTS.get(code, "Error")
        self.code = code
        self.message = f"{text}: {detail}" if detail else text
        self.more = more if code != 14 else CAPTCHA | more
        super().__init__(f"{code} {self.message}")

    def answer(self, asked: list[dict[str, str]]) -> dict[str, Any]:
        body = {"error_code": self.code, "error_msg": self.message, "request_params": asked}
        return {"error": body | self.more}

    def short(self) -> dict[str, Any]:
        """As it stands inside the answer for several peers."""
        return {"code": self.code, "description": self.message}


class Malformed(ApiError):
    """A refusal that no well-made client would meet: it is kept in ``malformed``."""


def wrong(what: str) -> Malformed:
    """One of the parameters specified was missing or invalid: ``what``."""
    return Malformed(100, what)


def keyboard_error(what: str) -> Malformed:
    return Malformed(911, what)
