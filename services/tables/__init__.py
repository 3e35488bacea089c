"""Every table, so that the metadata is whole once this package is imported."""

from services.tables.accounts import Account, Balance, Bill, Import, ImportChange, Upload
from services.tables.alarms import Alarm
from services.tables.articles import Question
from services.tables.base import Table
from services.tables.closing import Ban, Pace, Rating
from services.tables.declared import Article, CannedAnswer, Category, Organisation
from services.tables.duty import (
    AnswerAll,
    Call,
    Dealt,
    Draft,
    Elder,
    Promise,
    SaidOnce,
    Shift,
    Visit,
)
from services.tables.erasures import Erasure
from services.tables.growth import ArticleDraft
from services.tables.holdings import (
    AccountCode,
    AccountMark,
    Holding,
    HoldingClaim,
    PageLink,
    ProofTry,
)
from services.tables.incidents import Incident
from services.tables.linking import Link, LinkCode
from services.tables.messaging import (
    ChannelState,
    FileHandle,
    Heard,
    MessageCopy,
    Outgoing,
    SessionRow,
    StoredFile,
    WebPost,
)
from services.tables.meters import Meter, Reading, ReadingExport
from services.tables.notices import Mailing, Notice, Wish
from services.tables.outages import Outage, OutageAnswer, OutagePlace
from services.tables.people import (
    AuditRecord,
    ConsentRecord,
    Contact,
    DeskSession,
    Home,
    Member,
    MemberAccount,
    Resident,
    SignInLink,
)
from services.tables.places import (
    CompanyRow,
    Complex,
    DeclaredEntry,
    Entrance,
    Flat,
    House,
    Room,
)
from services.tables.reminders import Reminder, ReminderPart
from services.tables.suggestions import Suggestion
from services.tables.tickets import (
    Message,
    Surge,
    SurgeThread,
    Thread,
    ThreadSeen,
    Ticket,
    TicketEvent,
    Topic,
)

__all__ = [
    "Account", "AccountCode", "AccountMark", "Alarm", "AnswerAll", "Article", "ArticleDraft",
    "AuditRecord", "Balance", "Ban", "Bill", "Call", "CannedAnswer", "Category", "ChannelState",
    "CompanyRow", "Complex", "ConsentRecord", "Contact", "Dealt", "DeclaredEntry", "DeskSession",
    "Draft", "Elder", "Entrance", "Erasure", "FileHandle", "Flat", "Heard", "Holding",
    "HoldingClaim", "Home", "House", "Import", "ImportChange", "Incident", "Link", "LinkCode",
    "Mailing", "Member", "MemberAccount", "Message", "MessageCopy", "Meter", "Notice",
    "Organisation", "Outage", "OutageAnswer", "OutagePlace", "Outgoing", "Pace", "PageLink",
    "Promise", "ProofTry", "Question", "Rating", "Reading", "ReadingExport", "Reminder",
    "ReminderPart", "Resident", "Room", "SaidOnce", "SessionRow", "Shift", "SignInLink",
    "StoredFile", "Suggestion", "Surge", "SurgeThread", "Table", "Thread", "ThreadSeen", "Ticket",
    "TicketEvent", "Topic", "Upload", "Visit", "WebPost", "Wish",
]  # fmt: skip
