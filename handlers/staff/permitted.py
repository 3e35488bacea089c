"""Which commands a member may say where they are, and the sentence for those they may not.

What a service refuses by role is refused there as well; here it is left out of the help.
"""

from __future__ import annotations

from handlers.staff import help_texts
from handlers.staff.turn import StaffTurn
from services.access import MAY_COUNT
from services.accounts.marks import MAY_MARK
from services.answer_all import MAY_SEND
from services.arrivals import MAY_SEE
from services.bans import MAY_BAN
from services.elders import MAY_APPOINT
from services.executors import MAY_NAME
from services.incidents import MAY_MAKE
from services.interruptions import MAY_ASK
from services.mailings import MAY_MAIL
from services.outages import MAY_ANNOUNCE

BY_ROLE = {
    "/ban": MAY_BAN,
    "/unban": MAY_BAN,
    "/elder": MAY_APPOINT,
    "/answerall": MAY_SEND,
    "/outage": MAY_ANNOUNCE,
    "/mailing": MAY_MAIL,
    "/debts": MAY_COUNT,
    "/readings": MAY_COUNT,
    "/reading": MAY_COUNT,
    "/instalment": MAY_MARK,
    "/dispute": MAY_MARK,
    "/import": MAY_COUNT,
    "/executor": MAY_NAME,
    "/articles": ("admin",),
    "/team": ("manager", "admin"),
    "/erasures": ("admin",),
    "/poster": MAY_SEE,
    "/reach": MAY_SEE,
    "/journal": ("dispatcher", "manager", "admin"),
    "/incident": MAY_MAKE,
    "/incidents": MAY_MAKE,
    "/hours": MAY_ASK,
    "/code": MAY_COUNT,
    "/отключить": MAY_COUNT,
}
DISPATCHERS_ROOMS = ("/journal", "/masters")
CHANGES = ("+", "-", "—", "–")  # of `/answer`


def why_not(turn: StaffTurn, command: str, rest: str = "") -> str:
    """Empty for what they may say. `command`: by its English name."""
    changes = command != "/answer" or rest.startswith(CHANGES)
    if turn.member.trainee and changes and command in help_texts.TRAINEE:
        return help_texts.TRAINEE[command]
    return help_texts.EXECUTORS.get(command, "") if among_executors(turn) else ""


def shows(turn: StaffTurn, command: str) -> bool:
    """Whether the help names it."""
    if why_not(turn, command) or turn.viewer.role not in BY_ROLE.get(command, (turn.viewer.role,)):
        return False
    if command == "/desk":
        return turn.member.desk and not turn.at_desk
    return not (among_executors(turn) and command in DISPATCHERS_ROOMS)


def among_executors(turn: StaffTurn) -> bool:
    return turn.viewer.role == "executor" or turn.viewer.inside is not None
