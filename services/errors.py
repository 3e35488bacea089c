"""What services refuse. A docstring of a refusal is its meaning; the words are the handlers'."""

from __future__ import annotations


class Refused(Exception):
    """A rule says no. Nothing was changed; the person is told why in words."""


class NotYours(Refused):
    """Whoever asks may not see or touch this. Never says whether the thing exists."""


class NotFound(Refused):
    """There is no such place, number or thread."""


class AlreadySo(Refused):
    """The thing is in that state already: a second press, or someone was quicker."""


class TakenByAnother(Refused):
    """A colleague has the thread: whoever wants it says so once more."""


class LastAdmin(Refused):
    """Somebody must be left who may do everything."""


class BySettings(Refused):
    """The settings of the program say so, not the chat."""


class AlreadyEnded(Refused):
    """The request is done or declined: nobody is to work on it."""


class StaleButton(Refused):
    """The button belongs to a conversation that has moved on."""


class WrongCode(Refused):
    """No live code is this one: mistyped, used, replaced or too old."""


class OwnCode(Refused):
    """The code was typed where it was given out, so that it links nothing."""


class OthersLinkedHere(Refused):
    """This messenger is linked with others already: a code is typed in one that stands alone."""


class TooManyTries(Refused):
    """So many wrong codes were typed that none is taken for a while."""


class NotDone(Refused):
    """Only work that is done is rated."""


class TooManyToday(Refused):
    """So many requests a day were filed that no ordinary one is taken any more."""


class TooManyAlike(Refused):
    """There are requests of that kind and home already; they are `args`."""


class NothingSaid(Refused):
    """A request needs words on what happened."""


class ReasonNeeded(Refused):
    """Nobody is turned away without being told why."""


class SomebodyElses(Refused):
    """A colleague was named to do this request, and only they say how it goes."""


class OwnCase(Refused):
    """Nobody of staff decides about themselves: a colleague does."""


class InThePast(Refused):
    """The time that was named is over."""


class TooFarAhead(Refused):
    """Nobody agrees on a time so long before it."""


class TooLong(Refused):
    """Its `args`: which text, and how many characters it may have."""


class UnknownNames(Refused):
    """Nothing is known that could be filled in there; the names are `args`."""


class Overlaps(Refused):
    """There is one already for the same place; its key is `args`."""


class SameMailing(Refused):
    """The same was sent within a day, is going or waits for its hour; its id is `args`."""


class NobodyToTell(Refused):
    """Of those it is for nobody can be written to."""


class ToBeErased(Refused):
    """Whoever asked to be erased thinks better of it first."""
