"""Words of danger. Whoever uses them is never kept waiting, folded or turned away."""

from __future__ import annotations

import re

_DANGER = re.compile(
    r"""
    \bавари | пожар | (?<!\bне\ )\bгор(?:ит|ят|им)\b | задымл | \bдым(?:ит|ом)?\b
    | пахнет\ газом | запах\ газа | газом\ пахнет | утечк\w*\ газа | взрыв | взорв
    | затоп(?!\w*\ батаре) | затап | потоп\b | залива(?:ет|ют) | залило | прорвал | хлещет
    | лопнул\w*\ (?:труб|батаре|стояк) | искрит | искры | бь[её]т\ током | замыкани
    | застрял | упал\w*\ (?:балкон|плит|сосул) | обруш | спасите
    """,
    re.IGNORECASE | re.VERBOSE,
)


def sounds_dangerous(text: str) -> bool:
    """Errs towards yes: letting one word too many through costs staff a look."""
    return _DANGER.search(" ".join(text.split())) is not None
