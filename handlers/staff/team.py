"""`/team`: who works here, and giving and taking roles. In a private chat or a staff room."""

from __future__ import annotations

from collections import Counter

from handlers.staff import taking, team_texts
from handlers.staff.assigning import tell_member
from handlers.staff.turn import StaffTurn
from services.errors import AlreadySo, BySettings, LastAdmin, NotYours
from services.messaging.types import Kind, Outbound
from services.tables import Member
from services.taking import folded


async def team(turn: StaffTurn) -> None:
    try:
        members = await turn.work.team.members(turn.viewer)
    except NotYours:
        await turn.say(team_texts.NOT_ALLOWED)
        return
    if not turn.rest:
        rooms = {room.code: room.title for room in await turn.work.rooms.every()}
        await turn.say(team_texts.listing(members, rooms))
        return
    name, what = split(turn.rest)
    if not name or not what:
        await turn.say(team_texts.HOW)
        return
    if what == "back":
        members = await turn.work.team.members(turn.viewer, gone=True)
    else:  # those above are known as well: they are refused, not missing
        members = await turn.work.taking.colleagues(await turn.work.rooms.every())
    found = turn.work.taking.named(members, name)
    if len(found) == 1:
        await change(turn, found[0], what)
    else:
        await turn.say(team_texts.which(found) if found else team_texts.nobody(name))


def split(words: str) -> tuple[str, str]:
    """«Анна Соколова», "trained" of «Анна Соколова не стажёр»."""
    typed = folded(words)
    for word in sorted(team_texts.WORDS, key=len, reverse=True):
        if typed == word or typed.endswith(f" {word}"):
            return typed.removesuffix(word).strip(), team_texts.WORDS[word]
    return "", ""


async def change(turn: StaffTurn, member: Member, what: str) -> None:
    try:
        await make(turn, member, what)
    except AlreadySo:
        await turn.say(team_texts.ALREADY)
    except LastAdmin:
        await turn.say(team_texts.LAST_ADMIN)
    except BySettings:
        await turn.say(team_texts.BY_SETTINGS)
    except NotYours:
        turn.work.audit.note(turn.viewer.name, "refused", f"member:{member.id}", wanted=what)
        mine = what == "dismiss" and member.id == turn.member.id
        await turn.say(team_texts.NOT_YOURSELF if mine else team_texts.ABOVE_YOU)


async def make(turn: StaffTurn, member: Member, what: str) -> None:
    members = turn.work.team
    match what:
        case "trainee" | "trained":
            await members.set_trainee(turn.viewer, member, what == "trainee")
            await turn.say(team_texts.trainee(member))
            await tell(turn, member, team_texts.you_train(member))
        case "dismiss":
            await dismiss(turn, member)
        case "back":
            await members.take_back(turn.viewer, member)
            await turn.say(team_texts.back(member))
        case role:
            await members.give_role(turn.viewer, member, role)
            await turn.say(team_texts.given(member))
            await tell(turn, member, team_texts.you_are(member))


async def tell(turn: StaffTurn, member: Member, text: str) -> None:
    if member.id != turn.member.id:
        await tell_member(turn.work, member, text)


async def dismiss(turn: StaffTurn, member: Member) -> None:
    """One line a room, however many threads go back."""
    threads = await turn.work.team.dismiss(turn.viewer, member)
    await turn.say(team_texts.dismissed(member, len(threads)))
    for thread in threads:
        await taking.show_taker(turn.work, thread)
    for room_id, many in Counter(thread.room_id for thread in threads).items():
        line = Outbound(text=team_texts.left_room(member, many))
        await turn.work.outbox.post(await turn.work.rooms.get(room_id), line, Kind.RELAY)
