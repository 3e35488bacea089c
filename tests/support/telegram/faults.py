"""Faults on order: the network and the other side at their worst."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from typing import Literal

from .errors import ApiError, too_many, unauthorized

FaultKind = Literal[
    "429",  # Too Many Requests with `retry_after`
    "500",  # an HTML page
    "502",  # an HTML page
    "hang",  # the call is never read, no answer comes
    "hang_accepted",  # the call is carried out, no answer comes
    "reset",  # the connection breaks before the call is read
    "reset_accepted",  # the call is carried out, then the connection breaks
    "slow",  # the answer comes `delay` seconds late
    "error",  # `code` and `description`
]
ANY = "*"


@dataclass(eq=False)
class Fault:
    kind: FaultKind
    method: str = ANY
    chat: int | None = None
    times: int | None = 1
    """How often; None is for ever, until ``cancel``."""
    retry_after: float = 1
    delay: float = 1.0
    code: int = 400
    description: str = "Bad Request"
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

    def matches(self, method: str, chat: int | None) -> bool:
        if self.spent or (self.chat is not None and self.chat != chat):
            return False
        # The poll for updates is hit only when named, lest it eat what was meant for a send.
        named = self.method.lower() == method.lower()
        if not named and (self.method != ANY or method == "getUpdates"):
            return False
        return self.random is None or self.random.random() < self.rate

    def error(self) -> ApiError | None:
        """The refusal it stands for, if it is one."""
        if self.kind == "429":
            left = self.retry_after
            if self.until is not None:
                left = max(1, round(self.until - time.monotonic()))
            return too_many(left)
        return ApiError(self.code, self.description) if self.kind == "error" else None


@dataclass
class Faults:
    waiting: list[Fault] = field(default_factory=list)
    token_revoked: bool = False

    def next(
        self,
        method: str = ANY,
        *,
        kind: FaultKind,
        chat: int | None = None,
        times: int | None = 1,
        retry_after: float = 1,
        delay: float = 1.0,
        code: int = 400,
        description: str = "Bad Request",
    ) -> Fault:
        """The next ``times`` calls of ``method`` (``*``: any but getUpdates) go wrong so."""
        fault = Fault(kind, method, chat, times, retry_after, delay, code, description)
        self.waiting.append(fault)
        return fault

    def flood(self, seconds: float, *, chat: int | None = None, method: str = ANY) -> Fault:
        """429 to everything (in one chat, or everywhere) for a while."""
        fault = Fault("429", method, chat, None, until=time.monotonic() + seconds)
        self.waiting.append(fault)
        return fault

    def at_random(
        self,
        kind: FaultKind,
        rate: float,
        *,
        seed: int = 1,
        method: str = ANY,
        delay: float = 1.0,
        retry_after: float = 1,
    ) -> Fault:
        """A share of the calls goes wrong, the same ones for the same seed."""
        fault = Fault(
            kind,
            method,
            None,
            None,
            retry_after,
            delay,
            rate=rate,
            random=random.Random(seed),
        )
        self.waiting.append(fault)
        return fault

    def revoke_token(self) -> None:
        self.token_revoked = True

    def restore_token(self) -> None:
        self.token_revoked = False

    def clear(self) -> None:
        self.waiting.clear()
        self.token_revoked = False

    def take(self, method: str, chat: int | None) -> Fault | None:
        """The fault that meets this call, if any."""
        if self.token_revoked:
            refused = unauthorized()
            return Fault("error", code=refused.code, description=refused.description)
        self.waiting = [fault for fault in self.waiting if not fault.spent]
        for fault in self.waiting:
            if fault.matches(method, chat):
                fault.fired += 1
                return fault
        return None
