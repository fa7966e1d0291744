"""A card kept with consent and charged on approval, parts, deposits, discounts, and banks that are slow or say no."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import Any

import pytest

from festival.accounts.models import Person
from festival.jobs.models import Job
from festival.kit.clock import frozen_at, now
from festival.kit.web.access import NOBODY, Kind, Principal
from festival.mail.models import MailMessage
from festival.payments.actions import record_counter_payment
from festival.payments.cards import find_consent, give_consent, start_card_setup
from festival.payments.evidence import build_pack
from festival.payments.gateway import CardsAway
from festival.payments.models import Instalment, Obligation, ObligationLine, Payment, SavedCard
from festival.payments.rules import BillLine, Sums, is_secured, next_part_cents, split_cents
from tests.festival.test_payments_cards import House, dead_jobs, house
from tests.festival.test_payments_ledger import require_balanced
from vendors.fees.actions import CHARGE, DUE_PART, accept_offer, end_grace, give_deposits_back, leave
from vendors.fees.charging import charge_fee
from vendors.fees.queries import SUBJECT
from vendors.fees.rules import Promise, bill_lines, refund_promise
from vendors.lifecycle.actions import as_applicant, as_staff, move_application
from vendors.lifecycle.rules import State
from vendors.models import Application, Category, Discount

from .making import FESTIVAL_DAY, make_application, make_category

__all__ = ["house"]
STAFF = as_staff(NOBODY)


async def keep_a_card(house: House, application: Application, most: int = 15_000) -> None:
    """As the applicant does on the card page."""
    words = ("en", f"Charge up to {most}.")
    consent = await give_consent((SUBJECT, application.id), application.applicant_id, words, most, NOBODY)
    page = await start_card_setup(consent, "hana@example.org", "/done", "/back")
    await house.stripe.pay(page.rpartition("/")[2])
    await house.work()


async def approve(house: House, application: Application) -> Application:
    """The team says yes, and the jobs run."""
    await move_application(await Application.get(id=application.id), State.OFFERED, STAFF)
    await house.work()
    return await Application.get(id=application.id)


async def make_one(cap: int = 2, **facts: Any) -> Application:
    return await make_application(await make_category(cap=cap, **facts), state="under_review")


async def bill_of(application: Application) -> Obligation:
    current = await Application.get(id=application.id)
    assert current.obligation_id is not None
    return await require_balanced(current.obligation_id)


async def kinds_of_mail() -> list[str]:
    """What was written, without the letters of Stripe's receipts."""
    return [f"{mail.kind} {mail.subject.partition(':')[0]}" for mail in await MailMessage.all().order_by("id")]


async def let_time_pass(kind: str) -> None:
    await Job.filter(kind=kind, state="todo").update(run_at_ms=0)


# ---------------------------------------------------------------- rules


def test_parts_add_up_and_the_first_is_the_deposit() -> None:
    assert split_cents(10_001, 30, 2) == [3_001, 3_500, 3_500]
    assert split_cents(10_000, 100, 2) == [10_000]
    assert split_cents(1, 50, 2) == [1]
    assert split_cents(0, 50, 1) == []


@pytest.mark.parametrize(
    ("paid", "due", "following", "secured"),
    [(0, 10_000, 3_000, False), (1_000, 10_000, 2_000, False), (3_000, 10_000, 7_000, True), (10_000, 10_000, 0, True),
     (3_000, 5_000, 2_000, True), (0, 2_000, 2_000, False)],
)  # fmt: skip
def test_the_next_part_and_whether_the_place_is_safe(paid: int, due: int, following: int, secured: bool) -> None:
    sums = Sums(due=due, paid=paid)
    assert next_part_cents([3_000, 7_000], sums) == following
    assert is_secured([3_000, 7_000], sums) is secured


def test_a_discount_takes_nothing_from_the_deposit_that_comes_back() -> None:
    lines = bill_lines(
        [BillLine("Space", 1, 5_000, "space")], [("Power", 1, 1_000)], [("Scholarship", 4_000), ("More", 9_000)],
        BillLine("Deposit", 1, 2_500, "deposit"),
    )  # fmt: skip
    assert [line.unit_cents for line in lines] == [5_000, 1_000, -4_000, -2_000, 2_500]
    assert refund_promise([{"until_days": 0, "refund_pct": 0}], 7_500, 3, security_cents=2_500) == Promise(2_500)


