"""Placements: what a plan says of one act, as it is kept in a step so that the step can be undone. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple


class Placement(NamedTuple):
    """Where and when an act is in a plan."""

    stage_id: int
    starts_at: dt.datetime
    ends_at: dt.datetime
    changeover_before: int | None = None
    pinned: bool = False
    state: str = "scheduled"
    reason: str = ""

    def to_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {
            **self._asdict(), "starts_at": self.starts_at.astimezone(dt.UTC).isoformat(),
            "ends_at": self.ends_at.astimezone(dt.UTC).isoformat(),
        }  # fmt: skip

    def is_seen_as(self, other: Placement) -> bool:
        """Whether the public sees no difference: stage, time and state."""
        return self[:3] == other[:3] and self.state == other.state

    def moved_by(self, shift: dt.timedelta) -> Placement:
        """The same, later."""
        return self._replace(starts_at=self.starts_at + shift, ends_at=self.ends_at + shift)


def from_json(kept: Mapping[str, Any]) -> Placement:
    """The opposite of `to_json`."""
    values: dict[str, Any] = {**kept}
    for name in ("starts_at", "ends_at"):
        values[name] = dt.datetime.fromisoformat(kept[name])
    return Placement(**values)
