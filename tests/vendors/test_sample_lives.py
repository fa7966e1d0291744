"""The demo's 31 applications, each brought to its state by what people do: no row of a state is written by hand."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

import pytest

from events.models import Act
from festival.accounts.actions import ensure_person, grant_role
from festival.kit.clock import frozen_at
from festival.kit.web.access import NOBODY, Kind, Principal
from festival.payments.actions import record_counter_payment
from festival.payments.models import Obligation, Refund
from festival.payments.rules import State as Paid
from festival.seeding.actions import seed_programme
from tests.festival.test_payments_ledger import require_balanced
from tests.vendors.test_applying import photo
from tests.vendors.test_programme import DEMO, samples
from vendors.applying.actions import save_about, save_add_ons, save_answers, send_application, start_application
from vendors.applying.queries import get_file
from vendors.applying.rules import Asked, DeadlineOver
from vendors.changes.actions import ask_for_changes
from vendors.documents.actions import hand_in_file, hand_in_link, judge_document
from vendors.fees.actions import accept_offer, end_grace, follow_obligation, leave
from vendors.lifecycle.actions import as_applicant, as_staff, expire_offer
from vendors.lifecycle.rules import HOLDS_PLACE, TRANSITIONS, State
from vendors.models import Application, Call, Category, Document, Transition
from vendors.programme.parts import SamplePart
from vendors.review.actions import assign_booth, decide, score_application

_S = State
OFFERED_AND_ON = {
    _S.OFFERED, _S.EXPIRED, _S.ACCEPTED, _S.LAPSED, _S.CONFIRMED, _S.DOCS_READY, _S.CANCELLED_BY_CITY
}  # fmt: skip
ANSWERS = {"number": "2", "yes_no": "no", "link": "https://video.example/1", "date": "2027-06-12", "times": ""}


def without_applications(text: str) -> str:
    """The demo's programme, before anybody has applied."""
    return re.sub(r"  sample_applications:\n(    - .*\n)+", "  sample_applications: []\n", text)


def an_answer(asked: Asked) -> str:
    return asked.options[0] if asked.kind == "choice" else ANSWERS.get(asked.kind, "Injera, coffee and songs")


