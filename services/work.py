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

from services.accounts.imports import Imports
from services.alarms import Alarms
from services.answer_all import AnswerAlls
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
from services.drafting import Drafting
from services.due import Due
from services.editorial import Editorial
from services.elders import Elders
from services.executors import Executors
from services.figures import Figures
from services.filing import Filing
from services.finding import Finding
from services.forgetting import Forgetting
from services.growth import Growth
from services.journal import Journal
from services.limits import Limits
from services.linking import Linking
from services.messaging.copies import Copies
from services.messaging.inbox import Inbox
from services.messaging.outbox import Outbox
from services.messaging.posts import Posts
from services.messaging.sessions import Sessions
from services.messaging.unsent import Unsent
from services.news import News
from services.organisations import Organisations
from services.outage_answers import OutageAnswers
from services.outages import Outages
from services.people import People
from services.places import Places
from services.promises import Promises
from services.ratings import Ratings
from services.rooms import Rooms
from services.shelf import Shelf
from services.shifts import Shifts
from services.staff import Staff
from services.summary import Summaries
from services.surges import Surges
from services.taking import Taking
from services.team import Team
from services.terms import Terms
from services.threads import Threads
from services.tickets import Tickets
from services.tidying import Tidying
from services.tones import Tones
from services.visits import Visits
from services.waiting import Waiting


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

    async def finish(self) -> None:
        """Called once, just before the commit."""
        await self.session.flush()
        if self._bells:
            await self.session.execute(
                text("SELECT pg_notify('domovoy', bell) FROM unnest(CAST(:bells AS text[])) bell"),
                {"bells": sorted(self._bells)},
            )
            self._bells.clear()

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
    def tidying(self) -> Tidying:
        return Tidying(self)

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
    def outages(self) -> Outages:
        return Outages(self)

    @cached_property
    def outage_answers(self) -> OutageAnswers:
        return OutageAnswers(self)

    @cached_property
    def audience(self) -> Audience:
        return Audience(self)

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
    def drafting(self) -> Drafting:
        return Drafting(self)

    @cached_property
    def imports(self) -> Imports:
        return Imports(self)
