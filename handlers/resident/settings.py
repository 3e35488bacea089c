"""«Настройки»: name, phone, homes, consent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from handlers import holding_notices, mailing_texts
from handlers.dialogue.form import Answers, Form
from handlers.dialogue.steps import Step, Text
from handlers.dialogue.turn import Turn, split_action
from handlers.resident import holding_people, linking_texts, my_data, texts
from handlers.resident.consent import button
from handlers.resident.menu import full_menu, short_menu
from handlers.resident.registration import REGISTRATION, check_name, check_phone


async def show(turn: Turn) -> None:
    turn.leave()
    resident = await turn.work.people.resident(turn.viewer.resident_id)
    places = await turn.work.people.places(turn.viewer)
    rows = [
        [
            button(texts.CHANGE_NAME, "settings/name"),
            button(texts.CHANGE_PHONE, "settings/phone"),
        ],
        [button(texts.ADD_HOME, "settings/home")],
    ]
    if len(places) > 1:
        rows += [[button(texts.leave_label(p), f"settings/leave/{p.home_id}")] for p in places]
    rows.append([button(mailing_texts.WISHES, "menu/wishes")])
    rows.append([button(linking_texts.OTHER, "link/show")])
    rows += await my_data.rows_of_settings(turn)
    rows.append([button(texts.WITHDRAW, "settings/withdraw")])
    await turn.say(texts.settings(resident.name or "", resident.phone, places), rows)


async def press(turn: Turn) -> None:
    what, ident = split_action(turn.pressed)
    match what:
        case "name":
            await CHANGE_NAME.start(turn)
        case "phone":
            await CHANGE_PHONE.start(turn)
        case "home":
            await REGISTRATION.begin(turn)
        case "leave":
            flat_id = await turn.work.people.flat_of_home(turn.viewer, ident)
            await turn.work.people.leave_home(turn.viewer, ident)
            await turn.say(texts.HOME_LEFT)
            await show(turn)
            await holding_people.offer_to_leave(turn, flat_id)
        case "withdraw":
            await turn.say(
                texts.SURE_WITHDRAW,
                [
                    [button(texts.YES_WITHDRAW, "settings/withdrawn")],
                    [button(texts.KEEP_CONSENT, "menu/show")],
                ],
            )
        case "withdrawn":
            await withdraw(turn)
        case _:
            await show(turn)


async def withdraw(turn: Turn) -> None:
    company = await turn.work.company.profile()
    guests = await turn.work.people.record_consent(
        turn.viewer, company.consent.version, texts.ask_consent(company), given=False
    )
    await holding_notices.tell_left_alone(turn.work, guests)
    turn.leave()
    await turn.say(texts.withdrawn(company), short_menu(), standing=True)
    await my_data.tell_of_the_rest(turn)


class ChangeOne(Form):
    """One question about oneself."""

    def __init__(self, name: str, step: Text, said: str) -> None:
        self.name = name
        self._step = step
        self._said = said

    async def steps(self, turn: Turn, answers: Answers) -> Sequence[Step]:
        return [self._step]

    async def finish(self, turn: Turn, answers: dict[str, Any]) -> None:
        value = answers[self._step.key]
        if self._step.key == "name":
            await turn.work.people.register(turn.viewer.resident_id, value, None)
        else:
            await turn.work.people.set_phone(turn.viewer.resident_id, value)
        await turn.say(self._said, await full_menu(turn), standing=True)
        await show(turn)

    async def cancel(self, turn: Turn) -> None:
        await turn.say(texts.CANCELLED, await full_menu(turn), standing=True)
        await show(turn)


CHANGE_NAME = ChangeOne(
    "change name", Text("name", texts.ASK_NAME, check=check_name), texts.NAME_CHANGED
)
CHANGE_PHONE = ChangeOne(
    "change phone",
    Text("phone", texts.ASK_NEW_PHONE, check=check_phone, asks_contact=texts.SHARE_PHONE),
    texts.PHONE_CHANGED,
)
FORMS = (CHANGE_NAME, CHANGE_PHONE, my_data.QUIET_HOURS)
