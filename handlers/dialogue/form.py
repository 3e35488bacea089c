"""The form: questions one after another, with back, skip and cancel for free.

A form says which steps it has, given the answers so far; the engine asks the first one that has
no answer. State is `{"form": token, "answers": {…}, "step": key, "page": n}`. A button's action is
`form/TOKEN/STEP/VALUE`: a press on an older question changes that answer and asks on from there.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any, ClassVar

from handlers.dialogue import texts
from handlers.dialogue.steps import Answered, Stay, Step, Wrong
from handlers.dialogue.turn import Turn
from services.errors import StaleButton
from services.messaging.types import Button

Answers = dict[str, Any]


class Form:
    """Subclasses give `steps` and `finish`; a form object holds no state of its own."""

    name: ClassVar[str]

    async def steps(self, turn: Turn, answers: Answers) -> Sequence[Step]:
        raise NotImplementedError

    async def finish(self, turn: Turn, answers: Answers) -> None:
        """All steps have answers. The dialogue has been left already."""
        raise NotImplementedError

    async def cancel(self, turn: Turn) -> None:
        """The person gave up. The dialogue has been left already."""
        raise NotImplementedError

    async def start(self, turn: Turn, **answers: Any) -> None:
        """Begins with some answers known."""
        turn.go(self.name, form=secrets.token_hex(3), answers=answers, step="", page=0)
        await self._ask_next(turn)

    async def receive(self, turn: Turn) -> None:
        """Raises `StaleButton` for a press that belongs to another form."""
        state = turn.session.state
        answers: Answers = state["answers"]
        steps = await self.steps(turn, answers)
        current = next((step for step in steps if step.key == state["step"]), None)
        if turn.pressed.startswith("form/"):
            await self._press(turn, steps)
            return
        if current is None:  # the company changed the form meanwhile
            await self._ask_next(turn)
            return
        await self._take(turn, current)

    async def repeat(self, turn: Turn) -> None:
        """Asks the current question once more."""
        turn.session.state["step"] = ""
        await self._ask_next(turn)

    async def _press(self, turn: Turn, steps: Sequence[Step]) -> None:
        state = turn.session.state
        _, token, key, value = [*turn.pressed.split("/", 3), "", "", ""][:4]
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
        await self._take(turn, step, pressed=value)

    async def _navigate(self, turn: Turn, steps: Sequence[Step], where: str) -> None:
        state = turn.session.state
        if where == "cancel":
            turn.leave()
            await self.cancel(turn)
        elif where == "back":
            await self._back(turn, steps)
        elif where.startswith("page"):
            state["page"] = int(where.removeprefix("page") or 0)
            await self._ask_next(turn)

    async def _back(self, turn: Turn, steps: Sequence[Step]) -> None:
        """To the last question that was really asked; from the first one there is no back."""
        state = turn.session.state
        asked = [key for key in state.get("asked", []) if key != state["step"]]
        if not asked:
            turn.leave()
            await self.cancel(turn)
            return
        previous = asked.pop()
        state["asked"] = asked
        state["answers"].pop(state["step"], None)
        forget_from(state["answers"], steps, previous)
        await self._ask_next(turn)

    async def _take(self, turn: Turn, step: Step, pressed: str | None = None) -> None:
        state = turn.session.state
        try:
            taken = await step.take(turn, pressed, state["answers"].get(step.key))
        except Wrong as wrong:
            state["step"] = step.key
            await turn.say(str(wrong), await self._buttons(turn, step))
            return
        if isinstance(taken, Stay):
            state["answers"][step.key] = taken.so_far
            state["step"] = step.key
            state.setdefault("open", step.key)
            done = Button(label=texts.GO_ON, action=f"form/{state['form']}/{step.key}/done")
            await turn.say(taken.words, [[done]])
            return
        assert isinstance(taken, Answered)
        state.pop("open", None)
        state["page"] = 0
        state["answers"][step.key] = taken.value
        state["answers"].update(taken.more)
        for key in taken.forget:
            state["answers"].pop(key, None)
        state["step"] = ""
        await self._ask_next(turn)

    async def _ask_next(self, turn: Turn) -> None:
        state = turn.session.state
        answers = state["answers"]
        steps = await self.steps(turn, answers)
        for step in steps:
            if step.key in answers and state.get("open") != step.key:
                continue
            state["step"] = step.key
            asked = state.setdefault("asked", [])
            if step.key not in asked:
                asked.append(step.key)
            await turn.say(await step.ask(turn, answers), await self._buttons(turn, step))
            return
        turn.leave()
        await self.finish(turn, answers)

    async def _buttons(self, turn: Turn, step: Step) -> list[list[Button]]:
        state = turn.session.state

        def press(key: str, value: str) -> str:
            return f"form/{state['form']}/{key}/{value}"

        rows = step.buttons(state["page"], lambda value: press(step.key, value))
        pages = step.pages()
        if pages > 1:
            page = (state["page"] + 1) % pages
            rows.append([Button(label=texts.MORE, action=press("-", f"page{page}"))])
        last = []
        if len(state.get("asked", [])) > 1:
            last.append(Button(label=texts.BACK, action=press("-", "back")))
        if step.optional:
            last.append(Button(label=texts.SKIP, action=press(step.key, "skip")))
        last.append(Button(label=texts.CANCEL, action=press("-", "cancel")))
        return [*rows, last]


def forget_from(answers: Answers, steps: Sequence[Step], key: str) -> None:
    """Drops the answer to `key` and to everything asked after it."""
    keys = [step.key for step in steps]
    for later in keys[keys.index(key) :] if key in keys else [key]:
        answers.pop(later, None)
