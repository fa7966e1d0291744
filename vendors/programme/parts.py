"""The parts of a programme file that are about vendors, as untrusted input; `reading.py` reads them."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Field, RootModel, StringConstraints, field_validator, model_validator

from events.programme.forms import Cents, Clock, Day, Key, Language, LongLine, Part, People, WallTime
from festival.kit.text import Email, Line, ShortLine, wrong_text
from festival.kit.words import N_
from vendors.lifecycle.rules import State

_ASK = re.compile(r"(?P<name>[a-z][a-z0-9_]{0,38})(?:(?P<yes_no>\?)|<=(?P<most>\d{1,6}))?")
Days = Annotated[int, Field(ge=0, le=1000)]
Percent = Annotated[int, Field(ge=0, le=100)]
Feet = Annotated[float, Field(ge=-10_000, le=10_000)]
Size = Annotated[float, Field(gt=0, le=1000)]
BoothCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,4}\d{2,3}$")]
Prefix = Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,4}$")]


class QuestionPart(Part):
    """A question by its short name: `name`, `name?` for yes or no, `name<=6` for a number with a bound."""

    name: str
    yes_no: bool = False
    most: int | None = None


def _question(value: object) -> object:
    found = _ASK.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise wrong_text(N_("Write a question like goods, minors? or max_menu_items<=6."))
    most = found["most"]
    return {"name": found["name"], "yes_no": bool(found["yes_no"]), "most": int(most) if most else None}


class FeeRulePart(Part):
    """Another fee for those whom the condition names."""

    condition: Annotated[ShortLine, StringConstraints(max_length=40)] = Field(alias="if")
    fee: Cents


class CategoryPart(Part):
    """A kind of application."""

    id: Key
    cap: People
    fee: Cents
    fee_basis: str = ""
    pad: Prefix | None = None
    charge: Literal["on_approval", "invoice", "none"] = "on_approval"
    space: ShortLine = ""
    needs: list[Key] = []
    ask: list[Annotated[QuestionPart, BeforeValidator(_question)]] = []
    subtypes: list[Key] = []
    fee_rules: list[FeeRulePart] = []


class DocumentPart(Part):
    """A paper that categories may ask for; one whose name ends in `_link` is a link."""

    id: Key
    name: Line
    expires: ShortLine = "none"
    must_cover: str = ""
    one_of: list[Key] = []
    due_offset_days: int | None = Field(None, ge=-365, le=0)
    chase_days: list[Days] = []
    sensitive: bool = False


class OfficePart(Part):
    """An office outside the city, and the papers that it wants of those who bring them."""

    id: Annotated[Key, StringConstraints(max_length=40)]
    name: Annotated[Line, StringConstraints(max_length=120)]
    county: Annotated[ShortLine, StringConstraints(max_length=80)] = ""
    papers: list[Key]
    due_offset_days: int | None = Field(None, ge=-365, le=0)


class AddOnPart(Part):
    """Something to rent with the space."""

    id: Key
    price: Cents
    stock: int = Field(ge=0, le=100_000)
    category: Key | None = None
    needs_approval: bool = False


class TimelinePart(Part):
    """The dates of the call, in the city's wall time."""

    vendor_open: WallTime
    performer_close: WallTime
    vendor_close: WallTime
    decisions_by: Day
    offer_expires_hours: int = Field(120, ge=1, le=2000)
    pay_grace_days: int = Field(7, ge=1, le=365)
    booth_map_public: Day | None = None
    vendor_info_email: Day | None = None
    changes_freeze: WallTime | None = None

    @model_validator(mode="after")
    def _in_order(self) -> TimelinePart:
        if min(self.performer_close, self.vendor_close) <= self.vendor_open:
            raise wrong_text(N_("The end comes before the beginning."))
        return self


