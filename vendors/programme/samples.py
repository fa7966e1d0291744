"""The sample applications of a programme file: each taken to its state by real steps, at the times of the call."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from events.models import Act
from events.recurrence.rules import to_utc
from festival.accounts.actions import ensure_person
from festival.kit.clock import frozen_at, now
from festival.settings import settings
from vendors.documents.queries import list_needed
from vendors.lifecycle.actions import A_PAYMENT, THE_CLOCK, Mover, move_application
from vendors.lifecycle.receipts import new_receipt
from vendors.lifecycle.rules import TRANSITIONS, Actor, State
from vendors.models import (
    AddOn,
    Answer,
    Application,
    ApplicationAddOn,
    Booth,
    BoothAssignment,
    Call,
    Category,
    ChangeItem,
    ChangeRequest,
    Document,
    Question,
    Review,
)
from vendors.programme.parts import SamplePart
from vendors.programme.reading import Vendors

if TYPE_CHECKING:
    from events.programme.actions import Loaded

_S = State
_READ = (_S.SUBMITTED, _S.UNDER_REVIEW)
_OFFER = (*_READ, _S.HOLD_ACCEPT, _S.OFFERED)
_PLACE = (*_OFFER, _S.ACCEPTED, _S.CONFIRMED)
# The way to each state; someone who paid withdraws after having been confirmed.
_WAYS: Mapping[State, Sequence[State]] = {
    _S.DRAFT: (),
    _S.SUBMITTED: _READ[:1],
    _S.UNDER_REVIEW: _READ,
    _S.CHANGES_REQUESTED: (*_READ, _S.CHANGES_REQUESTED),
    _S.HOLD_ACCEPT: _OFFER[:3],
    _S.HOLD_WAITLIST: (*_READ, _S.HOLD_WAITLIST),
    _S.HOLD_DECLINE: (*_READ, _S.HOLD_DECLINE),
    _S.OFFERED: _OFFER,
    _S.WAITLISTED: (*_READ, _S.HOLD_WAITLIST, _S.WAITLISTED),
    _S.DECLINED: (*_READ, _S.HOLD_DECLINE, _S.DECLINED),
    _S.ACCEPTED: _PLACE[:5],
    _S.CONFIRMED: _PLACE,
    _S.DOCS_READY: (*_PLACE, _S.DOCS_READY),
    _S.CHECKED_IN: (*_PLACE, _S.DOCS_READY, _S.CHECKED_IN),
    _S.COMPLETED: (*_PLACE, _S.DOCS_READY, _S.CHECKED_IN, _S.COMPLETED),
    _S.NO_SHOW: (*_PLACE, _S.DOCS_READY, _S.NO_SHOW),
    _S.EXPIRED: (*_OFFER, _S.EXPIRED),
    _S.LAPSED: (*_PLACE[:5], _S.LAPSED),
    _S.WITHDRAWN: (_S.SUBMITTED, _S.WITHDRAWN),
    _S.CANCELLED_BY_CITY: (*_PLACE, _S.CANCELLED_BY_CITY),
}


def way_of(sample: SamplePart) -> Sequence[State]:
    """The states that a sample passes, after the draft."""
    if sample.state is _S.WITHDRAWN and sample.paid:
        return (*_PLACE, _S.WITHDRAWN)
    return _WAYS[sample.state]


async def load_samples(vendors: Vendors, call: Call, categories: Mapping[str, Category], loaded: Loaded) -> None:
    """Write every sample and take it to its state, in the order of the waiting list."""
    for sample in sorted(vendors.part.sample_applications, key=lambda part: part.position or 0):
        story = _Story(sample, vendors, call, categories[sample.category], loaded)
        await story.tell()


class _Story:
    """One application's life, each step at its own moment."""

    def __init__(self, sample: SamplePart, vendors: Vendors, call: Call, category: Category, loaded: Loaded) -> None:
        self.sample, self.call, self.category, self.loaded = sample, call, category, loaded
        zone = settings().zone
        self.starts_at = to_utc(vendors.part.starts, zone)
        number = vendors.part.sample_applications.index(sample)
        self.sent_at = category.closes_at - dt.timedelta(days=14) + dt.timedelta(hours=7 * number)
        decisions = to_utc(dt.datetime.combine(vendors.timeline.decisions_by, dt.time(17)), zone)
        ends_at = to_utc(sample.offer_expires, zone) if sample.offer_expires else None
        self.offered_at = ends_at - dt.timedelta(hours=call.offer_hours) if ends_at else decisions

    def moment_of(self, state: State) -> dt.datetime:
        """When the sample comes to `state`."""
        accepted_at = self.offered_at + dt.timedelta(hours=1)
        confirmed_at = accepted_at + dt.timedelta(days=2)
        moments = {
            _S.SUBMITTED: self.sent_at,
            _S.UNDER_REVIEW: self.category.closes_at + dt.timedelta(days=2),
            _S.CHANGES_REQUESTED: self.category.closes_at + dt.timedelta(days=3),
            _S.OFFERED: self.offered_at,
            _S.WAITLISTED: self.offered_at,
            _S.DECLINED: self.offered_at,
            _S.ACCEPTED: accepted_at,
            _S.CONFIRMED: confirmed_at,
            _S.DOCS_READY: confirmed_at + dt.timedelta(days=14),
            _S.EXPIRED: self.offered_at + dt.timedelta(hours=self.call.offer_hours),
            _S.LAPSED: accepted_at + dt.timedelta(days=self.call.grace_days),
            _S.WITHDRAWN: self.starts_at - dt.timedelta(days=30) if self.sample.paid else self.sent_at,
            _S.CANCELLED_BY_CITY: self.starts_at - dt.timedelta(days=14),
            _S.CHECKED_IN: self.starts_at - dt.timedelta(hours=3),
            _S.COMPLETED: self.starts_at + dt.timedelta(hours=9),
            _S.NO_SHOW: self.starts_at + dt.timedelta(hours=9),
        }
        return moments.get(state, self.offered_at - dt.timedelta(days=2))

    async def tell(self) -> None:
        """Write the application and everything that belongs to it."""
        with frozen_at(self.sent_at - dt.timedelta(hours=1)):
            application = await self._begin()
        for state in way_of(self.sample):
            with frozen_at(self.moment_of(state)):
                if state is _S.DOCS_READY:
                    await self._hand_in(application)
                application = await move_application(
                    application, state, _mover(State(application.state), state), self._reason(state), quietly=True
                )
                if state is _S.ACCEPTED and self.sample.space:
                    await self._assign(application)
                if state is _S.UNDER_REVIEW:
                    await self._score(application)
                if state is _S.CHANGES_REQUESTED:
                    await self._ask(application)
        if act_id := self.loaded.acts.get(self.sample.slot or ""):
            await Act.filter(id=act_id).update(application_id=application.id)

    async def _begin(self) -> Application:
        sample = self.sample
        email = sample.applicant or f"{sample.id}@demo.example"
        person = await ensure_person(email, name=sample.name.partition(" (")[0], language=sample.lang)
        helper = await ensure_person("navigator@demo.example", name="Nadia Navigator") if sample.helper else None
        application = await Application.create(
            category_id=self.category.id, applicant_id=person.id, receipt=new_receipt(), name=sample.name,
            language=sample.lang, returning=sample.returning, fee_condition=sample.fee_rule,
            helper_id=helper.id if helper else None, helper_consent_at=now() if helper else None,
            created_at=now(), changed_at=now(),
        )  # fmt: skip
        for add_on in await AddOn.filter(call_id=self.call.id, slug__in=sample.add_ons):
            await ApplicationAddOn.create(application_id=application.id, add_on_id=add_on.id, quantity=1)
        if sample.people and (asked := await Question.get_or_none(category_id=self.category.id, slug="people")):
            await Answer.create(application_id=application.id, question_id=asked.id, value=str(sample.people))
        for asked in await Question.filter(category_id=self.category.id, slug__in=sample.serves):
            await Answer.create(application_id=application.id, question_id=asked.id, value="yes")
        return application

    async def _hand_in(self, application: Application) -> None:
        """Every required paper, seen by the office on paper: such rows have no file."""
        for needed in (await list_needed([application], required=True))[application.id]:
            await Document.create(
                application_id=application.id, kind_id=needed.kind_id, state="accepted", uploaded_at=now(),
                reviewed_at=now(),
            )  # fmt: skip

    async def _assign(self, application: Application) -> None:
        booth = await Booth.get(festival_id=self.loaded.festival_id, code=self.sample.space)
        await BoothAssignment.create(booth_id=booth.id, application_id=application.id, assigned_at=now())

    async def _score(self, application: Application) -> None:
        for number, score in enumerate(self.sample.scores, 1):
            reviewer = await ensure_person(f"jury{number}@demo.example", name=f"Juror {number}")
            await Review.create(
                application_id=application.id,
                reviewer_id=reviewer.id,
                score=score,
                total=score * 100,
                in_at=now(),
                at=now(),
            )

    async def _ask(self, application: Application) -> None:
        """The parts that the team asks to be changed."""
        if not self.sample.asks:
            return
        desk = await ensure_person("organizer@demo.example")
        request = await ChangeRequest.create(
            application_id=application.id, asked_by=desk.id, asked_at=now(), due_at=now() + dt.timedelta(days=7)
        )
        for part, note in self.sample.asks.items():
            await ChangeItem.create(request_id=request.id, part=part, note=note, before="")

    def _reason(self, state: State) -> str:
        """The sample's own words, with the decision that they explain."""
        if self.sample.asks and state is _S.CHANGES_REQUESTED:
            return ""
        if state is not self.sample.state or state not in {_S.DECLINED, _S.CHANGES_REQUESTED, _S.CANCELLED_BY_CITY}:
            return ""
        return self.sample.reason or self.sample.note


def _mover(before: State, after: State) -> Mover:
    """Whoever may take the step."""
    allowed = TRANSITIONS[before, after]
    for actor, mover in ((Actor.PAYMENT, A_PAYMENT), (Actor.CLOCK, THE_CLOCK)):
        if actor in allowed and after is not State.ACCEPTED:
            return mover
    return Mover(Actor.APPLICANT if Actor.APPLICANT in allowed else Actor.STAFF)