class Life:
    """One applicant's way, with a desk on the other side."""

    def __init__(self, sample: SamplePart, call: Call, category: Category, desk: Principal) -> None:
        self.sample, self.call, self.category, self.desk = sample, call, category, desk
        self.me = NOBODY
        self.sent_at = category.closes_at - dt.timedelta(days=14)
        self.day = call.festival.starts_at

    async def live(self) -> Application:
        person = await ensure_person(self.sample.applicant or f"{self.sample.id}@x.example", name=self.sample.name)
        self.me = Principal(Kind.PERSON, person.id, person.email)
        with frozen_at(self.sent_at):
            application = await self._fill_in()
        if self.sample.state is _S.DRAFT:
            return await self._too_late(application)
        with frozen_at(self.sent_at):
            application = await send_application(application, self.me)
        with frozen_at(self.category.closes_at + dt.timedelta(days=3)):
            return await self._go_on(application)

    async def _fill_in(self) -> Application:
        application = await start_application(self.call, self.category, self.me)
        await save_about(application, self.sample.name, "", self.sample.fee_rule)
        file = await get_file(application)
        given = {asked.slug: an_answer(asked) for asked in file.questions}
        await save_answers(application, {asked.id: given[asked.slug] for asked in file.questions})
        wanted = {row.id: 1 for row in file.offered_add_ons if row.slug in self.sample.add_ons}
        await save_add_ons(application, wanted)
        for paper in file.papers:
            kind = paper.needed.kind
            if not paper.needed.required:
                continue
            if kind.is_link:
                await hand_in_link(application, kind, "https://video.example/1")
            else:
                await hand_in_file(application, kind, f"{kind.slug}.jpg", photo())
        return await Application.get(id=application.id)

    async def _too_late(self, application: Application) -> Application:
        with frozen_at(self.category.closes_at + dt.timedelta(minutes=2)), pytest.raises(DeadlineOver):
            await send_application(application, self.me)
        return await Application.get(id=application.id)

    async def _go_on(self, application: Application) -> Application:
        wanted, sample = self.sample.state, self.sample
        for number, score in enumerate(sample.scores, 1):
            juror = await ensure_person(f"jury{number}@demo.example")
            await score_application(application, Principal(Kind.PERSON, juror.id, juror.email), score, "")
            application = await Application.get(id=application.id)
        if wanted in {_S.SUBMITTED, _S.UNDER_REVIEW}:
            return application
        if wanted is _S.CHANGES_REQUESTED:
            await ask_for_changes(
                application, sample.asks, "", self.category.closes_at + dt.timedelta(days=9), self.desk
            )
            return await Application.get(id=application.id)
        held: Mapping[State, Any] = {
            _S.HOLD_WAITLIST: "waitlist", _S.HOLD_DECLINE: "decline", _S.WAITLISTED: "waitlist", _S.DECLINED: "decline"
        }  # fmt: skip
        if wanted is _S.WITHDRAWN and not sample.paid:
            return await leave(application, wanted, as_applicant(self.me), "")
        at_once = wanted not in {_S.HOLD_ACCEPT, _S.HOLD_WAITLIST, _S.HOLD_DECLINE}
        reason = sample.reason or sample.note
        application = await decide(application, held.get(wanted, "accept"), reason, self.desk, at_once=at_once)
        if wanted in OFFERED_AND_ON or wanted is _S.WITHDRAWN:
            await self._after_the_offer(application)
        return await Application.get(id=application.id)

    async def _after_the_offer(self, application: Application) -> None:
        wanted, sample = self.sample.state, self.sample
        if wanted is _S.OFFERED:
            return
        if wanted is _S.EXPIRED:
            assert application.offer_expires_at
            with frozen_at(application.offer_expires_at):
                await expire_offer(application.id)
            return
        # A group whose plot is awaited takes its offer; what it owes is nothing, so it is confirmed at once.
        application = await accept_offer(application, as_applicant(self.me))
        if sample.space:
            await assign_booth(application, sample.space, self.desk)
        if wanted is _S.LAPSED:
            assert application.pay_by
            with frozen_at(application.pay_by):
                await end_grace(application.id)
        if wanted in {_S.ACCEPTED, _S.LAPSED} or application.obligation_id is None:
            return
        bill = await Obligation.get(id=application.obligation_id)
        await record_counter_payment(bill.id, bill.due_cents, "check" if sample.method else "cash", self.desk)
        await follow_obligation(bill.id)
        await self._after_paying(await Application.get(id=application.id))

    async def _after_paying(self, application: Application) -> None:
        wanted = self.sample.state
        if wanted is _S.DOCS_READY:
            for document in await Document.filter(application_id=application.id, superseded_at=None):
                await judge_document(document, accepted=True, reason="", by=self.desk, expires_on=self.day.date())
        if wanted is _S.WITHDRAWN:
            with frozen_at(self.day - dt.timedelta(days=30)):
                await leave(application, wanted, as_applicant(self.me), "")
        if wanted is _S.CANCELLED_BY_CITY:
            with frozen_at(self.day - dt.timedelta(days=14)):
                await leave(application, wanted, as_staff(self.desk), self.sample.note)


async def test_every_sample_comes_to_its_state_by_what_people_do(database: Any) -> None:
    await seed_programme(without_applications(DEMO))
    assert await Application.all().count() == 0
    call = await Call.get(festival__slug="global-fest-2027").select_related("festival")
    categories = {row.slug: row for row in await Category.filter(call_id=call.id)}
    organizer = await ensure_person("desk@demo.example", name="Dana Desk")
    await grant_role(organizer.id, "organizer", NOBODY)
    desk = Principal(Kind.PERSON, organizer.id, organizer.email, roles=frozenset({"organizer"}))
    every = sorted(samples(), key=lambda sample: sample.position or 0)
    assert len(every) == 31
    for sample in every:
        application = await Life(sample, call, categories[sample.category], desk).live()
        assert application.state == sample.state, (sample.id, application.state)
        steps = await Transition.filter(application_id=application.id).order_by("id")
        assert [step.before for step in steps] == ["draft", *(step.after for step in steps)][: len(steps)]
        assert all((_S(step.before), _S(step.after)) in TRANSITIONS for step in steps)
        await _require_money(sample, application)
    for slug, category in categories.items():
        promised = [one for one in samples() if one.category == slug and one.state in HOLDS_PLACE]
        assert (await Category.get(id=category.id)).taken == len(promised), slug
    assert await Act.filter(application_id__not_isnull=True).count() == 0


async def _require_money(sample: SamplePart, application: Application) -> None:
    owed = sample.state in {_S.ACCEPTED, _S.LAPSED} or sample.paid
    assert bool(application.obligation_id) is bool(owed and sample.category != "performer"), sample.id
    if application.obligation_id is None:
        return
    bill = await Obligation.get(id=application.obligation_id)
    await require_balanced(bill.id)
    refunds = await Refund.filter(payment__obligation_id=bill.id)
    if sample.state in {_S.WITHDRAWN, _S.CANCELLED_BY_CITY}:
        assert sum(row.amount_cents for row in refunds) == sample.refunded, sample.id
    elif sample.state is _S.LAPSED:
        assert bill.state == Paid.LAPSED
    elif sample.paid:
        assert bill.state == Paid.PAID