# ---------------------------------------------------------------- a kept card


async def test_consent_at_submission_is_charged_on_approval_in_one_step(house: House, sign_in: Any) -> None:
    application = await make_application(await make_category(), state="draft", language="en")
    await sign_in("", (await Person.get(id=application.applicant_id)).email)
    here = f"/applications/{application.receipt}/card"
    page = (await house.client.get(here)).text
    assert "charge it up to $150.00" in page
    assert (await house.client.post(here, data={})).status_code == 422
    assert await find_consent((SUBJECT, application.id)) is None
    answer = await house.client.post(here, data={"agreed": "yes"})
    assert answer.status_code == 303
    consent = await find_consent((SUBJECT, application.id))
    assert consent is not None
    assert "charge it up to $150.00" in consent.wording
    checkout = answer.headers["location"].rpartition("/")[2]
    house.stripe.post = None  # the webhook is late
    await house.stripe.pay(checkout)
    assert (await house.client.get(f"{here}/done?page={checkout}")).status_code == 303
    assert "visa ····4242" in (await house.client.get(here)).text
    await Application.filter(id=application.id).update(state="under_review")
    accepted = await approve(house, application)
    assert accepted.state == State.DOCS_READY  # confirmed, and it asks for no papers
    assert (await bill_of(application)).state == "paid"
    kinds = await kinds_of_mail()
    assert [kind.split()[0] for kind in kinds].count("payments.paper") == 1
    assert [kind for kind in kinds if "offered" in kind or "payment open" in kind or "declined" in kind] == []
    assert await dead_jobs() == []


async def test_a_strangers_page_keeps_no_card(house: House, sign_in: Any) -> None:
    mine, theirs = await make_one(), await make_one()
    words = ("en", "x")
    consent = await give_consent((SUBJECT, theirs.id), theirs.applicant_id, words, 1, NOBODY)
    page = (await start_card_setup(consent, "a@example.org", "/done", "/back")).rpartition("/")[2]
    house.stripe.post = None
    await house.stripe.pay(page)
    await sign_in("", (await Person.get(id=mine.applicant_id)).email)
    assert (await house.client.get(f"/applications/{mine.receipt}/card/done?page={page}")).status_code == 404
    assert (await house.client.get(f"/applications/{theirs.receipt}/card")).status_code == 404
    assert await SavedCard.all().count() == 0


async def test_declined_is_held_tried_three_times_then_lapses_and_the_next_is_offered(house: House) -> None:
    application = await make_one(cap=1)
    category = await Category.get(id=application.category_id)
    line = await move_application(await make_application(category, state="under_review"), State.WAITLISTED, STAFF)
    await keep_a_card(house, application)
    house.stripe.card = "declined"
    held = await approve(house, application)
    assert (held.state, (await Category.get(id=category.id)).taken) == (State.ACCEPTED, 1)
    letters = MailMessage.filter(kind="vendors.charge")
    first = await letters.get()
    assert "/pay/" in first.text
    assert "we try the same card again" in first.text
    for tries in (2, 3):
        await let_time_pass(CHARGE)
        await house.work()
        assert await Payment.filter(method="saved_card").count() == tries
    await let_time_pass(CHARGE)
    await house.work()
    assert (await Payment.filter(method="saved_card").count(), await letters.count()) == (3, 3)
    assert "We do not try the same card again." in (await letters.order_by("-id").first()).text  # type: ignore[union-attr]
    assert (await bill_of(application)).state == "declined"
    with frozen_at(now() + dt.timedelta(days=8)):
        await end_grace(application.id)
    await house.work()
    assert (await Application.get(id=application.id)).state == State.LAPSED
    assert (await bill_of(application)).state == "lapsed"
    assert (await Application.get(id=line.id)).state == State.OFFERED
    assert [intent["status"] for intent in house.stripe.all("payment_intent")] == ["canceled"] * 3


async def test_after_a_decline_another_card_at_the_link_confirms(house: House) -> None:
    application = await make_one()
    await keep_a_card(house, application)
    house.stripe.card = "declined"
    await approve(house, application)
    await house.pay(await bill_of(application))
    assert (await Application.get(id=application.id)).state == State.DOCS_READY
    await let_time_pass(CHARGE)
    await house.work()
    assert (await bill_of(application)).paid_cents == 15_000


