"""A local stand-in of the VK API for communities, for tests and benchmarks."""

from .callback import CallbackServer
from .chats import Chat, Conversation, PrivateChat
from .community import Community, EventSettings
from .errors import ApiError
from .faults import Fault, FaultKind, Faults
from .files import StoredFile
from .limits import PublishedLimits
from .messages import Message
from .people import User
from .server import VkStandIn
from .shape import Shape, spec_path
from .timings import Call, Stats, Timings
from .updates import Event
from .world import Press

__all__ = [
    "ApiError",
    "Call",
    "CallbackServer",
    "Chat",
    "Community",
    "Conversation",
    "Event",
    "EventSettings",
    "Fault",
    "FaultKind",
    "Faults",
    "Message",
    "Press",
    "PrivateChat",
    "PublishedLimits",
    "Shape",
    "Stats",
    "StoredFile",
    "Timings",
    "User",
    "VkStandIn",
    "spec_path",
]
