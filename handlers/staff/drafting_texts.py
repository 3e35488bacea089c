"""What staff read of a draft that a machine wrote."""

from __future__ import annotations

from services.messaging.types import Button, Keyboard
from services.tables import Suggestion

AUTHOR = "Черновик"
CHECK = "Черновик ответа, проверьте:"
IN_A_GROUP = "Житель этого не видит. Поправить: «Взять за основу», потом напишите ответ как обычно."
TAKE = "Взять за основу"
SEND = "Отправить жителю"
ANSWERED = "Жителю уже ответили, черновик не отправлен. Если он ещё нужен — «Взять за основу»."
SENT = "Этот черновик уже отправлен."
UNFINISHED = "В черновике остались скобки: возьмите его за основу и допишите сами."
CLOSED = "Разговор уже закрыт, черновик не отправлен."


def note(text: str) -> str:
    return f"{CHECK}\n\n{text}"


def base(text: str) -> str:
    return f"Скопируйте, поправьте и отправьте:\n\n{text}"


def is_whole(text: str) -> bool:
    """Nothing in it is left for a member to fill in."""
    return not any(bracket in text for bracket in "[]{}")


def buttons(row: Suggestion, text: str) -> Keyboard:
    """In a group; at the desk the draft goes into the field where answers are written."""
    take = Button(label=TAKE, action=f"staff/usedraft/{row.id}")
    send = Button(label=SEND, action=f"staff/senddraft/{row.id}")
    return Keyboard(rows=((take, send),) if is_whole(text) else ((take,),))


def desk_button(row: Suggestion) -> dict[str, str]:
    return {"label": TAKE, "action": f"staff/usedraft/{row.id}", "fills": row.text}