async def test_a_bank_that_wants_its_owner_gets_a_link_mailed_and_no_second_try(house: House) -> None:
    application = await make_one()
    await keep_a_card(house, application)
    house.stripe.card = "authentication_required"
    assert (await approve(house, application)).state == State.ACCEPTED
    bill = await bill_of(application)
    assert bill.state == "action_required"
    letter = await MailMessage.get(kind="vendors.charge")
    assert "/pay/" in letter.text
    assert letter.subject == "Your bank asks you to confirm a payment"
    assert await Job.filter(kind=CHARGE, state="todo").count() == 0
    await house.pay(bill)
    assert (await Application.get(id=application.id)).state == State.DOCS_READY


async def test_nothing_lapses_while_a_bank_is_moving_the_money(house: House) -> None:
    application = await make_one()
    await approve(house, application)
    accepted = await accept_offer(await Application.get(id=application.id), as_applicant(NOBODY))
    bill = await bill_of(accepted)
    page = await house.open_page(bill)
    await house.stripe.pay(page, "bank")
    assert await house.state(bill) == "processing"
    assert "Your bank is moving the money" in (await house.client.get(await _pay_path(bill))).text
    with frozen_at(now() + dt.timedelta(days=8)):
        await end_grace(application.id)
    assert (await Application.get(id=application.id)).state == State.ACCEPTED
    intent = str(house.stripe.things[page]["payment_intent"])
    await house.stripe.settle_bank(intent)
    assert await house.state(bill) == "paid"
    assert (await Payment.get(intent_id=intent)).paid_with == "us_bank_account"
    assert (await Application.get(id=application.id)).state == State.DOCS_READY


async def _pay_path(bill: Obligation) -> str:
    from festival.payments.queries import pay_path

    return pay_path(bill.id)


async def test_a_bank_transfer_that_fails_later_lapses_then(house: House) -> None:
    application = await make_one()
    await keep_a_card(house, application)
    house.stripe.card = "processing"
    await approve(house, application)
    bill = await bill_of(application)
    assert bill.state == "processing"
    assert (await MailMessage.get(kind="vendors.charge")).subject == "Your bank is moving the money"
    await house.stripe.settle_bank(str((await Payment.get()).intent_id), ok=False)
    assert await house.state(bill) == "declined"
    with frozen_at(now() + dt.timedelta(days=8)):
        await end_grace(application.id)
    assert (await Application.get(id=application.id)).state == State.LAPSED


async def test_the_waiting_list_is_never_charged_unasked(house: House) -> None:
    application = await make_one()
    await keep_a_card(house, application)
    await move_application(application, State.WAITLISTED, STAFF)
    offered = await approve(house, application)
    assert offered.state == State.OFFERED
    assert await Payment.all().count() == 0
    assert any("offered" in kind for kind in await kinds_of_mail())
    await accept_offer(offered, as_applicant(Principal(Kind.PERSON, offered.applicant_id)))
    await house.work()
    assert (await bill_of(application)).state == "paid"


async def test_more_than_was_agreed_to_is_not_charged(house: House) -> None:
    application = await make_one()
    await keep_a_card(house, application, most=14_999)
    assert (await approve(house, application)).state == State.OFFERED
    assert await Payment.all().count() == 0


async def test_consent_taken_back_forgets_the_card(house: House, sign_in: Any) -> None:
    application = await make_one()
    await keep_a_card(house, application)
    await sign_in("", (await Person.get(id=application.applicant_id)).email)
    await house.client.post(f"/applications/{application.receipt}/card", data={"wish": "withdraw"})
    await house.work()
    assert await SavedCard.filter(removed_at=None).count() == 0
    assert (await approve(house, application)).state == State.OFFERED
    assert await dead_jobs() == []


