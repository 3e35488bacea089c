"""The company's declaration, as the file gives it: what `COMPANY_FILE` may say.

One class an entry. Reading the YAML, with the line of each mistake, is `reading/`; putting
it into the database is `apply.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Annotated, Literal, get_args

from pydantic import Field

from services.company.account_rules import AccountRules, Erasing
from services.company.rules import Entry as Entry
from services.company.rules import Keeping, Said
from services.company.rules import OutageRules as OutageRules

CODE = r"^[a-z0-9][a-z0-9_-]{0,31}$"
Code = Annotated[str, Field(pattern=CODE)]
Role = Literal["dispatcher", "executor", "manager", "admin"]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = get_args(Day)
CategoryCode = Literal[
    "plumbing", "heating", "hot_water", "cold_water", "electricity", "elevator", "cleaning",
    "garbage", "intercom", "roof", "yard", "noise", "parking", "billing", "pests", "security",
    "other",
]  # fmt: skip


class Hours(Entry):
    """Local time of the company, `opens` before `closes`, both `HH:MM`."""

    days: Annotated[tuple[Day, ...], Field(min_length=1)]
    opens: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
    closes: Annotated[str, Field(pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$")]


class SpecialDay(Entry):
    """A day with hours of its own: a working Saturday, a short day before a holiday. They stand
    instead of what the week and the holidays say."""

    date: date
    opens: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
    closes: Annotated[str, Field(pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$")]


class Consent(Entry):
    """A new `version` asks everyone again."""

    version: Said
    text: Said
    policy_url: str = ""


class Company(Entry):
    name: Said
    greeting: Said
    timezone: str = "Europe/Moscow"
    phone: Said
    emergency_phone: Said
    site: str = ""
    site_origins: tuple[str, ...] = ()  # whose pages may show the chat in a frame
    hours: Annotated[tuple[Hours, ...], Field(min_length=1)]
    holidays: tuple[date, ...] = ()
    special_days: tuple[SpecialDay, ...] = ()
    first_answer_minutes: int = Field(default=20, ge=1)  # of working hours
    alarm_minutes: int = Field(default=3, ge=1)  # until somebody else is called, day and night
    danger_words_days: int = Field(default=30, ge=1)  # for which words without consent are kept
    summary_at: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = "08:30"
    quiet_from: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = "22:00"
    quiet_until: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = "08:00"
    outages: OutageRules = OutageRules()
    keeping: Keeping = Keeping()
    accounts: AccountRules = AccountRules()
    erasing: Erasing = Erasing()
    telegram_channel: str = ""  # "@dom_news" or its id: where notices may stand for all to read
    consent: Consent


class Room(Entry):
    """A staff group. With `telegram` it is that supergroup; without, the desk in a browser.
    The room `main` is always there, declared or not. Empty `hours`, `holidays`, `special_days`
    are the company's, each for itself; but a room open day and night has only the holidays and
    special days it names. `dealing`: how new threads are dealt out to whoever
    is on duty; empty: they wait for a hand. A taken thread whose resident has waited for
    `pool_after_minutes` of working time goes back to everyone. `shows_names`,
    `shows_flats`: whether its cards and topics say who the resident is and in which flat."""

    code: Code
    title: Said
    telegram: int | None = None
    hours: tuple[Hours, ...] = ()
    holidays: tuple[date, ...] = ()
    special_days: tuple[SpecialDay, ...] = ()
    dealing: Literal["", "evenly", "turn", "load", "known"] = ""
    pool_after_minutes: int = Field(default=30, ge=1)
    shows_names: bool = True
    shows_flats: bool = True


class Entrance(Entry):
    """`flats` and `floors` are ranges ("1-36", "1-9"); by rule the flats fill the floors from
    the bottom, `per_floor` each, and the place on the floor is the riser. A lone "9" is nine
    floors. The reader gives a missing `code`: the house's and the number ("dom-5-2")."""

    number: Said
    code: Code = ""
    floors: str = ""
    flats: str = ""
    per_floor: int = Field(default=4, ge=1, le=60)


class FlatException(Entry):
    """What the rule gets wrong: another floor or riser, a number with a letter, no flat at all."""

    number: Said
    entrance: str | None = None
    floor: int | None = None
    riser: str | None = None
    exists: bool = True


FlatKind = Literal["flat", "parking", "storeroom", "office"]


class OtherPlaces(Entry):
    """Parking places, storerooms, offices: `numbers` as a range or a list ("1-40", "А1, А2").
    An empty `prefix` is the kind's own word: "м/м", "кладовка", "офис"."""

    kind: FlatKind
    numbers: Said
    prefix: str = ""
    floor: int | None = None


class House(Entry):
    """`timezone` empty: the complex's, or the company's."""

    code: Code
    address: Said
    timezone: str = ""
    entrances: tuple[Entrance, ...] = ()
    exceptions: tuple[FlatException, ...] = ()
    places: tuple[OtherPlaces, ...] = ()


class Complex(Entry):
    code: Code
    name: Said
    room: Code = "main"
    executors: Code = ""  # the room that dispatchers hand requests over to; empty: none
    features: tuple[Said, ...] = ()  # free words a form can ask for: barrier, concierge, chute
    timezone: str = ""  # of its houses; empty: the company's
    telegram_channel: str = ""  # of its own; empty: the company's
    houses: Annotated[tuple[House, ...], Field(min_length=1)]


