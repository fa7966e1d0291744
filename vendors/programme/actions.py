"""Writes: a programme file's call, categories, papers, questions, spaces and load-in, in a few statements."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from events.programme.actions import Loaded
from events.recurrence.rules import to_utc
from festival.kit.clock import now
from festival.kit.documents import Document
from festival.organisation.actions import source_digest
from festival.organisation.models import Translation
from festival.settings import settings
from vendors.models import (
    AddOn,
    Booth,
    Call,
    Category,
    CategoryDocument,
    DocumentKind,
    FeeRule,
    LoadInWindow,
    Office,
    OfficePaper,
    Question,
)
from vendors.programme.parts import CategoryPart, QuestionPart, VendorsPart
from vendors.programme.reading import Vendors, read_vendors
from vendors.programme.samples import load_samples
from vendors.programme.words import ADD_ONS, CATEGORIES, DOCUMENT_HELPS, FOLLOW_UPS, Asked, asked, put_into_words

CATEGORY_TEXTS = "category"
# Papers that only an answer asks for.
_AFTER = {"w9_if_paid": {"question": "honorarium", "is": "yes"}}
# How the groups of these categories come into the schedule.
_PARTS = {"performer": "stage", "parade": "walk", "fashion_show": "walk"}


async def load_vendors(document: Document, loaded: Loaded) -> None:
    """Write the vendors part of a file that was found right. Runs in the caller's transaction."""
    vendors = read_vendors(document)
    if vendors is None:
        return
    call = await _load_call(vendors, loaded.festival_id)
    categories = await _load_categories(vendors, call)
    await _load_documents(vendors.part, call, categories)
    await _load_questions(vendors.part, categories)
    await AddOn.bulk_create(
        AddOn(
            call_id=call.id, category_id=categories[part.category].id if part.category else None, slug=part.id,
            name=ADD_ONS.get(part.id) or put_into_words(part.id), price_cents=part.price, stock=part.stock, taken=0,
            needs_approval=part.needs_approval,
        )
        for part in vendors.part.add_ons
    )  # fmt: skip
    await _load_site(vendors.part, loaded.festival_id)
    await load_samples(vendors, call, categories, loaded)


async def _load_call(vendors: Vendors, festival_id: int) -> Call:
    timeline, zone = vendors.timeline, settings().zone
    map_day = timeline.booth_map_public
    return await Call.create(
        festival_id=festival_id,
        # A file with samples is a trial year: its call is open from the start, so that it can be tried.
        opens_at=min(to_utc(timeline.vendor_open, zone), now())
        if vendors.part.sample_applications
        else to_utc(timeline.vendor_open, zone),
        decisions_on=timeline.decisions_by,
        changes_until=to_utc(timeline.changes_freeze, zone) if timeline.changes_freeze else None,
        map_public_at=to_utc(dt.datetime.combine(map_day, dt.time()), zone) if map_day else None,
        offer_hours=timeline.offer_expires_hours,
        grace_days=timeline.pay_grace_days,
        refund_policy=[tier.model_dump(exclude_defaults=True) for tier in vendors.part.refund_policy],
    )


async def _load_categories(vendors: Vendors, call: Call) -> dict[str, Category]:
    """Categories with their other fees and translated names. What costs nothing closes with the performers."""
    zone, timeline = settings().zone, vendors.timeline
    performers_until, vendors_until = to_utc(timeline.performer_close, zone), to_utc(timeline.vendor_close, zone)
    names = {part.id: vendors.names.names(part.id) for part in vendors.part.categories}
    await Category.bulk_create(
        Category(
            call_id=call.id, slug=part.id, name=names[part.id].get("en") or put_into_words(part.id),
            description=CATEGORIES.get(part.id, ""), cap=part.cap, taken=0, fee_cents=part.fee, charge=part.charge,
            space=part.space, booth_prefix=part.pad or "", position=position, waitlist_sequence=0,
            part=_PARTS.get(part.id, ""),
            closes_at=performers_until if part.charge == "none" else vendors_until,
        )
        for position, part in enumerate(vendors.part.categories)
    )  # fmt: skip
    categories = {category.slug: category for category in await Category.filter(call_id=call.id)}
    await FeeRule.bulk_create(
        FeeRule(category_id=categories[part.id].id, condition=rule.condition, fee_cents=rule.fee)
        for part in vendors.part.categories for rule in part.fee_rules
    )  # fmt: skip
    at = now()
    await Translation.bulk_create(
        Translation(
            kind=CATEGORY_TEXTS, object_id=categories[slug].id, field="name", language=language, text=text,
            state="confirmed", source_digest=source_digest(categories[slug].name), updated_at=at,
        )
        for slug, texts in names.items() for language, text in texts.items() if language != "en"
    )  # fmt: skip
    return categories


