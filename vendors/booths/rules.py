"""The site drawn from its rows: a picture's frame, and what each space is to its reader; pure."""

from __future__ import annotations

from collections.abc import Iterable

Box = tuple[float, float, float, float]
_MARGIN = 14.0
_PROMISED = frozenset({"offered", "accepted"})


def frame_of(boxes: Iterable[Box]) -> Box:
    """(x, y, width, height) around all (x, y, width, depth), in feet, with a margin."""
    found = list(boxes) or [(0.0, 0.0, 100.0, 100.0)]
    left, top = min(box[0] for box in found), min(box[1] for box in found)
    right, bottom = max(box[0] + box[2] for box in found), max(box[1] + box[3] for box in found)
    return left - _MARGIN, top - _MARGIN, right - left + 2 * _MARGIN, bottom - top + 2 * _MARGIN


def booth_state(blocked_reason: str, application_state: str) -> str:
    """free, held, taken or blocked. `application_state` is empty where nobody has the space."""
    if blocked_reason:
        return "blocked"
    if not application_state:
        return "free"
    return "held" if application_state in _PROMISED else "taken"
