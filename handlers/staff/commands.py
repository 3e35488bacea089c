"""Commands and buttons of staff. Nothing that begins with a slash ever reaches a resident."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from rapidfuzz import fuzz, process

from handlers import staff_texts, standing
from handlers.dialogue.turn import split_action
from handlers.staff import (
    alarms,
    answer_all,
    articles,
    assigning,
    bans,
    calling,
    canned,
    doing,
    drafting,
    elders,
    erasures,
    executors,
    filing,
    finding,
    forms,
    help_texts,
    holding,
    imports,
    incidents,
    interruptions,
    mailings,
    naming,
    outages,
    outside,
    owing,
    papers,
    permitted,
    posters,
    promising,
    quiet,
    readings,
    reminders,
    reopening,
    shifts,
    statuses,
    taking,
    team,
    tone,
    trainees,
    visits,
)
from handlers.staff.deliveries import recall, send_again, send_otherwise
from handlers.staff.notes import keep_note
from handlers.staff.surges import open_threads
from handlers.staff.turn import StaffTurn
from services.errors import NotYours

LIKE = 65  # of a hundred: a letter or two of a short word wrong


async def run(turn: StaffTurn) -> None:
    command = COMMANDS.get(turn.command)
    if command is None:
        await turn.say(help_texts.unknown(turn.command[:30], nearest(turn)))
        return
    if why := permitted.why_not(turn, english(turn.command), turn.rest):
        turn.work.audit.note(turn.viewer.name, "refused", turn.command)
        await turn.say(why)
        return
    await command(turn)


def english(command: str) -> str:
    """The first of its names."""
    return next(name for name, does in COMMANDS.items() if does is COMMANDS[command])


def nearest(turn: StaffTurn) -> str:
    """What was probably meant, of what they may say; empty for no guess."""
    offered = [name for name in COMMANDS if permitted.shows(turn, english(name))]
    found = process.extractOne(turn.command, offered, scorer=fuzz.ratio, score_cutoff=LIKE)
    return found[0] if found else ""


async def press(turn: StaffTurn) -> None:
    """`staff/WHAT/ID`. A press on what is someone else's is refused and logged."""
    try:
        if await forms.hear(turn):
            return
        what, ident = split_action(turn.pressed)
        if not turn.pressed.startswith("staff/") or what not in PRESSES:
            raise NotYours
        await PRESSES[what](turn, ident)
    except NotYours:
        turn.work.audit.note(turn.viewer.name, "refused", turn.pressed[:64])
        await turn.say(staff_texts.GONE)


async def help_out(turn: StaffTurn) -> None:
    await turn.say(help_texts.help_of(partial(permitted.shows, turn)))


async def who(turn: StaffTurn) -> None:
    if turn.thread is None:
        await turn.say(staff_texts.NO_THREAD)
        return
    work = turn.work
    resident = await work.people.resident(turn.thread.resident_id)
    contacts = await work.people.contacts(turn.thread.resident_id)
    answered = await work.people.where_answered(turn.thread)
    place = await work.people.place_of_thread(turn.viewer, turn.thread)
    ticket = await work.threads.ticket(turn.thread.id)
    known = staff_texts.who(
        resident,
        place,
        ticket,
        [contact.channel for contact in contacts],
        answered.channel if answered else "",
        unreachable=[contact.unreachable_why or "" for contact in contacts]
        if all(contact.unreachable_since for contact in contacts)
        else (),
    )
    stands = await standing.describe(work, turn.thread, ticket)
    banned = await bans.describe(turn, resident.id)
    await turn.say("\n".join([known, *stands, *([banned] if banned else [])]))


async def desk(turn: StaffTurn) -> None:
    """A way in that a whole room can read would be nobody's."""
    await turn.say(staff_texts.DESK_IN_PRIVATE)