async def _load_documents(part: VendorsPart, call: Call, categories: Mapping[str, Category]) -> None:
    await DocumentKind.bulk_create(
        DocumentKind(
            call_id=call.id, slug=kind.id, name=kind.name, help=DOCUMENT_HELPS.get(kind.id, ""), expires=kind.expires,
            due_days_before=-kind.due_offset_days if kind.due_offset_days is not None else None,
            chase_days=kind.chase_days, sensitive=kind.sensitive, is_link=kind.id.endswith("_link"),
        )
        for kind in part.documents
    )  # fmt: skip
    kinds = {kind.slug: kind.id for kind in await DocumentKind.filter(call_id=call.id)}
    await CategoryDocument.bulk_create(
        CategoryDocument(
            category_id=categories[category.id].id, kind_id=kinds[need], position=position,
            required="_if_any" not in need, shown_if=_AFTER.get(need, {}),
        )
        for category in part.categories for position, need in enumerate(category.needs)
    )  # fmt: skip
    for office in part.offices:
        row = await Office.create(
            call_id=call.id, slug=office.id, name=office.name, county=office.county,
            due_days_before=-office.due_offset_days if office.due_offset_days is not None else None,
        )  # fmt: skip
        await OfficePaper.bulk_create(OfficePaper(office_id=row.id, kind_id=kinds[paper]) for paper in office.papers)


async def _load_questions(part: VendorsPart, categories: Mapping[str, Category]) -> None:
    await Question.bulk_create(
        Question(
            category_id=categories[category.id].id, slug=name, label=question.label, help=question.help,
            kind=question.kind, required=question.required, options=list(question.options), most=question.most,
            shown_if={"question": question.shown_if[0], "is": question.shown_if[1]} if question.shown_if else {},
            position=position,
        )
        for category in part.categories for position, (name, question) in enumerate(_all_asked(category))
    )  # fmt: skip


def _all_asked(category: CategoryPart) -> Iterable[tuple[str, Asked]]:
    for part in category.ask:
        yield part.name, _asked(part)
        for name in FOLLOW_UPS.get(part.name, ()):
            yield name, asked(name)


def _asked(part: QuestionPart) -> Asked:
    if part.yes_no:
        return asked(part.name, kind="yes_no")
    return asked(part.name, kind="number", most=part.most) if part.most is not None else asked(part.name)


async def _load_site(part: VendorsPart, festival_id: int) -> None:
    blocked = {space.id: space.why for space in part.blocked_spaces}
    await Booth.bulk_create(
        Booth(
            festival_id=festival_id, code=code, prefix=grid.prefix, zone=grid.zone, width_ft=grid.size_ft[0],
            depth_ft=grid.size_ft[1], x_ft=grid.origin_ft[0] + index % grid.cols * grid.step_ft[0],
            y_ft=grid.origin_ft[1] + index // grid.cols * grid.step_ft[1], has_power=False,
            corner=index % grid.cols in {0, grid.cols - 1} or index == grid.count - 1,
            blocked_reason=blocked.get(code, ""),
        )
        for grid in part.booth_grid for index, code in enumerate(grid.codes())
    )  # fmt: skip
    zone, day = settings().zone, part.starts.date()
    await LoadInWindow.bulk_create(
        LoadInWindow(
            festival_id=festival_id, group=window.group, entrance=window.gate, vehicle_limit=None, note=window.who,
            arrives_at=to_utc(dt.datetime.combine(day, window.arrive), zone) if window.arrive else None,
            clears_at=to_utc(dt.datetime.combine(day, window.clear), zone),
        )
        for window in part.load_in
    )  # fmt: skip
