"""The form: questions one after another, with back, skip and cancel for free.

A form says which steps it has, given the answers so far; the engine asks the first one that has
no answer. State is `{"form": token, "answers": {…}, "step": key, "asked": […], "page": n}`. A
button's action is `form/TOKEN/STEP/VALUE`: a press on an older question changes that answer and
asks on from there.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from handlers.dialogue import texts
from handlers.dialogue.steps import Actions, Meant, Stay, Step, Wrong
from handlers.dialogue.turn import Turn
from services.errors import StaleButton
from services.messaging.types import Button

Answers = dict[str, Any]


class Form:
    """Subclasses give `steps`, `finish` and `cancel`; a form object holds no state of its own."""

    name: str

    async def steps(self, turn: Turn, answers: Answers) -> Sequence[Step]:
        raise NotImplementedError

    async def finish(self, turn: Turn, answers: Answers) -> None:
        """All steps have answers. The dialogue has been left already."""
        raise NotImplementedError

    async def cancel(self, turn: Turn) -> None:
        """The person gave up. The dialogue has been left already."""
        raise NotImplementedError

    async def start(self, turn: Turn, **answers: Any) -> None:
        """Begins with some answers known. Begun twice by an impatient thumb, it is one form, so
        that the buttons of both first questions work."""
        session = turn.session
        again = session.scene == self.name and session.state["answers"] == answers
        token = session.state["form"] if again else secrets.token_hex(3)
        turn.go(self.name, form=token, answers=answers, step="", asked=[], page=0)
        await self._ask_next(turn)

    async def receive(self, turn: Turn) -> None:
        """Raises `StaleButton` for a press that belongs to another form."""
        state = turn.session.state
        steps = await self.steps(turn, state["answers"])
        if turn.pressed.startswith("form/"):
            await self._press(turn, steps, turn.pressed)
            return
        current = next((step for step in steps if step.key == state["step"]), None)
        if current is None:  # the company changed the form meanwhile
            await self._ask_next(turn)
            return
        await self._take(turn, steps, current)

    async def repeat(self, turn: Turn) -> None:
        """Asks the current question once more."""
        await self._ask_next(turn)

    async def _press(self, turn: Turn, steps: Sequence[Step], action: str) -> None:
        state = turn.session.state
        _, token, key, value = [*action.split("/", 3), "", "", ""][:4]
        if token != state["form"]:
            raise StaleButton
        if key == "-":
            await self._navigate(turn, steps, value)
            return
        step = next((step for step in steps if step.key == key), None)
        if step is None:
            raise StaleButton
        answers = state["answers"]
        if key in answers and key != state["step"]:
            if step.is_same(value, answers[key]):
                return  # the same button twice
            forget_from(answers, steps, key)
            state["asked"] = [*before(state["asked"], key), key]
        await self._take(turn, steps, step, pressed=value)

    async def _navigate(self, turn: Turn, steps: Sequence[Step], where: str) -> None:
        if where == "cancel":
            turn.leave()
            await self.cancel(turn)
        elif where == "back":
            await self._back(turn, steps)
        elif where.startswith("page") and where[4:].isdecimal():
            turn.session.state["page"] = int(where[4:])
            await self._ask_next(turn)
        else:
            raise StaleButton

    async def _back(self, turn: Turn, steps: Sequence[Step]) -> None:
        """To the last question that was really asked; from the first one there is no back."""
        state = turn.session.state
        keys = [step.key for step in steps]
        earlier = [key for key in state["asked"] if key != state["step"] and key in keys]
        state["page"] = 0
        if not earlier:
            turn.leave()
            await self.cancel(turn)
            return
        state.pop("open", None)
        state["asked"] = earlier
        for step in steps:
            if step.key == state["step"]:
                step.leave(state["answers"])
        forget_from(state["answers"], steps, earlier[-1])
        await self._ask_next(turn)

    async def _take(
        self, turn: Turn, steps: Sequence[Step], step: Step, pressed: str | None = None
    ) -> None:
        state = turn.session.state
        try:
            taken = await step.take(turn, pressed, state["answers"].get(step.key))
        except Meant as meant:
            await self._press(turn, steps, str(meant))
            return
        except Wrong as wrong:
            state["step"] = step.key
            await turn.say(str(wrong), self._buttons(turn, step))
            return
        if isinstance(taken, Stay):
            state["answers"][step.key] = taken.so_far
            state["step"] = state["open"] = step.key
            await turn.say(taken.words, self._buttons(turn, step))
            return
        state.pop("open", None)
        state["page"] = 0
        state["answers"][step.key] = taken.value
        state["answers"].update(taken.more)
        for key in taken.forget:
            state["answers"].pop(key, None)
        await self._ask_next(turn)

    async def _ask_next(self, turn: Turn) -> None:
        state = turn.session.state
        answers = state["answers"]
        for step in await self.steps(turn, answers):
            if step.key in answers and state.get("open") != step.key:
                continue
            state["asked"] = [*before(state["asked"], step.key), step.key]
            state["step"] = step.key
            await turn.say(await step.ask(turn, answers), self._buttons(turn, step))
            return
        token = state["form"]
        turn.leave()
        await self.finish(turn, answers)
        turn.session.state["finished"] = token

    def _buttons(self, turn: Turn, step: Step) -> list[list[Button]]:
        state = turn.session.state
        actions = Actions(state["form"], step.key)
        steer = Actions(state["form"], "-")
        rows = step.buttons(state["page"], actions)
        if state.get("open") == step.key:
            rows.append([Button(label=texts.GO_ON, action=actions.press("done"))])
        last = []
        if len(state["asked"]) > 1:
            last.append(Button(label=texts.BACK, action=steer.press("back")))
        if step.optional and state.get("open") != step.key:
            last.append(Button(label=texts.SKIP, action=actions.press("skip")))
        last.append(Button(label=texts.CANCEL, action=steer.press("cancel")))
        return [*rows, last]


def before(keys: Sequence[str], key: str) -> list[str]:
    return list(keys[: keys.index(key)] if key in keys else keys)


def forget_from(answers: Answers, steps: Sequence[Step], key: str) -> None:
    """Drops the answer to `key` and to everything asked after it."""
    keys = [step.key for step in steps]
    for later in keys[keys.index(key) :] if key in keys else [key]:
        answers.pop(later, None)
