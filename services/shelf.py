"""The shelf: what this process keeps between transactions. The company's profile, and the
libraries, one for each set of articles that somebody may ask.

Building a library takes a while, so it is done in a thread, once, and kept until the articles
change.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from services.company.declaration import Company, Vocabulary
from services.faults import log_fault

if TYPE_CHECKING:
    from services.understanding.faq.library import Entry, Found, Library


class Shelf:
    """`wanted` once somebody has written: a program nobody talks to keeps no dictionaries in
    memory. `put_off`: too many wait for an answer to build anything now."""

    def __init__(self) -> None:
        self.wanted = False
        self.put_off = False
        self._libraries: dict[tuple[Entry, ...], Library | None] = {}
        self._of: dict[int | None, tuple[str, tuple[Entry, ...]]] = {}
        self._words: tuple[Vocabulary, object] | None = None
        self._building = asyncio.Lock()
        self._company: tuple[int, Company] | None = None

    def company_at(self, revision: int) -> Company | None:
        """The profile as it stands at that revision, where it is kept."""
        kept = self._company
        return kept[1] if kept is not None and kept[0] == revision else None

    def keep_company(self, revision: int, company: Company) -> None:
        self._company = (revision, company)

    def holds(self, complex_id: int | None, state: str) -> bool:
        made_of, key = self._of.get(complex_id, ("", ()))
        return made_of == state and key in self._libraries

    async def put(
        self, complex_id: int | None, state: str, entries: Sequence[Entry], own: Vocabulary
    ) -> None:
        """Builds the library unless another complex has the same. One that cannot be built is told
        of once and answers nothing until the articles change."""
        key = tuple(entries)
        async with self._building:
            if self._words is None or self._words[0] != own:
                self._libraries.clear()
            if key not in self._libraries:
                self._libraries[key] = await self._build(key, own)
            self._of[complex_id] = (state, key)
            used = {each for _, each in self._of.values()}
            for old in [each for each in self._libraries if each not in used]:
                del self._libraries[old]

    async def _build(self, entries: tuple[Entry, ...], own: Vocabulary) -> Library | None:
        try:
            return await asyncio.to_thread(self._make, entries, own)
        except Exception as failure:  # noqa: BLE001 (people are answered without it too)
            log_fault(failure, "the library of %s articles", len(entries))
            return None

    def _make(self, entries: tuple[Entry, ...], own: Vocabulary) -> Library:
        from services.understanding.faq.library import Library  # numpy and the dictionaries
        from services.understanding.vocabulary import load_trade

        if self._words is None or self._words[0] != own:
            # The same object for as long as the words are the same: what is made of them is kept,
            # and for a company without words of its own it is the same in all its libraries.
            trade = load_trade()
            some = own.synonyms or own.short
            self._words = (own, trade.extend(own.synonyms, own.short) if some else trade)
        return Library(entries, self._words[1])  # type: ignore[arg-type]

    def ask(self, complex_id: int | None, words: str) -> Found | None:
        """None where there is nothing to ask, or the library broke over these words."""
        library = self._libraries.get(self._of[complex_id][1]) if complex_id in self._of else None
        if library is None:
            return None
        try:
            return library.ask(words)
        except Exception as failure:  # noqa: BLE001
            log_fault(failure, "asking the articles")
            return None
