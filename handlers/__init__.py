"""Who hears what, in which order: the table of every conversation."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from handlers.table import handle

__all__ = ["handle"]


def __getattr__(name: str) -> Any:
    """Loaded when asked for: a command that only needs words must not wait for all the others."""
    if name != "handle":
        raise AttributeError(name)
    from handlers.table import handle

    return handle
