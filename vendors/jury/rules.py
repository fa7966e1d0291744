"""Which categories somebody judges; pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping

_PREFIX = "category:"


def scope_of(category_id: int) -> str:
    """The scope of the role of one who was named for a category."""
    return f"{_PREFIX}{category_id}"


def category_of(scope: str) -> int | None:
    """The category of such a scope; None for any other."""
    number = scope.removeprefix(_PREFIX)
    return int(number) if scope != number and number.isdecimal() else None


def judged_by(person_id: int, calls: Mapping[int, int], seats: Mapping[int, Collection[int]]) -> set[int]:
    """The categories that a reviewer judges. `calls` are the calls of all categories, `seats` who is named for which.

    Whoever is named in a call judges there just what they are named for; everybody else what nobody is named for.
    """
    own_calls = {calls[category] for category, people in seats.items() if person_id in people and category in calls}
    return {
        category
        for category, call in calls.items()
        if (person_id in seats.get(category, ()) if call in own_calls else not seats.get(category))
    }
