"""What is said around the journal and the work order."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.papers.journal import MOST_IN_CHAT, MOST_ON_PAPER
from services.tables import House

EXAMPLE = "/journal ноябрь Садовая 5 или /journal 01.11-15.11"
NOT_UNDERSTOOD = f"За какие дни и по какому дому? Напишите, например: {EXAMPLE}."
NO_SUCH_DAY = f"Такого дня нет. Напишите, например: {EXAMPLE}."
ONLY_DISPATCHERS = "Журнал выгружают диспетчеры и управляющие, в своей группе."
EMPTY = "За эти дни заявок нет."
TOO_MANY = (
    f"Здесь больше {MOST_IN_CHAT} заявок: скачайте журнал в диспетчерской в браузере или выберите "
    "срок короче."
)
SHEET_ONLY = f"PDF делаем до {MOST_ON_PAPER} заявок, поэтому здесь только таблица."
NOTHING_TO_PRINT = "У этого разговора нет заявки, печатать нечего."


def which_house(houses: Sequence[House]) -> str:
    named = "; ".join(house.address for house in houses[:6])
    return f"Таких домов несколько: {named}. Напишите адрес полностью."
