"""What the editor sends: a whole plan from its script, or one space, one row or one point from the forms beside it."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from festival.kit.text import clean_line
from vendors.siteplan.rules import MOST_POINTS, MOST_SPACES, Mark, Plan, Spot

Feet = Annotated[float, Field(allow_inf_nan=False, ge=-100_000, le=100_000)]
Line = Annotated[str, StringConstraints(max_length=80), AfterValidator(clean_line)]
Reason = Annotated[str, StringConstraints(max_length=120), AfterValidator(clean_line)]
Number = Annotated[str, StringConstraints(max_length=10, to_upper=True, strip_whitespace=True)]
Ticked = Annotated[bool, BeforeValidator(lambda value: value in {"yes", True})]


class SpotForm(BaseModel):
    """One space; `id` 0 is a new one."""

    model_config = ConfigDict(extra="ignore")
    id: int = 0
    code: Number
    zone: Line = ""
    x_ft: Feet = 0
    y_ft: Feet = 0
    width_ft: Feet = 10
    depth_ft: Feet = 10
    has_power: Ticked = False
    corner: Ticked = False
    blocked_reason: Reason = ""

    def spot(self) -> Spot:
        """The same as plain values."""
        return Spot(**self.model_dump())


class MarkForm(BaseModel):
    """One fixed point."""

    model_config = ConfigDict(extra="ignore")
    id: int = 0
    code: Annotated[str, StringConstraints(min_length=1, max_length=20, to_upper=True, strip_whitespace=True)]
    name: Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(clean_line)]
    x_ft: Feet = 0
    y_ft: Feet = 0

    def mark(self) -> Mark:
        """The same as plain values."""
        return Mark(**self.model_dump())


class PlanForm(BaseModel):
    """A whole site."""

    spots: Annotated[list[SpotForm], Field(max_length=MOST_SPACES + 1)]
    marks: Annotated[list[MarkForm], Field(max_length=MOST_POINTS)] = []

    def plan(self) -> Plan:
        """The same as plain values."""
        return Plan([one.spot() for one in self.spots], [one.mark() for one in self.marks])


class SentPlan(BaseModel):
    """The plan as the page's script sends it, and the revision that it was drawn on."""

    plan: Annotated[str, StringConstraints(max_length=400_000)]
    seen: int


class RowForm(SpotForm):
    """A row of spaces, numbered on from the first."""

    count: Annotated[int, Field(ge=1, le=100)] = 1
    per_row: Annotated[int, Field(ge=1, le=100)] = 10
    step_x: Feet = 12
    step_y: Feet = 26
