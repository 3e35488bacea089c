"""Danger, as a resident reads of it: whom to call, what to do until somebody comes."""

from __future__ import annotations

from dataclasses import dataclass

from handlers import wording
from handlers.resident import texts
from services.company.declaration import Company
from services.people import Place
from services.tables import House, Ticket

GAS, RESCUE, FIRE, AMBULANCE = "104", "112", "101", "103"


@dataclass(frozen=True)
class Instruction:
    """`calls`: numbers before the company's own; empty: its emergency service comes first."""

    begins: str
    calls: tuple[str, ...]
    meanwhile: str


INSTRUCTIONS = {
    "gas": Instruction(
        "Похоже на утечку газа. Позвоните прямо сейчас, лучше с улицы:",
        (GAS, RESCUE),
        "Не включайте и не выключайте свет, не зажигайте огонь, не пользуйтесь звонком и лифтом. "
        "Откройте окна, перекройте кран на газовой трубе, если это быстро, и выйдите. Соседям "
        "стучите в дверь.",
    ),
    "fire": Instruction(
        "Огонь или дым. Позвоните прямо сейчас:",
        (RESCUE, FIRE),
        "Выходите по лестнице, не на лифте; дверь за собой закройте. Если лестница в дыму, "
        "останьтесь: закройте дверь, заткните щели мокрой тканью, подойдите к окну. Провода и "
        "приборы под током водой не тушите.",
    ),
    "sparks": Instruction(
        "С проводкой опасно. Позвоните прямо сейчас:",
        (),
        "Не трогайте провода и щиток, отойдите и отведите детей. Если можно безопасно — "
        "выключите автомат в квартире. Увидите дым или огонь — звоните 112 и выходите.",
    ),
    "flood": Instruction(
        "Вода прибывает. Позвоните прямо сейчас:",
        (),
        "Перекройте воду на вводе в квартиру: вентили обычно под раковиной или в шкафу туалета. "
        "Если вода рядом с розетками, выключите электричество на щитке. Течёт сверху — поднимитесь "
        "к соседям.",
    ),
    "burst": Instruction(
        "Прорвало трубу. Позвоните прямо сейчас:",
        (),
        "Перекройте воду на вводе в квартиру. Горячую воду руками не трогайте. Если вода рядом с "
        "розетками, выключите электричество на щитке. Подставьте, что есть, и накройте струю "
        "тряпкой.",
    ),
    "sewage": Instruction(
        "Поднимается канализация. Позвоните прямо сейчас:",
        (),
        "Не пользуйтесь водой, не сливайте унитаз, остановите стиральную и посудомоечную машины; "
        "попросите о том же соседей по стояку. Закройте слив ванны и раковины.",
    ),
    "lift": Instruction(
        "Лифт застрял. Позвоните прямо сейчас:",
        (),
        "Если вы в кабине: нажмите кнопку вызова диспетчера, воздуха там достаточно. Двери сами "
        "не открывайте и не вылезайте. Если кому-то плохо, звоните 112.",
    ),
    "falling": Instruction(
        "Сверху может упасть ещё. Позвоните прямо сейчас:",
        (),
        "Отойдите подальше от стены и не пускайте туда людей и детей, машину пока не трогайте. "
        "Если кто-то пострадал, звоните 112.",
    ),
    "blackout": Instruction(
        "Похоже, света нет во всём доме. Позвоните прямо сейчас:",
        (),
        "Выключите из розеток утюг, плиту и всё, что грелось. Лифтом не пользуйтесь. Если в нём "
        "кто-то остался или кому-то дома нужен прибор для дыхания, звоните 112.",
    ),
    "other": Instruction(
        "Если кому-то плохо или есть угроза людям, позвоните прямо сейчас:",
        (RESCUE, AMBULANCE),
        "Не оставляйте человека одного: по телефону подскажут, что делать, пока едет помощь. Если "
        "опасно рядом, отойдите сами и уведите детей.",
    ),
}
OURS = "Наша аварийная служба, круглосуточно:"

PASSED_ON = "Дежурным уже передали, вам ответят здесь."
HOUSE_BUTTONS = 8

ASK_WHICH = "По какому это адресу?"
ASK_PLACE = "Где это? Напишите адрес одним сообщением: улица, дом, подъезд, квартира."
ASK_PLACE_AGAIN = "Передали. Адреса пока нет: напишите, пожалуйста, улицу и дом."
ADDED = "Передали, дежурные это видят."


def instruct(kind: str, company: Company, advice: str, passed_on: str) -> str:
    """The numbers stand on lines of their own, so that a thumb finds them. `advice`: the
    company's own words for this danger, if it has any."""
    ours = INSTRUCTIONS[kind]
    lines = [f"🚨 {ours.begins}", *ours.calls]
    if ours.calls:
        lines.append(OURS)
    lines.append(company.emergency_phone)
    meanwhile = wording.fill(advice, company) or ours.meanwhile
    return "\n\n".join(["\n".join(lines), meanwhile, passed_on])


def passed_on(ticket: Ticket | None) -> str:
    if ticket is None:
        return PASSED_ON
    return f"{PASSED_ON} {ticket.what}, {ticket.place}: заявка №{ticket.number}."


def told_again(company: Company, ticket: Ticket | None) -> str:
    added = texts.ADDED if ticket else ADDED
    return f"{added} Если становится хуже, не ждите — звоните:\n{company.emergency_phone}"


def ask_exactly(address: str) -> str:
    return f"{address} — где именно? Напишите квартиру или подъезд и этаж."


def place_label(place: Place) -> str:
    return wording.name_place(place)[:60]


def house_label(house: House) -> str:
    return house.address[:60]


def place_taken(company: Company, ticket: Ticket | None) -> str:
    number = f" Заявка №{ticket.number}." if ticket else ""
    return f"Адрес передали.{number} Аварийная служба:\n{company.emergency_phone}"


def no_place(company: Company) -> str:
    return (
        "Передали без адреса. Чтобы к вам приехали, позвоните и скажите, где это:\n"
        f"{company.emergency_phone}"
    )


def filed_later(ticket: Ticket) -> str:
    return f"По вашему сообщению оформили заявку №{ticket.number}: {ticket.what}, {ticket.place}."


# ── Who took it ──────────────────────────────────────────────────────────────


def taken(signed: str) -> str:
    """«Анна Соколова, диспетчер»"""
    return f"Ваше сообщение приняли: {signed}, уже занимается."


def nobody_took(company: Company) -> str:
    return (
        "Дежурные пока не ответили, и мы не хотим, чтобы вы ждали. Позвоните, пожалуйста, сами:\n"
        f"{company.emergency_phone}\nЕсли опасно для жизни:\n{RESCUE}"
    )


def called_off(company: Company) -> str:
    return (
        "Посмотрели ваше сообщение: похоже, это не авария. Ответим здесь, как обычно. Если всё же "
        f"опасно, звоните:\n{company.emergency_phone}"
    )


# ── Voices ───────────────────────────────────────────────────────────────────

VOICE_PASSED_ON = "Голосовое передали диспетчеру сразу: вдруг срочно."


def voice_unread(company: Company) -> str:
    """To a person without consent, whose words nobody may keep for long."""
    return (
        "Голосовое передали диспетчеру, его послушает человек. Если это авария, не ждите — "
        f"напишите два слова текстом или звоните:\n{company.emergency_phone}"
    )