class RefundTierPart(Part):
    """What comes back when someone withdraws at least so many days ahead, or when the city cancels."""

    until_days: Days | None = None
    refund_pct: Percent
    keep: Cents = 0
    or_full_if_resold: bool = False
    city_cancels: bool = False

    @model_validator(mode="after")
    def _says_when(self) -> RefundTierPart:
        if (self.until_days is None) is not self.city_cancels:
            raise wrong_text(N_("Say either until_days or city_cancels."))
        return self


class LoadInPart(Part):
    """When a group of spaces drives in, on the festival's day."""

    group: Annotated[ShortLine, StringConstraints(max_length=60)]
    arrive: Clock | None = None
    clear: Clock
    gate: ShortLine = ""
    who: LongLine = ""


class GridPart(Part):
    """Spaces in rows: prefix and two digits, x = origin + (n mod cols) * step."""

    prefix: Prefix
    count: int = Field(ge=1, le=500)
    cols: int = Field(ge=1, le=500)
    size_ft: tuple[Size, Size]
    origin_ft: tuple[Feet, Feet]
    step_ft: tuple[Feet, Feet]
    zone: ShortLine
    corner_surcharge: Cents = 0

    def codes(self) -> list[str]:
        """The names of the spaces, in their order."""
        return [f"{self.prefix}{number:02}" for number in range(1, self.count + 1)]


class BlockedPart(Part):
    """A space that cannot be used."""

    id: BoothCode
    why: Annotated[ShortLine, StringConstraints(max_length=80)]


class SamplePart(Part):
    """A sample application; its state is reached by real steps."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Key
    name: Line
    category: Key
    state: State
    lang: Language = "en"
    applicant: Email | None = None
    payment: Literal[
        "none", "not_due", "card_saved", "card_removed", "declined", "action_required", "paid", "part_refunded",
        "refunded", "disputed",
    ] = "none"  # fmt: skip
    space: BoothCode | None = None
    paid: Cents = 0
    refunded: Cents = 0
    add_ons: list[Key] = []
    scores: list[Annotated[int, Field(ge=1, le=5)]] = []
    position: int | None = Field(None, ge=1)
    fee_rule: Annotated[ShortLine, StringConstraints(max_length=40)] = ""
    offer_expires: WallTime | None = None
    returning: bool = False
    helper: ShortLine = ""
    reason: LongLine = ""
    note: LongLine = ""
    slot: Key | None = None
    people: People | None = None
    serves: list[Literal["halal", "vegan", "coffee"]] = []
    method: ShortLine = ""
    step: Key | None = None
    # What the team asks to be changed: the part and the note.
    asks: dict[
        Annotated[str, StringConstraints(pattern=r"^(about|answer|paper|extra)\.[a-z0-9_-]{1,40}$")], LongLine
    ] = {}

    @model_validator(mode="after")
    def _sums(self) -> SamplePart:
        if self.refunded > self.paid:
            raise wrong_text(N_("This is more than can be refunded."))
        return self


class VendorsPart(Part):
    """What a festival says about its vendors; the keys of other rooms are read by those rooms."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    starts: WallTime
    categories: list[CategoryPart] = []
    documents: list[DocumentPart] = []
    offices: list[OfficePart] = []
    add_ons: list[AddOnPart] = []
    timeline: TimelinePart | None = None
    refund_policy: list[RefundTierPart] = []
    load_in: list[LoadInPart] = []
    booth_grid: list[GridPart] = []
    blocked_spaces: list[BlockedPart] = []
    sample_applications: list[SamplePart] = []

    @field_validator("categories")
    @classmethod
    def _short_names(cls, value: list[CategoryPart]) -> list[CategoryPart]:
        if any(len(part.id) > 40 for part in value):
            raise wrong_text(N_("Use at most 40 characters for a category's id."))
        return value


class CategoryNames(RootModel[dict[str, dict[Language, Line]]]):
    """The file's translated names, by thing and language; those that are not categories are other rooms'."""

    def names(self, category: str) -> dict[str, str]:
        """The category's names, by language."""
        return dict(self.root.get(category, {}))