async def test_the_network_gone_in_the_middle_of_a_charge_charges_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def at_once(*_: object, **__: object) -> int:
        return 0

    monkeypatch.setattr("stripe._http_client.HTTPClient._sleep_time_seconds", at_once)
    application = await make_one()
    await keep_a_card(house, application)
    await Job.filter(kind=CHARGE).delete()
    await move_application(application, State.OFFERED, STAFF)
    await accept_offer(await Application.get(id=application.id), as_applicant(NOBODY))
    bill = await bill_of(application)
    house.stripe.post = None  # nor does any webhook come through
    house.stripe.lost = 3  # the SDK asks three times; each time the card is charged and the answer lost
    with pytest.raises(CardsAway):
        await charge_fee(bill.id, 0, 1, 1)
    assert len(house.stripe.all("payment_intent")) == 1
    charged = await charge_fee(bill.id, 0, 1, 1)
    assert charged is not None
    assert charged.state == "paid"
    assert await charge_fee(bill.id, 0, 1, 1) is None
    assert len(house.stripe.all("payment_intent")) == 1
    assert (await bill_of(application)).paid_cents == 15_000


@pytest.mark.parametrize("free", [True, False])
async def test_paid_after_the_deadline_is_reinstated_while_a_space_is_free_or_refunded(
    house: House, free: bool
) -> None:
    application = await make_one(cap=1)
    await approve(house, application)
    await accept_offer(await Application.get(id=application.id), as_applicant(NOBODY))
    bill = await bill_of(application)
    page = await house.open_page(bill)
    post, house.stripe.post = house.stripe.post, None  # nothing is heard of it for more than a week
    await house.stripe.pay(page)
    with frozen_at(now() + dt.timedelta(days=8)):
        await Payment.filter(checkout_id=page).update(state="open")
        await end_grace(application.id)
    assert (await Application.get(id=application.id)).state == State.LAPSED
    if not free:
        category = await Category.get(id=application.category_id)
        other = await make_application(category, state="under_review")
        await move_application(other, State.OFFERED, STAFF)
    house.stripe.post = post
    for body in house.stripe.events:
        await house.stripe.deliver(body)
    await house.work()
    after = await Application.get(id=application.id)
    told = await bill_of(application)
    expected = (State.DOCS_READY, "paid", 0) if free else (State.LAPSED, "refunded", 15_000)
    assert (after.state, told.state, told.refunded_cents) == expected


# ---------------------------------------------------------------- parts and deposits


async def test_the_first_part_confirms_and_the_rest_is_charged_on_its_day(house: House) -> None:
    days = [(now() + dt.timedelta(days=ahead)).date().isoformat() for ahead in (40, 70)]
    application = await make_one(deposit_percent=40, instalments_due=days, security_cents=5_000)
    await keep_a_card(house, application, most=20_000)
    assert (await approve(house, application)).state == State.DOCS_READY
    bill = await bill_of(application)
    amounts = await Instalment.filter(obligation_id=bill.id).order_by("position").values_list("amount_cents", flat=True)
    assert list(amounts) == [11_000, 4_500, 4_500]
    assert (bill.state, bill.paid_cents) == ("part_paid", 11_000)
    await let_time_pass("vendors.remind_part")
    await house.work()
    assert await MailMessage.filter(kind="vendors.part_soon").count() == 2
    for _ in range(3):  # both days at once, as after a long silence: one after the other
        await let_time_pass(DUE_PART)
        await house.work()
    paid = await bill_of(application)
    assert (paid.state, paid.paid_cents) == ("paid", 20_000)
    assert await MailMessage.filter(kind="vendors.part_due").count() == 0


async def test_without_a_card_a_part_is_asked_for_by_letter_and_paid_by_link(house: House) -> None:
    day = (now() + dt.timedelta(days=40)).date().isoformat()
    application = await make_one(deposit_percent=50, instalments_due=[day])
    await approve(house, application)
    await accept_offer(await Application.get(id=application.id), as_applicant(NOBODY))
    bill = await bill_of(application)
    assert "Pay $75.00 by card" in (await house.client.get(await _pay_path(bill))).text
    await house.pay(bill)
    assert (await Application.get(id=application.id)).state == State.DOCS_READY
    await let_time_pass(DUE_PART)
    await house.work()
    assert "$75.00" in (await MailMessage.get(kind="vendors.part_due")).text
    await house.pay(bill)
    assert (await bill_of(application)).state == "paid"


