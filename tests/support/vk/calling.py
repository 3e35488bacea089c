"""One call: the token, the rate, the shape, and then the method itself."""

from __future__ import annotations

import time
from typing import Any

from . import account, editing, keeping, reading, sending, wall
from .api import METHODS
from .errors import ApiError, Malformed, wrong
from .faults import Faults
from .limits import PublishedLimits
from .script import Script
from .shape import Shape
from .timings import Call, Stats, Timings
from .wire import Json, Params
from .world import World

_REGISTERED = (account, editing, keeping, reading, sending, wall)


OF_A_PERSON = ("wall.post", "groups.getById")


class Caller(World):
    def __init__(
        self,
        token: str,
        group_id: int,
        *,
        limits: PublishedLimits | None,
        press_lifetime: float,
        strict: bool,
        check_answers: bool,
    ) -> None:
        super().__init__(group_id=group_id, limits=limits, press_lifetime=press_lifetime)
        self.token = token
        self.wall_token = f"{token}.WALL"
        """Of an administrator; it writes on the wall, and nothing else here."""
        self.strict = strict
        self.shape = Shape()
        self.check_answers = check_answers and self.shape.known
        self.updates.shape = self.shape if self.check_answers else None
        self.faults = Faults()
        self.malformed: list[str] = []
        """Calls that no well-made client would make: against the schema or the limits."""
        self.uploads.problems = self.malformed
        self.calls: list[Call] = []
        self.stats = Stats()

    @property
    def timings(self) -> Timings:
        return Timings(list(self.updates.all.values()), self.calls)

    @property
    def misshapen(self) -> list[str]:
        """Our own answers and events that are not as published (with ``check_answers``)."""
        return self.updates.problems

    def take_call(self, name: str, params: Params, *, inside: bool = False) -> Call:
        call = Call(name, params.peer(), params.raw, inside)
        self.calls.append(call)
        self.stats.calls[name] += 1
        self.stats.requests += not inside
        return call

    def carry_out(self, params: Params, call: Call) -> Json:
        given = params.text("access_token")
        if not given:
            raise ApiError(15, "no access_token passed")
        if given not in (self.token, self.wall_token):
            raise ApiError(5)
        if given == self.token:
            self.flood.admit()
        if not params.text("v"):
            self.malformed.append(f"{call.method}: no v")
            raise ApiError(8, "v (version) is required")
        if call.method == "execute":
            return self._execute(params, call)
        return {"response": self._run(params, call)}

    def _run(self, params: Params, call: Call) -> Any:
        known = METHODS.get(call.method)
        if known is None:
            self.malformed.append(f"{call.method}: no such method in the stand-in")
            raise ApiError(3)
        if params.text("access_token") == self.wall_token:
            if call.method not in OF_A_PERSON:
                raise ApiError(15, "no access to call this method")
        elif not self.shape.for_groups(call.method) and call.method != "groups.getSettings":
            raise ApiError(27)
        if known.scope and known.scope not in self.community.permissions:
            raise ApiError(
                15,
                "no access to call this method. It cannot be called with current scopes.",
            )
        if self.strict and (problems := self.shape.request(call.method, params)):
            self.malformed += [f"{call.method}: {problem}" for problem in problems]
            raise ApiError(100, "; ".join(problems))
        before = len(self.sent)
        try:
            result = known.run(self, params)
        except Malformed as error:
            self.malformed.append(f"{call.method}: {error.message}")
            raise
        call.messages = self.sent[before:]
        if self.check_answers:
            self.updates.problems += [
                f"{call.method}: {each}" for each in self.shape.answer(call.method, result)
            ]
        if isinstance(result, list):
            errors = [each["error"]["code"] for each in result if "error" in each]
            self.stats.refused.update(errors)
        call.accepted_at = time.monotonic()
        self.stats.accepted[call.method] += 1
        return result

    def _execute(self, params: Params, call: Call) -> Json:
        code = params.text("code")
        if not code:
            self.malformed.append("execute: no code")
            raise wrong("code is undefined")
        errors: list[Json] = []

        def invoke(name: str, given: Json) -> Any:
            inner = Params(dict(given))
            made = self.take_call(name, inner, inside=True)
            fault = self.faults.take(name, made.peer, inside=True)
            try:
                if fault is not None and (refused := fault.error()) is not None:
                    made.fault = fault.kind
                    raise refused
                return self._run(inner, made)
            except ApiError as error:
                self.refuse(made, error, inner)
                told = {"error_code": error.code, "error_msg": error.message}
                errors.append({"method": name, **told})
                return False

        before = len(self.sent)
        try:
            result = Script(code).run(invoke)
        except ApiError as error:
            self.malformed.append(f"execute: {error.message}")
            raise
        call.messages = self.sent[before:]
        call.accepted_at = time.monotonic()
        self.stats.accepted["execute"] += 1
        body: Json = {"response": result}
        if errors:
            # VK adds the last one once more, in the name of execute itself.
            body["execute_errors"] = [*errors, errors[-1] | {"method": "execute"}]
        return body

    def refuse(self, call: Call, error: ApiError, params: Params) -> Json:
        call.code, call.description = error.code, error.message
        self.stats.refused[error.code] += 1
        return error.answer(params.listed(call.method))
