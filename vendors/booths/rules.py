"""The site drawn from its rows: a picture's frame, and what each space is to its reader; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from festival.kit.words import N_

# Questions whose yes visitors can look for, and what the house calls the kinds of stands and of points.
OFFERED = ("halal", "vegan", "coffee")
_FOOD = frozenset({"food_truck", "tented_food"})
KINDS = {
    "food": N_("Food"),
    "halal": N_("Halal"),
    "vegan": N_("Vegan"),
    "coffee": N_("Coffee and tea"),
    "market": N_("Market"),
    "community": N_("Community"),
}
POINTS = {
    "WC": N_("Toilets"),
    "WATER": N_("Drinking water"),
    "QUIET": N_("Quiet room"),
    "ADA": N_("Accessible viewing"),
    "AID": N_("First aid"),
    "INFO": N_("Information"),
    "KIDS": N_("Children"),
}
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


def tags_of(category: str, offered: Iterable[str]) -> list[str]:
    """What visitors can look for at a stand of `category`."""
    kind = "food" if category in _FOOD else "market" if category == "marketplace" else "community"
    return [kind, *(tag for tag in OFFERED if tag in offered)]


def kinds_to_choose(tags: Iterable[Sequence[str]], points: Iterable[str]) -> dict[str, str]:
    """The kinds of stands and points that are on this site, in our order, by tag; points by their code."""
    there, codes = {tag for listed in tags for tag in listed}, set(points)
    return {
        **{tag: name for tag, name in KINDS.items() if tag in there},
        **{code: name for code, name in POINTS.items() if code in codes},
    }