@pytest.mark.parametrize("kept", [False, True])
async def test_the_deposit_goes_back_after_the_day_unless_it_is_kept(house: House, sign_in: Any, kept: bool) -> None:
    application = await make_one(security_cents=5_000)
    await keep_a_card(house, application, most=20_000)
    await approve(house, application)
    await Application.filter(id=application.id).update(state="checked_in")
    await sign_in("organizer")
    cost = f"/organize/applications/{application.receipt}/cost"
    assert "Keep the deposit" in (await house.client.get(cost)).text
    if kept:
        assert (await house.client.post(cost, data={"wish": "keep", "reason": "Burnt lawn"})).status_code == 303
    await give_deposits_back()
    assert (await bill_of(application)).refunded_cents == 0  # not before the festival is over
    for _ in range(2):
        with frozen_at(FESTIVAL_DAY + dt.timedelta(days=4)):
            await give_deposits_back()
        await house.work()
    bill = await bill_of(application)
    assert bill.refunded_cents == (0 if kept else 5_000)
    assert await ObligationLine.filter(obligation_id=bill.id, refunded_cents=5_000).count() == (0 if kept else 1)


async def test_one_who_withdraws_gets_the_deposit_whole(house: House) -> None:
    application = await make_one(security_cents=5_000)
    await keep_a_card(house, application, most=20_000)
    with frozen_at(FESTIVAL_DAY - dt.timedelta(days=10)):  # the policy gives nothing of the fee any more
        paid = await approve(house, application)
        await leave(paid, State.WITHDRAWN, as_applicant(NOBODY), "ill")
        await house.work()
    assert (await bill_of(application)).refunded_cents == 5_000


# ---------------------------------------------------------------- the team's pages


async def test_a_discount_with_who_and_why_is_seen_before_and_billed(house: House, sign_in: Any) -> None:
    application = await make_one()
    staff = await sign_in("organizer")
    cost = f"/organize/applications/{application.receipt}/cost"
    assert (await house.client.post(cost, data={"label": "", "amount": "x", "reason": ""})).status_code == 422
    form = {"label": "Scholarship", "amount": "50", "reason": "First year"}
    assert (await house.client.post(cost, data=form)).status_code == 303
    given = await Discount.get()
    assert (given.given_by, given.reason) == (staff.id, "First year")
    assert "-$50.00" in (await house.client.get(cost)).text
    await approve(house, application)
    await accept_offer(await Application.get(id=application.id), as_applicant(NOBODY))
    assert (await bill_of(application)).due_cents == 10_000
    assert (await house.client.post(cost, data=form)).status_code == 409
    ended = {"wish": "end", "discount": str(given.id)}
    assert (await house.client.post(cost, data=ended)).status_code == 409


async def test_the_team_sets_how_a_fee_is_paid(house: House, sign_in: Any) -> None:
    category = await make_category()
    festival = await (await category.call.get()).festival.get()
    path = f"/organize/calls/{festival.slug}/categories/{category.slug}/payment"
    await sign_in("reviewer")
    assert (await house.client.get(path)).status_code == 403
    await sign_in("organizer")
    assert (await house.client.get(path)).status_code == 200
    assert (await house.client.post(path, data={"deposit_percent": "40", "security": "0"})).status_code == 422
    form = {"deposit_percent": "40", "due_0": "2027-05-01", "due_1": "2027-04-01", "security": "25"}
    assert (await house.client.post(path, data=form)).status_code == 303
    kept = await Category.get(id=category.id)
    assert (kept.deposit_percent, kept.instalments_due, kept.security_cents) == (
        40, ["2027-04-01", "2027-05-01"], 2_500,
    )  # fmt: skip


async def test_a_part_paid_at_the_counter_goes_back_when_the_place_lapses(house: House) -> None:
    application = await make_one()
    await approve(house, application)
    await accept_offer(await Application.get(id=application.id), as_applicant(NOBODY))
    bill = await bill_of(application)
    await record_counter_payment(bill.id, 4_000, "cash", NOBODY)
    with frozen_at(now() + dt.timedelta(days=8)):
        await end_grace(application.id)
    assert (await Application.get(id=application.id)).state == State.LAPSED
    assert (await bill_of(application)).refunded_cents == 4_000


async def test_the_evidence_tells_the_whole_story(house: House) -> None:
    application = await make_one()
    await keep_a_card(house, application)
    await approve(house, application)
    pack = zipfile.ZipFile(io.BytesIO(await build_pack(await bill_of(application))))
    assert pack.namelist() == ["1-summary.pdf", "2-papers.pdf", "3-ledger.csv", "4-consent.txt"]
    assert b"Charge up to 15000." in pack.read("4-consent.txt")
