"""Faults on order: the network and the other side at their worst."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from typing import Literal

from .errors import ApiError

FaultKind = Literal[
    "error",  # an answer with `code`: 6, 9, 29 slower; 14 captcha; 10 VK's own trouble …
    "500",  # an HTML page
    "502",  # an HTML page
    "hang",  # the call is never read, no answer comes
    "hang_accepted",  # the call is carried out, no answer comes
    "reset",  # the connection breaks before the call is read
    "reset_accepted",  # the call is carried out, then the connection breaks
    "slow",  # the answer comes `delay` seconds late
]
ANY = "*"
ASIDE = frozenset({"longpoll", "upload", "download"})
"""Not methods, yet faults may name them. They are hit only when named."""


@dataclass(eq=False)
class Fault:
    kind: FaultKind
    method: str = ANY
    peer: int | None = None
    times: int | None = 1
    """How often; None is for ever, until ``cancel``."""
    code: int = 10
    detail: str = ""
    delay: float = 1.0
    rate: float = 1.0
    random: random.Random | None = None
    fired: int = 0
    until: float | None = None

    def cancel(self) -> None:
        self.times = 0

    @property
    def spent(self) -> bool:
        over = self.until is not None and time.monotonic() >= self.until
        return over or (self.times is not None and self.fired >= self.times)

    def matches(self, method: str, peer: int | None) -> bool:
        if self.spent or (self.peer is not None and self.peer != peer):
            return False
        if self.method != method and (self.method != ANY or method in ASIDE):
            return False
        return self.random is None or self.random.random() < self.rate

    def error(self) -> ApiError | None:
        """The refusal it stands for, if it is one."""
        return ApiError(self.code, self.detail) if self.kind == "error" else None


@dataclass
class Faults:
    waiting: list[Fault] = field(default_factory=list)
    token_revoked: bool = False

    def next(
        self,
        method: str = ANY,
        *,
        kind: FaultKind,
        peer: int | None = None,
        times: int | None = 1,
        code: int = 10,
        detail: str = "",
        delay: float = 1.0,
    ) -> Fault:
        """The next ``times`` calls of ``method`` go wrong so: any method with ``*``, or
        ``longpoll``, ``upload``, ``download``. An error that names a method strikes it inside
        ``execute`` too."""
        fault = Fault(kind, method, peer, times, code, detail, delay)
        self.waiting.append(fault)
        return fault

    def flood(
        self, seconds: float, *, code: int = 9, peer: int | None = None, method: str = ANY
    ) -> Fault:
        """Error 9 (or 6, 29, 14) to everything, or to one method or peer, for a while."""
        fault = Fault("error", method, peer, None, code, until=time.monotonic() + seconds)
        self.waiting.append(fault)
        return fault

    def at_random(
        self,
        kind: FaultKind,
        rate: float,
        *,
        seed: int = 1,
        method: str = ANY,
        code: int = 10,
        delay: float = 1.0,
    ) -> Fault:
        """A share of the calls goes wrong, the same ones for the same seed."""
        chance = random.Random(seed)
        fault = Fault(kind, method, None, None, code, delay=delay, rate=rate, random=chance)
        self.waiting.append(fault)
        return fault

    def revoke_token(self) -> None:
        self.token_revoked = True

    def restore_token(self) -> None:
        self.token_revoked = False

    def clear(self) -> None:
        self.waiting.clear()
        self.token_revoked = False

    def take(self, method: str, peer: int | None, *, inside: bool = False) -> Fault | None:
        """The fault that meets this call, if any. ``inside`` execute: refusals by name alone."""
        if self.token_revoked and method not in ASIDE:
            return Fault("error", code=5)
        self.waiting = [fault for fault in self.waiting if not fault.spent]
        for fault in self.waiting:
            if inside and (fault.kind != "error" or fault.method == ANY):
                continue
            if fault.matches(method, peer):
                fault.fired += 1
                return fault
        return None