class Step(Entry):
    """A question of a form. `choice` needs `options`; `when` is for presses: a choice of days
    and parts of the day is offered by itself."""

    key: Code
    ask: Said
    kind: Literal["choice", "text", "when", "photos"]
    options: tuple[Said, ...] = ()
    optional: bool = False


class Category(Entry):
    """A kind of request. `complexes` empty = everywhere; `needs` = only where the complex has
    that feature. The same code may stand again with a `key` of its own (empty = the code):
    under another title it is one more button, under the same title and for a named complex or
    feature it stands there instead of the general one. See `list_categories`.
    `term_hours` round the clock, or of working time where `counts` says so and it is no
    emergency; `term_minutes`, where given, instead of them. `own_flat` asks for a flat (else the
    common parts do). `organisation`: who does it instead of us.
    `advice` is what to do meanwhile."""

    code: CategoryCode
    key: Code = ""
    title: Said
    emergency: bool = False
    own_flat: bool = True
    term_hours: int = Field(default=72, ge=1)
    term_minutes: int = Field(default=0, ge=0)
    counts: Literal["clock", "working"] = "clock"
    organisation: str = ""
    advice: str = ""
    complexes: tuple[Code, ...] = ()
    needs: str = ""
    form: tuple[Step, ...] = ()

    @property
    def term(self) -> timedelta:
        return timedelta(minutes=self.term_minutes or 60 * self.term_hours)

    @property
    def in_working_time(self) -> bool:
        return self.counts == "working" and not self.emergency

    @property
    def particularity(self) -> int:
        return 2 * bool(self.complexes) + bool(self.needs)


class Organisation(Entry):
    """Somebody else who is responsible: for lifts, the intercom, gas, waste. Residents get the
    phone; staff are reminded after `remind_hours` that a request was passed on."""

    code: Code
    title: Said
    phone: Said
    remind_hours: int = Field(default=24, ge=1)


class CannedAnswer(Entry):
    """A draft for staff. {name}, {number}, {house}, {term}, {phone}, {emergency_phone} and
    {member} are filled in."""

    id: Code
    title: Said
    text: Said
    complexes: tuple[Code, ...] = ()


ARTICLE_NAMES = (
    "company", "phone", "emergency_phone", "site", "office_hours", "house", "complex",
)  # fmt: skip
"""What an article's answer may name in braces."""


class Article(Entry):
    """A question of residents with its answer, in which the `ARTICLE_NAMES` are filled in. The same
    id may stand again for other `complexes` under a `key` of its own (empty = the id): there it
    stands instead of the general one. `picture`: a file beside the company's. See
    `list_articles`."""

    id: Code
    key: Annotated[str, Field(pattern=r"^$|" + CODE)] = ""
    question: Said
    answer: Said
    phrases: tuple[Said, ...] = ()
    topic: str = ""
    picture: str = ""
    complexes: tuple[Code, ...] = ()

    @property
    def called(self) -> str:
        """What it is kept under."""
        return self.key or self.id


class Vocabulary(Entry):
    """A company's own words on top of the trade's. `synonyms`: groups of words that mean the same;
    `short`: an abbreviation and what it stands for."""

    synonyms: tuple[Annotated[tuple[Said, ...], Field(min_length=2)], ...] = ()
    short: dict[str, Said] = Field(default_factory=dict)


class Member(Entry):
    """One of staff. `telegram`, `vk` are user ids there; `desk` lets them into the browser desk.
    `rooms` empty = all rooms."""

    code: Code
    name: Said
    role: Role
    title: str = ""  # how residents see them: "диспетчер", "главный инженер"
    telegram: int | None = None
    vk: int | None = None
    desk: bool = True
    rooms: tuple[Code, ...] = ()
    trainee: bool = False  # their answers wait for a colleague's yes


class Declaration(Entry):
    company: Company
    rooms: tuple[Room, ...] = ()
    complexes: Annotated[tuple[Complex, ...], Field(min_length=1)]
    categories: Annotated[tuple[Category, ...], Field(min_length=1)]
    articles: tuple[Article, ...] = ()
    vocabulary: Vocabulary = Vocabulary()
    canned_answers: tuple[CannedAnswer, ...] = ()
    organisations: tuple[Organisation, ...] = ()
    members: tuple[Member, ...] = ()

    def categories_in(self, complex_code: str) -> list[Category]:
        """What a resident of that complex may choose from."""
        features = [f for c in self.complexes if c.code == complex_code for f in c.features]
        return list_categories(self.categories, complex_code, features)


def list_categories(
    categories: Iterable[Category], complex_code: str, features: Collection[str]
) -> list[Category]:
    """The categories of one complex, in the order given: of those with one code and title the
    most particular."""
    best: dict[tuple[str, str], Category] = {}
    for category in categories:
        if category.complexes and complex_code not in category.complexes:
            continue
        if category.needs and category.needs not in features:
            continue
        seen = best.get((category.code, category.title))
        if seen is None or category.particularity > seen.particularity:
            best[category.code, category.title] = category
    return list(best.values())


def list_articles(articles: Iterable[Article], complex_code: str) -> list[Article]:
    """The articles of one complex, in the order given: of those with one id the one that names
    it. Empty `complex_code`: somebody whose address is not known."""
    best: dict[str, Article] = {}
    for article in articles:
        if article.complexes and complex_code not in article.complexes:
            continue
        seen = best.get(article.id)
        if seen is None or (article.complexes and not seen.complexes):
            best[article.id] = article
    return list(best.values())
