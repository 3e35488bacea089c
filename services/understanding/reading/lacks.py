"""What somebody says they have none of: «нет воды», «лифт стоит», «когда дадут свет». Pure."""

from __future__ import annotations

import re

_GONE = re.compile(
    r"\b(?:нет|нету|без|отключ\w*|выключ\w*|вырубил\w*|пропал\w*|исчез\w*|перекры\w*|дадут|дают"
    r"|не\s+(?:ид[её]т|теч[её]т|работает|гор[ия]т|включ\w+|греет|дают|едет|будет|открывает)"
    r"|когда\s+(?:будет|включат|появится|починят|заработает|восстанов\w+)"
    r"|холодные\s+батареи|батареи\s+(?:холодные|ледяные)|лифт\s+(?:стоит|встал)|снова\s+нет)\b"
)
_OTHERWISE = re.compile(
    r"(?<!не )\bтеч[её]т|капает|протек|протека|прорва|лопну|искр|пахнет|запах|затоп|залив|шум"
    r"|счетчик|показани|счет\b|квитанц|плат"
)
_THINGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"горяч\w*(?:\s+вод\w*)?|\bгвс\b", ("hot_water",)),
    (r"холодн\w+\s+вод\w*|\bхвс\b", ("cold_water",)),
    (r"\bвод[аыуое]\w*", ("cold_water", "hot_water")),
    (r"отоплени\w*|батаре\w+|\bтепл[ао]\b", ("heating",)),
    (r"\bсвет\w?\b|электричеств\w*", ("electricity",)),
    (r"\bлифт\w*", ("elevator",)),
    (r"\bдомофон\w*", ("intercom",)),
    (r"\bгаз[ау]?\b", ("gas",)),
)
_SHAPES = tuple((re.compile(shape), what) for shape, what in _THINGS)


def find_lack(words: str) -> tuple[str, ...]:
    """The kinds of outages that would explain it; none where something else is wrong."""
    plain = " ".join(words.lower().replace("ё", "е").split())
    if not _GONE.search(plain) or _OTHERWISE.search(plain):
        return ()
    return next((what for shape, what in _SHAPES if shape.search(plain)), ())


_PLANNED = re.compile(
    r"\b(?:отключат|будут\s+отключ\w+|когда\s+отключ\w+|планов\w+|график\w*|летом)\b"
)


def find_lacked(words: str) -> str:
    """The category of what somebody has none of now; empty where they ask about a plan, or of gas,
    which no master of ours turns on."""
    plain = " ".join(words.lower().replace("ё", "е").split())
    kinds = () if _PLANNED.search(plain) else find_lack(words)
    return "" if kinds[:1] == ("gas",) else next(iter(kinds), "")
