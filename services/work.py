"""One transaction and every service in it.

A handler or a loop gets a `Work`, speaks to its services, and everything it did commits
together. Nothing in here reaches the network.
"""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.accounts.claims import Claims
from services.accounts.codes import Codes
from services.accounts.holdings import Holdings
from services.accounts.imports import Imports
from services.accounts.marks import Marks
from services.accounts.money import Money
from services.accounts.proofs import Proofs
from services.accounts.sharing import Sharing
from services.accounts.uploads import Uploads
from services.alarms import Alarms
from services.answer_all import AnswerAlls
from services.arrivals import Arrivals
from services.article_drafts import ArticleDrafts
from services.articles import Articles
from services.attachments import Attachments
from services.audience import Audience
from services.audit import Audit
from services.bans import Bans
from services.calls import Calls
from services.canned import Canned
from services.closing import Closing
from services.company.company import CompanyData
from services.dealing import Dealing
from services.desk import Desk
from services.dialogues import Dialogues
from services.drafting import Drafting
from services.due import Due
from services.editorial import Editorial
from services.elders import Elders
from services.erasing import Erasing
from services.executors import Executors
from services.figures import Figures
from services.filing import Filing
from services.finding import Finding
from services.followers import Followers
from services.forgetting import Forgetting
from services.growth import Growth
from services.incidents import Incidents
from services.interruptions import Interruptions
from services.journal import Journal
from services.limits import Limits
from services.linking import Linking
from services.links import Links
from services.mailing_lists import MailingLists
from services.mailings import Mailings
from services.messaging.copies import Copies
from services.messaging.inbox import Inbox
from services.messaging.outbox import Outbox
from services.messaging.posts import Posts
from services.messaging.sessions import Sessions
from services.messaging.unsent import Unsent
from services.meters.counts import ReadingCounts
from services.meters.export import ReadingExports
from services.meters.marked import MarkedReadings
from services.meters.meters import Meters
from services.meters.readings import Readings
from services.meters.reminding import ReadingReminders
from services.my_data import MyData
from services.news import News
from services.notices import Notices
from services.open_posts import OpenPosts
from services.organisations import Organisations
from services.outage_answers import OutageAnswers
from services.outage_lists import OutageLists
from services.outages import Outages
from services.page_links import PageLinks
from services.people import People
from services.places import Places
from services.preferences import Preferences
from services.promises import Promises
from services.ratings import Ratings
from services.reminders import Reminders
from services.retention import Retention
from services.rooms import Rooms
from services.shelf import Shelf
from services.shifts import Shifts
from services.showing import ShowingPolicy
from services.staff import Staff
from services.summary import Summaries
from services.surges import Surges
from services.taking import Taking
from services.team import Team
from services.terms import Terms
from services.threads import Threads
from services.tickets import Tickets
from services.tones import Tones
from services.troubles import Troubles
from services.visits import Visits
from services.waiting import Waiting
from services.wishes import Wishes


