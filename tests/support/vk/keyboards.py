"""Keyboards, and why VK refuses them."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from .errors import keyboard_error, wrong
from .wire import Json

COLORS = frozenset({"primary", "secondary", "default", "negative", "positive"})
FIELDS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    # type: needed, allowed
    "text": (frozenset({"label"}), frozenset({"payload"})),
    "callback": (frozenset({"label"}), frozenset({"payload"})),
    "open_link": (frozenset({"label", "link"}), frozenset({"payload"})),
    "location": (frozenset(), frozenset({"payload"})),
    "vkpay": (frozenset({"hash"}), frozenset({"payload"})),
    "open_app": (frozenset({"label", "app_id"}), frozenset({"owner_id", "hash", "payload"})),
    "intent_subscribe": (
        frozenset({"label", "intent", "peer_id"}),
        frozenset({"payload", "subscribe_id"}),
    ),
    "intent_unsubscribe": (
        frozenset({"label", "intent", "peer_id"}),
        frozenset({"payload", "subscribe_id"}),
    ),
}
COLOURED = frozenset({"text", "callback", "intent_subscribe", "intent_unsubscribe"})
WIDE = frozenset({"location", "vkpay", "open_app"})
"""They take the whole width: no neighbours in the row."""
MAX_LABEL = 40
MAX_PAYLOAD = 255
MAX_ROW = 5
INLINE = (6, 10)  # rows, keys
STANDING = (10, 40)
MAX_SNACKBAR = 90


def check_keyboard(source: str) -> Json | None:
    """The keyboard as it is kept, or None where there is none. Without keys it takes away."""
    if not source:
        return None
    try:
        tree = json.loads(source)
    except ValueError:
        raise keyboard_error("not valid json") from None
    if not isinstance(tree, dict) or not isinstance(tree.get("buttons"), list):
        raise keyboard_error("buttons should be an array")
    if unknown := set(tree) - {"buttons", "inline", "one_time", "author_id"}:
        raise keyboard_error(f"keyboard contains unknown fields {sorted(unknown)}")
    inline = bool(tree.get("inline"))
    rows: list[Any] = tree["buttons"]
    if inline and not rows:
        raise keyboard_error("inline keyboard should have buttons")
    if inline and tree.get("one_time"):
        raise keyboard_error("one_time is not supported for inline keyboard")
    most_rows, most_keys = INLINE if inline else STANDING
    if len(rows) > most_rows:
        raise keyboard_error(f"too much rows, {most_rows} allowed")
    for number, row in enumerate(rows):
        if not isinstance(row, list) or not 1 <= len(row) <= MAX_ROW:
            # VK says the same of an empty row.
            raise keyboard_error(f"row {number} contains too much columns")
        for place, key in enumerate(row):
            _check_key(key, f"button [{number}][{place}]", alone=len(row) == 1)
    if sum(len(row) for row in rows) > most_keys:
        raise keyboard_error(f"too much buttons, {most_keys} allowed")
    return {
        "one_time": bool(tree.get("one_time")),
        "inline": inline,
        "buttons": [[_kept(key) for key in row] for row in rows],
    }


def _check_key(key: Any, where: str, *, alone: bool) -> None:
    if not isinstance(key, dict) or not isinstance(key.get("action"), dict):
        raise keyboard_error(f"{where} should have an action")
    action: Json = key["action"]
    kind = action.get("type")
    if kind not in FIELDS:
        raise keyboard_error(f"{where} action type {kind!r} is unknown")
    needed, allowed = FIELDS[kind]
    if set(action) - needed - allowed - {"type"}:
        raise keyboard_error("action contains unknown fields")
    if missing := sorted(needed - set(action)):
        raise keyboard_error(f"{where} action should have {', '.join(missing)}")
    if set(key) - {"action", "color"}:
        raise keyboard_error(f"{where} contains unknown fields")
    if "color" in key and (kind not in COLOURED or key["color"] not in COLORS):
        raise keyboard_error(f"{where} color is invalid")
    if kind in WIDE and not alone:
        raise keyboard_error(f"{where} of type {kind} should be alone in its row")
    _check_values(action, where)


def _check_values(action: Json, where: str) -> None:
    if "label" in action:
        label = action["label"]
        if not isinstance(label, str) or not label.strip():
            raise keyboard_error(f"{where} label should be at least 1 letters length")
        if len(label) > MAX_LABEL:
            raise keyboard_error(f"{where} label should be at most {MAX_LABEL} letters length")
    if "payload" in action:
        payload = action["payload"]
        text = payload if isinstance(payload, str) else json.dumps(payload, ensure_ascii=False)
        if payload is None or len(text) > MAX_PAYLOAD:
            raise keyboard_error(f"{where} payload should be at most {MAX_PAYLOAD} letters length")
        try:
            json.loads(text)
        except ValueError:
            raise keyboard_error(f"{where} payload is not valid json") from None
    elif action["type"] == "callback":
        raise keyboard_error(f"{where} payload is required for callback button")
    if "link" in action:
        parts = urlsplit(str(action["link"]))
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            raise keyboard_error(f"{where} link is invalid")


def _kept(key: Json) -> Json:
    """Payloads become text and the colour has its other name, as they come back."""
    action = dict(key["action"])
    if "payload" in action and not isinstance(action["payload"], str):
        action["payload"] = json.dumps(action["payload"], ensure_ascii=False)
    kept: Json = {"action": action}
    if action["type"] in COLOURED:
        color = key.get("color", "default")
        kept["color"] = "default" if color == "secondary" else color
    return kept


def check_event_data(source: str) -> Json:
    """What a press of a callback button is answered with."""
    if not source:
        return {}
    if len(source) > 1000:
        raise wrong("event_data is too long")
    try:
        tree = json.loads(source)
    except ValueError:
        raise wrong("event_data is invalid") from None
    needed = {"show_snackbar": "text", "open_link": "link", "open_app": "app_id"}
    name = needed.get(tree.get("type", "")) if isinstance(tree, dict) else None
    if name is None or not tree.get(name):
        raise wrong("event_data is invalid")
    if name == "text" and len(str(tree["text"])) > MAX_SNACKBAR:
        raise wrong(f"event_data.text should be at most {MAX_SNACKBAR} letters length")
    answer: Json = tree
    return answer
