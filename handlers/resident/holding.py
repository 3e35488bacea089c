"""«Подключить лицевой счёт»: how a resident proves that an account is theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from handlers import holding_notices, holding_posts, wording
from handlers.dialogue.form import Answers, Form
from handlers.dialogue.steps import Answered, Choice, Stay, Step, Text, Wrong
from handlers.dialogue.turn import Turn, plain
from handlers.resident import holding_texts as words
from handlers.resident import texts
from handlers.resident.consent import button
from handlers.resident.menu import show_menu
from services.accounts.claims import HeldAlready
from services.accounts.codes import DIGITS
from services.accounts.proofs import Locked, Way, key_of
from services.errors import AlreadySo, TooManyToday, WrongCode
from services.messaging.types import Button
from services.tables import Account


async def begin(turn: Turn) -> None:
    await PROVE.start(turn)


async def offers_of(turn: Turn) -> dict[str, Account]:
    """What may be chosen instead of a number: the address as they gave it themselves."""
    accounts = await turn.work.proofs.of_homes(turn.viewer)
    places = {p.flat_id: p for p in await turn.work.people.places(turn.viewer)}
    offered: dict[str, Account] = {}
    for account in accounts:
        place = places[account.flat_id]
        label = wording.name_place(place)
        if any(each.flat_id == account.flat_id and each is not account for each in accounts):
            label = f"{label}: {account.kind or 'ещё один счёт'}"
        offered.setdefault(label[:100], account)
    return offered


async def check_number(turn: Turn, typed: str) -> dict[str, Any]:
    """Kept without the number itself. Whether there is such a one is not said."""
    chosen = (await offers_of(turn)).get(typed)
    number = chosen.number if chosen else typed
    try:
        key = key_of(number)
    except ValueError:
        raise Wrong(words.NOT_A_NUMBER) from None
    account = chosen or await turn.work.proofs.find(number)
    return {"account": account.id if account else None, "key": key}


async def check_proof(turn: Turn, typed: str, way: Way | None = None) -> dict[str, Any]:
    answers = turn.session.state["answers"]
    which, role, way = answers["number"], answers["role"], way or answers["way"]
    if way == "phone":
        typed = shared_phone(turn)
    if way == "code" and not (typed := digits_of(typed)):
        raise Wrong(words.NOT_A_CODE)  # no try: it may be a question
    try:
        bound = await turn.work.proofs.prove(
            turn.viewer, turn.contact.channel, which["key"], which["account"], role, way, typed
        )
    except WrongCode:
        raise Wrong(words.WRONG) from None
    except AlreadySo:
        return {"what": "already"}
    except Locked as locked:
        if locked.tried is not None:
            await holding_posts.tell_locked(turn.work, turn.viewer, locked.tried)
        return {"what": "locked", "until": locked.until.isoformat()}
    await holding_notices.tell_joined(turn.work, bound)
    what = "asks" if bound.asks_before else "bound" if bound.holding.sees_money else "blind"
    return {"what": what, "account": bound.holding.account_id}


def digits_of(typed: str) -> str:
    """«код 1234 5678» is the code, too. Empty where it is none."""
    found = "".join(each for each in typed if each in "0123456789")
    return found if len(found) == DIGITS else ""


@dataclass
class WayOrCode(Choice):
    """Whoever has the code at hand types it at once."""

    async def take(self, turn: Turn, pressed: str | None, so_far: Any) -> Answered | Stay:
        ways = [way for way, _ in self.options]
        if pressed is None and "code" in ways:
            if digits_of(turn.text):
                return Answered("code", more={"proof": await check_proof(turn, turn.text, "code")})
            if "код" in plain(turn.text).split():
                return Answered("code")
        return await super().take(turn, pressed, so_far)


def shared_phone(turn: Turn) -> str:
    """Raises `Wrong` for a number that the messenger does not vouch for."""
    card = next((a for a in turn.inbound.attachments if a.kind == "contact"), None)
    if card is None:
        raise Wrong(words.TYPED_PHONE)
    if not card.own:
        raise Wrong(words.NOT_OWN_PHONE)
    return card.phone


class ProveAccount(Form):
    name = "prove account"

    async def steps(self, turn: Turn, answers: Answers) -> Sequence[Step]:
        homes = [] if "number" in answers else list(await offers_of(turn))
        ask = words.ASK_NUMBER_OR_HOME if homes else words.ASK_NUMBER
        steps: list[Step] = [
            Text("number", ask, check=check_number, offers=homes),
            Choice("role", words.ASK_ROLE, options=words.ROLE_CHOICES),
        ]
        ways = await turn.work.proofs.ways(turn.contact.channel)
        options = [(way, words.WAYS[way]) for way in ways]
        steps.append(WayOrCode("way", words.ASK_WAY, options=options))
        way = answers.get("way")
        if way and way != "member":
            shares = texts.SHARE_PHONE if way == "phone" else ""
            proof = Text("proof", words.ASK_PROOF[way], check=check_proof, asks_contact=shares)
            steps.append(proof)
        return steps

    async def finish(self, turn: Turn, answers: Answers) -> None:
        if answers["way"] == "member":
            await ask_member(turn, answers)
            return
        outcome = answers["proof"]
        match outcome["what"]:
            case "bound":
                await show_menu(turn, words.BOUND)
                await turn.say(words.WHAT_NOW, bound_rows(outcome["account"]))
            case "blind":
                await show_menu(turn, words.BOUND_BLIND)
            case "asks":
                await show_menu(turn, words.BOUND)
                await turn.say(words.ASK_BEFORE, holding_notices.ask_before(outcome["account"]))
            case "already":
                await show_menu(turn, words.ALREADY)
            case _:
                await say_locked(turn, datetime.fromisoformat(outcome["until"]))

    async def cancel(self, turn: Turn) -> None:
        await show_menu(turn, words.CANCELLED)


PROVE = ProveAccount()


def bound_rows(account_id: int) -> list[list[Button]]:
    return [
        [holding_notices.TO_ACCOUNT],
        [button(words.HEADER, f"hold/people/{account_id}")],
    ]


async def say_locked(turn: Turn, until: datetime) -> None:
    local = turn.work.company.local
    rules = (await turn.work.company.profile()).accounts.proofs
    text = words.locked(await local(until), await local(turn.work.now), member=rules.member)
    await show_menu(turn, text)


async def ask_member(turn: Turn, answers: Answers) -> None:
    which = answers["number"]
    try:
        claim = await turn.work.claims.ask(
            turn.viewer, which["key"], which["account"], answers["role"]
        )
    except HeldAlready:
        await show_menu(turn, words.ALREADY)
        return
    except AlreadySo:
        await show_menu(turn, words.CLAIMED_ALREADY)
        return
    except TooManyToday:
        await show_menu(turn, words.TOO_MANY_CLAIMS)
        return
    await holding_posts.post_claim(turn.work, turn.viewer, claim)
    await show_menu(turn, words.CLAIMED)