class Work:
    """Services are made when first asked for; they share the session and the moment `now`.
    `base_url` is where a browser reaches us, `files` the folder of stored files, `shelf` what the
    process keeps of the articles."""

    def __init__(
        self,
        session: AsyncSession,
        now: datetime,
        base_url: str = "",
        files: Path | None = None,
        shelf: Shelf | None = None,
    ) -> None:
        self.session = session
        self.now = now
        self.base_url = base_url
        self.files = files or Path()
        self.shelf = shelf or Shelf()
        self._bells: set[str] = set()

    def ring(self, bell: str) -> None:
        """Wakes whoever waits for `bell`, in any process, once this transaction commits."""
        self._bells.add(bell)

    def take_bells(self) -> list[str]:
        """For a statement that rings them itself."""
        bells = sorted(self._bells)
        self._bells.clear()
        return bells

    async def finish(self) -> None:
        """Called once, just before the commit."""
        await self.session.flush()
        if bells := self.take_bells():
            await self.session.execute(
                text("SELECT pg_notify('domovoy', bell) FROM unnest(CAST(:bells AS text[])) bell"),
                {"bells": bells},
            )

    @cached_property
    def inbox(self) -> Inbox:
        return Inbox(self)

    @cached_property
    def outbox(self) -> Outbox:
        return Outbox(self)

    @cached_property
    def unsent(self) -> Unsent:
        return Unsent(self)

    @cached_property
    def sessions(self) -> Sessions:
        return Sessions(self)

    @cached_property
    def copies(self) -> Copies:
        return Copies(self)

    @cached_property
    def posts(self) -> Posts:
        return Posts(self)

    @cached_property
    def dialogues(self) -> Dialogues:
        return Dialogues(self)

    @cached_property
    def company(self) -> CompanyData:
        return CompanyData(self)

    @cached_property
    def places(self) -> Places:
        return Places(self)

    @cached_property
    def rooms(self) -> Rooms:
        return Rooms(self)

    @cached_property
    def people(self) -> People:
        return People(self)

    @cached_property
    def linking(self) -> Linking:
        return Linking(self)

    @cached_property
    def staff(self) -> Staff:
        return Staff(self)

    @cached_property
    def threads(self) -> Threads:
        return Threads(self)

    @cached_property
    def surges(self) -> Surges:
        return Surges(self)

    @cached_property
    def alarms(self) -> Alarms:
        return Alarms(self)

    @cached_property
    def forgetting(self) -> Forgetting:
        return Forgetting(self)

    @cached_property
    def erasing(self) -> Erasing:
        return Erasing(self)

    @cached_property
    def my_data(self) -> MyData:
        return MyData(self)

    @cached_property
    def preferences(self) -> Preferences:
        return Preferences(self)

    @cached_property
    def taking(self) -> Taking:
        return Taking(self)

    @cached_property
    def team(self) -> Team:
        return Team(self)

    @cached_property
    def dealing(self) -> Dealing:
        return Dealing(self)

    @cached_property
    def tickets(self) -> Tickets:
        return Tickets(self)

    @cached_property
    def news(self) -> News:
        return News(self)

    @cached_property
    def executors(self) -> Executors:
        return Executors(self)

    @cached_property
    def retention(self) -> Retention:
        return Retention(self)

    @cached_property
    def troubles(self) -> Troubles:
        return Troubles(self)

    @cached_property
    def visits(self) -> Visits:
        return Visits(self)

    @cached_property
    def elders(self) -> Elders:
        return Elders(self)

    @cached_property
    def desk(self) -> Desk:
        return Desk(self)

    @cached_property
    def answer_alls(self) -> AnswerAlls:
        return AnswerAlls(self)

    @cached_property
    def articles(self) -> Articles:
        return Articles(self, self.shelf)

    @cached_property
    def notices(self) -> Notices:
        return Notices(self)

    @cached_property
    def outages(self) -> Outages:
        return Outages(self)

    @cached_property
    def outage_answers(self) -> OutageAnswers:
        return OutageAnswers(self)

    @cached_property
    def outage_lists(self) -> OutageLists:
        return OutageLists(self)

    @cached_property
    def mailings(self) -> Mailings:
        return Mailings(self)

    @cached_property
    def wishes(self) -> Wishes:
        return Wishes(self)

    @cached_property
    def mailing_lists(self) -> MailingLists:
        return MailingLists(self)

    @cached_property
    def audience(self) -> Audience:
        return Audience(self)

    @cached_property
    def incidents(self) -> Incidents:
        return Incidents(self)

    @cached_property
    def followers(self) -> Followers:
        return Followers(self)

    @cached_property
    def interruptions(self) -> Interruptions:
        return Interruptions(self)

    @cached_property
    def tones(self) -> Tones:
        return Tones(self)

    @cached_property
    def canned(self) -> Canned:
        return Canned(self)

    @cached_property
    def editorial(self) -> Editorial:
        return Editorial(self)

    @cached_property
    def article_drafts(self) -> ArticleDrafts:
        return ArticleDrafts(self)

    @cached_property
    def growth(self) -> Growth:
        return Growth(self)

    @cached_property
    def finding(self) -> Finding:
        return Finding(self)

    @cached_property
    def attachments(self) -> Attachments:
        return Attachments(self)

    @cached_property
    def audit(self) -> Audit:
        return Audit(self)

    @cached_property
    def ratings(self) -> Ratings:
        return Ratings(self)

    @cached_property
    def closing(self) -> Closing:
        return Closing(self)

    @cached_property
    def limits(self) -> Limits:
        return Limits(self)

    @cached_property
    def bans(self) -> Bans:
        return Bans(self)

    @cached_property
    def promises(self) -> Promises:
        return Promises(self)

    @cached_property
    def figures(self) -> Figures:
        return Figures(self)

    @cached_property
    def summaries(self) -> Summaries:
        return Summaries(self)

    @cached_property
    def shifts(self) -> Shifts:
        return Shifts(self)

    @cached_property
    def due(self) -> Due:
        return Due(self)

    @cached_property
    def filing(self) -> Filing:
        return Filing(self)

    @cached_property
    def organisations(self) -> Organisations:
        return Organisations(self)

    @cached_property
    def waiting(self) -> Waiting:
        return Waiting(self)

    @cached_property
    def terms(self) -> Terms:
        return Terms(self)

    @cached_property
    def calls(self) -> Calls:
        return Calls(self)

    @cached_property
    def journal(self) -> Journal:
        return Journal(self)

    @cached_property
    def links(self) -> Links:
        return Links(self)

    @cached_property
    def open_posts(self) -> OpenPosts:
        return OpenPosts(self)

    @cached_property
    def arrivals(self) -> Arrivals:
        return Arrivals(self)

    @cached_property
    def drafting(self) -> Drafting:
        return Drafting(self)

    @cached_property
    def imports(self) -> Imports:
        return Imports(self)

    @cached_property
    def uploads(self) -> Uploads:
        return Uploads(self)

    @cached_property
    def holdings(self) -> Holdings:
        return Holdings(self)

    @cached_property
    def codes(self) -> Codes:
        return Codes(self)

    @cached_property
    def proofs(self) -> Proofs:
        return Proofs(self)

    @cached_property
    def claims(self) -> Claims:
        return Claims(self)

    @cached_property
    def sharing(self) -> Sharing:
        return Sharing(self)

    @cached_property
    def showing(self) -> ShowingPolicy:
        return ShowingPolicy(self)

    @cached_property
    def money(self) -> Money:
        return Money(self)

    @cached_property
    def page_links(self) -> PageLinks:
        return PageLinks(self)

    @cached_property
    def marks(self) -> Marks:
        return Marks(self)

    @cached_property
    def reminders(self) -> Reminders:
        return Reminders(self)

    @cached_property
    def meters(self) -> Meters:
        return Meters(self)

    @cached_property
    def readings(self) -> Readings:
        return Readings(self)

    @cached_property
    def reading_exports(self) -> ReadingExports:
        return ReadingExports(self)

    @cached_property
    def reading_reminders(self) -> ReadingReminders:
        return ReadingReminders(self)

    @cached_property
    def marked_readings(self) -> MarkedReadings:
        return MarkedReadings(self)

    @cached_property
    def reading_counts(self) -> ReadingCounts:
        return ReadingCounts(self)
