"""What a company sets about accounts: what is shown where, ways to pay, proofs, reminders,
meters."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field

from services.company.rules import Entry

MonthDay = Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]
ClockTime = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Resource = Literal["cold_water", "hot_water", "electricity", "gas", "heating"]
RESOURCES: tuple[Resource, ...] = get_args(Resource)
Shown = Literal["show", "link", "hide"]
Private = Literal["balances", "bills", "qr", "readings"]


class Showing(Entry):
    """What a messenger may show to the verified holder, in private: `show`, `link` (a one-time
    link to the company's own page instead), `hide`. `sums_in_reminders`: whether a reminder may
    name a sum there. For companies barred from foreign messengers: `link` (152-FZ)."""

    balances: Shown = "show"
    bills: Shown = "show"
    qr: Shown = "show"
    readings: Shown = "show"
    sums_in_reminders: bool = False


class ShowingRules(Entry):
    """A messenger each. What staff see of a resident is set for each room."""

    telegram: Showing = Showing()
    vk: Showing = Showing()
    max: Showing = Showing()
    web: Showing = Showing()


class Requisites(Entry):
    """Where to pay, for the payment QR (GOST R 56042-2014): 20 digits of an account, 9 of a BIC,
    10 or 12 of an INN. `purpose` may name {account} and {month}. `pay_url`: the bank's page or the
    company's, may name {account}, and {sum} in roubles."""

    name: Annotated[str, Field(min_length=1, max_length=160, pattern=r"^[^|]+$")]
    account: Annotated[str, Field(pattern=r"^\d{20}$")]
    bank: Annotated[str, Field(min_length=1, max_length=45, pattern=r"^[^|]+$")]
    bic: Annotated[str, Field(pattern=r"^\d{9}$")]
    corr_account: Annotated[str, Field(pattern=r"^(\d{20}|0)$")] = "0"
    inn: Annotated[str, Field(pattern=r"^(\d{10}|\d{12})$")]
    purpose: Annotated[str, Field(min_length=1, max_length=160, pattern=r"^[^|]+$")] = (
        "Оплата жилищно-коммунальных услуг, лицевой счёт {account}, {month}"
    )
    pay_url: Annotated[str, Field(pattern=r"^$|^https://\S+$")] = ""


class Proofs(Entry):
    """How a resident may prove an account, besides a code. `sum` (the last billed) and `area` are
    printed on a bill that lies in an open mailbox: off unless the company wants them. After so many
    wrong `tries` nothing is accepted for `lock_hours`, and staff are told."""

    phone: bool = True
    sum: bool = False
    area: bool = False
    member: bool = True
    tries: int = Field(default=5, ge=1, le=50)
    lock_hours: int = Field(default=24, ge=1)
    code_days: int = Field(default=90, ge=1)


class ReminderRules(Entry):
    """When and how often somebody may be reminded of what they owe: local time of the house, and so
    many times within 24 hours, 7 and 31 days (law 230-FZ, art. 7, taken as our ceiling). `pay_by`:
    the day of the next month by which a bill is to be paid (Housing Code 155); nothing is called a
    debt before it. `holidays`: month and day of those of each year (Labour Code, art. 112), besides
    the company's own."""

    workdays_from: ClockTime = "08:00"
    workdays_until: ClockTime = "22:00"
    days_off_from: ClockTime = "09:00"
    days_off_until: ClockTime = "20:00"
    per_day: int = Field(default=2, ge=1)
    per_week: int = Field(default=4, ge=1)
    per_month: int = Field(default=16, ge=1)
    pay_by: int = Field(default=15, ge=1, le=28)
    holidays: tuple[MonthDay, ...] = (
        "01-01", "01-02", "01-03", "01-04", "01-05", "01-06", "01-07", "01-08", "02-23", "03-08",
        "05-01", "05-09", "06-12", "11-04",
    )  # fmt: skip


class Window(Entry):
    """Days of a month in which readings are taken, both included."""

    from_day: int = Field(default=20, ge=1, le=31)
    until_day: int = Field(default=25, ge=1, le=31)


class MeterRules(Entry):
    """`windows` by resource; one without is taken as `window`. `remind_at`: when those who have
    sent nothing are reminded, on the first day of the window. `much`: so many times the usual is
    asked about again."""

    window: Window = Window()
    windows: dict[Resource, Window] = Field(default_factory=dict)
    remind: bool = True
    remind_at: ClockTime = "12:00"
    much: int = Field(default=10, ge=2)

    def window_of(self, resource: Resource) -> Window:
        return self.windows.get(resource, self.window)


class AccountRules(Entry):
    showing: ShowingRules = ShowingRules()
    requisites: Requisites | None = None
    proofs: Proofs = Proofs()
    reminders: ReminderRules = ReminderRules()
    meters: MeterRules = MeterRules()


class Erasing(Entry):
    """How soon a person who asks for it is forgotten: after so many hours to think better of it,
    and within so many working days (152-FZ, art. 21)."""

    think_hours: int = Field(default=24, ge=0)
    working_days: int = Field(default=10, ge=1)