PRESSES: dict[str, Callable[[StaffTurn, int], Awaitable[None]]] = {
    **{what: partial(doing.press, does=does) for what, does in doing.BUTTONS.items()},
    "file": filing.press,
    "called": calling.press_called,
    "missed": calling.press_missed,
    "later": outside.remind_later,
    "accept": partial(statuses.press, status="accepted"),
    "close": partial(statuses.press, status="done"),
    "reopen": reopening.press,
    "again": send_again,
    "other": send_otherwise,
    "open": open_threads,
    "usedraft": drafting.take,
    "senddraft": drafting.send,
    "sendall": answer_all.send,
    "dropall": answer_all.drop,
    "masters": executors.press,
    "alarm": alarms.accept,
    "noalarm": alarms.call_off,
    **{each: partial(tone.press, said=said) for said, each in tone.PRESSES.items()},
    "take": taking.press,
    "seize": taking.seize,
    "release": trainees.let_go,
    "drop": trainees.drop,
    **articles.PRESSES,
    **imports.PRESSES,
    **holding.PRESSES,
    **outages.PRESSES,
    **incidents.PRESSES,
    **mailings.PRESSES,
    **readings.PRESSES,
    **reminders.PRESSES,
    **owing.PRESSES,
}
COMMANDS: dict[str, Callable[[StaffTurn], Awaitable[None]]] = {
    "/new": filing.new,
    "/called": calling.called,
    "/calls": calling.listing,
    "/missed": calling.missed,
    "/pass": outside.pass_on,
    "/journal": papers.journal,
    "/print": papers.print_out,
    "/poster": posters.poster,
    "/плакат": posters.poster,
    "/reach": posters.reach,
    "/охват": posters.reach,
    "/erasures": erasures.erasures,
    "/акты": erasures.erasures,
    "/help": help_out,
    "/start": help_out,
    "/take": taking.take,
    "/взять": taking.take,
    "/assign": assigning.assign,
    "/передать": assigning.assign,
    "/release": taking.release,
    "/вернуть": taking.release,
    "/отключить": holding.release,
    "/team": team.team,
    "/команда": team.team,
    "/quiet": quiet.switch,
    "/тихо": quiet.switch,
    "/status": statuses.status,
    "/close": statuses.close,
    "/закрыть": statuses.close,
    "/reopen": reopening.reopen,
    "/открыть": reopening.reopen,
    "/masters": executors.hand_over,
    "/мастерам": executors.hand_over,
    "/who": who,
    "/executor": naming.name,
    "/исполнитель": naming.name,
    "/visit": visits.visit,
    "/визит": visits.visit,
    "/elder": elders.elder,
    "/старший": elders.elder,
    "/find": finding.find,
    "/найти": finding.find,
    "/history": finding.history,
    "/история": finding.history,
    "/articles": articles.articles,
    "/faq": articles.articles,
    "/статьи": articles.articles,
    "/answer": canned.answer,
    "/ответ": canned.answer,
    "/answerall": answer_all.answer_all,
    "/всем": answer_all.answer_all,
    "/outage": outages.outage,
    "/отключение": outages.outage,
    "/code": holding.give_code,
    "/код": holding.give_code,
    "/import": imports.imports,
    "/загрузки": imports.imports,
    "/mailing": mailings.mailing,
    "/рассылка": mailings.mailing,
    "/readings": readings.readings,
    "/показания": readings.readings,
    "/reading": readings.reading,
    "/показание": readings.reading,
    "/debts": reminders.debts,
    "/долги": reminders.debts,
    "/instalment": owing.instalment,
    "/рассрочка": owing.instalment,
    "/dispute": owing.dispute,
    "/спор": owing.dispute,
    "/incident": incidents.from_ticket,
    "/авария": incidents.from_ticket,
    "/incidents": incidents.listing,
    "/аварии": incidents.listing,
    "/hours": interruptions.hours,
    "/часы": interruptions.hours,
    "/note": keep_note,
    "/ban": bans.ban,
    "/unban": bans.unban,
    "/recall": recall,
    "/отозвать": recall,
    "/desk": desk,
    "/tone": tone.tone,
    "/тон": tone.tone,
    "/shift": shifts.shift,
    "/смена": shifts.shift,
    "/promise": promising.promise,
    "/обещание": promising.promise,
}
