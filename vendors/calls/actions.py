"""Writes: calls, their categories, fees, extras, papers and questions. Each change is in the audit log."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from tortoise.expressions import F
from tortoise.models import Model

from events.models import Festival
from festival.database import transaction
from festival.kit.clock import now
from festival.kit.errors import Invalid, NotFound
from festival.kit.text import slugify
from festival.kit.web.access import Principal
from festival.kit.words import N_, say
from festival.organisation.actions import record_audit
from vendors.calls.copying import copy_call
from vendors.calls.rules import (
    CallExists,
    CapBelowTaken,
    InUse,
    NameTaken,
    StockBelowTaken,
    answers_of,
    in_new_place,
)
from vendors.documents.rules import PaperHangsOnIt
from vendors.models import (
    AddOn,
    Answer,
    ApplicationAddOn,
    Call,
    Category,
    CategoryDocument,
    Document,
    DocumentKind,
    FeeRule,
    Question,
)


async def open_call(festival_id: int, copy_from: int | None, by: Principal) -> Call:
    """A call for a festival, empty or copied with its dates moved; raises NotFound or CallExists."""
    festival = await Festival.get_or_none(id=festival_id)
    if festival is None:
        raise NotFound
    async with transaction():
        if await Call.exists(festival_id=festival_id):
            raise CallExists
        if copy_from is None:
            call = await Call.create(
                festival_id=festival_id, opens_at=now(),
                refund_policy=[{"until_days": 30, "refund_pct": 100}, {"until_days": 0, "refund_pct": 0}],
            )  # fmt: skip
        else:
            call = await copy_call(copy_from, festival)
        await record_audit(by, "call.opened", ("call", call.id), after={"copied_from": copy_from})
    return call


async def change_call(call: Call, facts: dict[str, Any], by: Principal) -> None:
    """Change the dates and the refund policy of a call."""
    async with transaction():
        await Call.filter(id=call.id).update(**facts)
        await record_audit(by, "call.changed", ("call", call.id), after=_plain(facts))


def _plain(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, dt.date) else value for name, value in facts.items()}


async def _free_slug(model: type[Model], owner: dict[str, int], name: str) -> str:
    """A short name for addresses that nothing of the same owner has; raises NameTaken where the name itself is."""
    base = slugify(name, 34).replace("-", "_") or "item"
    taken = {str(slug) for slug in await model.filter(**owner).values_list("slug", flat=True)}
    if base not in taken:
        return base
    if base != "item":
        raise NameTaken
    return next(f"item_{n}" for n in range(2, 10_000) if f"item_{n}" not in taken)


async def add_category(call: Call, name: str, by: Principal) -> Category:
    """A category without places, to be filled in; raises NameTaken."""
    async with transaction():
        festival = await Festival.get(id=call.festival_id)
        category = await Category.create(
            call_id=call.id, slug=await _free_slug(Category, {"call_id": call.id}, name), name=name, cap=0,
            charge="none", closes_at=max(now(), festival.starts_at - dt.timedelta(days=60)),
            position=await Category.filter(call_id=call.id).count(),
        )  # fmt: skip
        await record_audit(by, "category.added", ("category", category.id), after={"name": name})
    return category


async def change_category(category: Category, facts: dict[str, Any], by: Principal) -> None:
    """Change a category; raises CapBelowTaken where more places are promised than the new cap, and changes nothing."""
    async with transaction():
        if not await Category.filter(id=category.id, taken__lte=facts["cap"]).update(**facts):
            raise CapBelowTaken(taken=(await Category.get(id=category.id)).taken)
        await record_audit(by, "category.changed", ("category", category.id), after=_plain(facts))


async def withdraw_invitations(category: Category, by: Principal) -> None:
    """Make every private link to a category useless; a new one is made at once."""
    async with transaction():
        await Category.filter(id=category.id).update(invite_version=F("invite_version") + 1)
        await record_audit(by, "category.invitations_withdrawn", ("category", category.id))


async def set_fee(category: Category, condition: str, facts: dict[str, Any], by: Principal) -> None:
    """Add another fee, or change the one of that name."""
    async with transaction():
        await FeeRule.update_or_create(defaults=facts, category_id=category.id, condition=condition)
        await record_audit(by, "fee.set", ("category", category.id), after={"condition": condition, **_plain(facts)})


async def remove_fee(category: Category, fee_id: int, by: Principal) -> None:
    """Remove another fee; raises NotFound."""
    async with transaction():
        rule = await FeeRule.get_or_none(id=fee_id, category_id=category.id)
        if rule is None:
            raise NotFound
        await rule.delete()
        await record_audit(by, "fee.removed", ("category", category.id), before={"condition": rule.condition})


async def add_add_on(call: Call, facts: dict[str, Any], by: Principal) -> AddOn:
    """Something new to rent; raises NameTaken, NotFound."""
    await _require_category(call, facts["category_id"])
    async with transaction():
        slug = await _free_slug(AddOn, {"call_id": call.id}, facts["name"])
        add_on = await AddOn.create(call_id=call.id, slug=slug, **facts)
        await record_audit(by, "add_on.added", ("add_on", add_on.id), after=facts)
    return add_on


async def change_add_on(call: Call, slug: str, facts: dict[str, Any], by: Principal) -> None:
    """Change something to rent; raises NotFound, or StockBelowTaken and changes nothing."""
    await _require_category(call, facts["category_id"])
    async with transaction():
        add_on = await AddOn.get_or_none(call_id=call.id, slug=slug)
        if add_on is None:
            raise NotFound
        if not await AddOn.filter(id=add_on.id, taken__lte=facts["stock"]).update(**facts):
            raise StockBelowTaken(taken=add_on.taken)
        await record_audit(by, "add_on.changed", ("add_on", add_on.id), after=facts)


async def remove_add_on(call: Call, slug: str, by: Principal) -> None:
    """Remove something to rent that nobody asked for; raises NotFound, InUse."""
    async with transaction():
        add_on = await AddOn.get_or_none(call_id=call.id, slug=slug)
        if add_on is None:
            raise NotFound
        if await ApplicationAddOn.exists(add_on_id=add_on.id):
            raise InUse
        await add_on.delete()
        await record_audit(by, "add_on.removed", ("add_on", add_on.id), before={"name": add_on.name})


async def _require_category(call: Call, category_id: int | None) -> None:
    if category_id and not await Category.exists(id=category_id, call_id=call.id):
        raise NotFound


async def save_paper(call: Call, slug: str | None, facts: dict[str, Any], by: Principal) -> DocumentKind:
    """A new paper, or the one of that `slug` changed; raises NotFound, NameTaken."""
    async with transaction():
        if slug is None:
            free = await _free_slug(DocumentKind, {"call_id": call.id}, facts["name"])
            kind = await DocumentKind.create(call_id=call.id, slug=free, chase_days=[30, 14, 7, 2], **facts)
        else:
            found = await DocumentKind.get_or_none(call_id=call.id, slug=slug)
            if found is None:
                raise NotFound
            kind = found
            if "none" not in {kind.expires, facts["expires"]}:
                facts = facts | {"expires": kind.expires}
            await DocumentKind.filter(id=kind.id).update(**facts)
        await record_audit(by, "paper.saved", ("document_kind", kind.id), after=facts)
    return kind


async def remove_paper(call: Call, slug: str, by: Principal) -> None:
    """Remove a paper that nobody handed in; raises NotFound, InUse."""
    async with transaction():
        kind = await DocumentKind.get_or_none(call_id=call.id, slug=slug)
        if kind is None:
            raise NotFound
        if await Document.exists(kind_id=kind.id):
            raise InUse
        await kind.delete()
        await record_audit(by, "paper.removed", ("document_kind", kind.id), before={"name": kind.name})


async def set_needs(
    category: Category,
    asked: Collection[int],
    required: Collection[int],
    after: Mapping[int, Mapping[str, str]],
    by: Principal,
) -> None:
    """Ask for exactly these papers of the same call, in the order of the call, some only `after` an answer.

    Raises NotFound for an answer that cannot be given.
    """
    async with transaction():
        questions = {row.slug: row for row in await Question.filter(category_id=category.id)}
        for condition in after.values():
            if condition["is"] not in _answers_to(questions.get(condition["question"])):
                raise NotFound
        kinds = await DocumentKind.filter(call_id=category.call_id, id__in=list(asked)).order_by("id")
        await CategoryDocument.filter(category_id=category.id).delete()
        for position, kind in enumerate(kinds):
            await CategoryDocument.create(
                category_id=category.id, kind_id=kind.id, required=kind.id in required, position=position,
                shown_if=dict(after.get(kind.id, {})),
            )  # fmt: skip
        names = [kind.slug for kind in kinds]
        await record_audit(by, "category.papers_set", ("category", category.id), after={"papers": names})


async def save_question(category: Category, slug: str | None, facts: dict[str, Any], by: Principal) -> Question:
    """A new question at the end, or the one of that `slug` changed; raises NotFound, NameTaken, Invalid, InUse."""
    async with transaction():
        questions = await Question.filter(category_id=category.id).order_by("position", "id")
        known = {question.slug: question for question in questions}
        if slug is not None and slug not in known:
            raise NotFound
        _require_earlier(list(known), slug, facts["shown_if"])
        if slug is None:
            fresh = await _free_slug(Question, {"category_id": category.id}, facts["label"])
            question = await Question.create(category_id=category.id, slug=fresh, position=len(questions), **facts)
        else:
            question = known[slug]
            if facts["kind"] != question.kind and await Answer.exists(question_id=question.id):
                raise InUse
            await _require_free_of_papers(question, answers_of(facts["kind"], facts["options"]))
            await Question.filter(id=question.id).update(**facts)
        await record_audit(by, "question.saved", ("question", question.id), after=facts)
    return question


def _answers_to(question: Question | None) -> Sequence[str]:
    return answers_of(question.kind, question.options) if question else ()


async def _require_free_of_papers(question: Question, answers: Sequence[str]) -> None:
    """Raises PaperHangsOnIt where a paper is asked for after an answer that is not among `answers` any more."""
    for need in await CategoryDocument.filter(category_id=question.category_id).select_related("kind"):
        condition = need.shown_if
        if condition and condition["question"] == question.slug and condition["is"] not in answers:
            raise PaperHangsOnIt(paper=need.kind.name)


def _require_earlier(order: list[str], slug: str | None, shown_if: dict[str, str]) -> None:
    if shown_if:
        before = order[: order.index(slug)] if slug in order else order
        if shown_if["question"] not in before:
            raise Invalid({"after": say(N_("Choose a question that is asked before this one."))})


async def remove_question(category: Category, slug: str, by: Principal) -> None:
    """Remove a question that nobody answered and none depends on; raises NotFound, InUse."""
    async with transaction():
        question = await Question.get_or_none(category_id=category.id, slug=slug)
        if question is None:
            raise NotFound
        others = await Question.filter(category_id=category.id)
        if await Answer.exists(question_id=question.id) or any(o.shown_if.get("question") == slug for o in others):
            raise InUse
        await _require_free_of_papers(question, [])
        await question.delete()
        await record_audit(by, "question.removed", ("question", question.id), before={"label": question.label})


async def move_question(category: Category, slug: str, step: int, by: Principal) -> None:
    """Ask a question one place earlier (-1) or later (1).

    Raises NotFound, and Invalid where it depends on the one that it would pass.
    """
    async with transaction():
        questions = await Question.filter(category_id=category.id).order_by("position", "id")
        by_id = {question.id: question for question in questions}
        moved = next((question.id for question in questions if question.slug == slug), None)
        if moved is None:
            raise NotFound
        order = in_new_place(list(by_id), moved, step)
        slugs = [by_id[id].slug for id in order]
        for id in order:
            _require_earlier(slugs, by_id[id].slug, by_id[id].shown_if)
        for position, id in enumerate(order):
            await Question.filter(id=id).update(position=position)
        await record_audit(by, "question.moved", ("question", moved), after={"order": slugs})
