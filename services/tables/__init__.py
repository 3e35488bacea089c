"""Every table, so that the metadata is whole once this package is imported."""

from services.tables.base import Table
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
from services.tables.tickets import (
    Category,
    Message,
    QuickAnswer,
    Thread,
    ThreadSeen,
    Ticket,
    TicketEvent,
    Topic,
)

__all__ = [
    "AuditRecord", "Category", "ChannelState", "CompanyRow", "Complex", "ConsentRecord", "Contact",
    "DeclaredEntry", "DeskSession", "Entrance", "FileHandle", "Flat", "Heard", "Home", "House",
    "Member", "MemberAccount", "Message", "MessageCopy", "Outgoing", "QuickAnswer", "Resident",
    "Room", "SessionRow", "SignInLink", "StoredFile", "Table", "Thread", "ThreadSeen", "Ticket",
    "TicketEvent", "Topic", "WebPost",
]  # fmt: skip
