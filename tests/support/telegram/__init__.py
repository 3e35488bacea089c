"""A local stand-in of the Telegram Bot API, for tests and benchmarks."""

from .chats import Chat, PrivateChat
from .faults import Fault, FaultKind, Faults
from .groups import Group
from .limits import PublishedLimits
from .messages import Message, StoredFile
from .people import User
from .server import TelegramStandIn
from .shape import Shape, spec_path
from .threads import General, Topic
from .timings import Call, Stats, Timings
from .updates import Update
from .world import DELETED_TOPIC, Press

__all__ = [
    "DELETED_TOPIC",
    "Call",
    "Chat",
    "Fault",
    "FaultKind",
    "Faults",
    "General",
    "Group",
    "Message",
    "Press",
    "PrivateChat",
    "PublishedLimits",
    "Shape",
    "Stats",
    "StoredFile",
    "TelegramStandIn",
    "Timings",
    "Topic",
    "Update",
    "User",
    "spec_path",
]
