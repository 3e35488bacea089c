"""Who hears what, in which order: the table of every conversation."""

from handlers.table import handle

__all__ = ["handle"]
