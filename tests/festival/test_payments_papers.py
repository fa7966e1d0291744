"""Invoices, receipts and credit notes; evidence; the daily comparison with Stripe."""

from __future__ import annotations

import asyncio
import io
import re
import zipfile
from typing import Any

import httpx2
import pytest
from tortoise.exceptions import IntegrityError, OperationalError

from festival.jobs.models import Job
from festival.kit.clock import now
from festival.kit.languages import LANGUAGES
from festival.kit.web.access import NOBODY
from festival.mail.models import MailMessage
from festival.organisation.models import Organisation
from festival.payments.actions import create_obligation, record_counter_payment, request_refund
from festival.payments.differences import Found, OurPayment, OurRefund, compare
from festival.payments.ledger import ISSUE_PAPER
from festival.payments.models import LedgerEntry, Obligation, ObligationLine, Payment, Refund
from festival.payments.papers import issue_paper, list_papers, paper_number
from festival.payments.printing import draw_papers
from festival.payments.reconciling import RECONCILE, list_differences, reconcile
from festival.payments.records import Difference, Dispute, Paper, PaperSeries
from festival.payments.rules import BillLine, TooMuch
from festival.payments.said import CardAttempt, CardDispute, CardRefund, Listing

from .test_payments_cards import House, dead_jobs, house
from .test_payments_ledger import SPACE, bill, require_balanced

__all__ = ["house"]


async def names_of(obligation_id: int) -> list[str]:
    return [re.sub(r"-\d{4}-", "-", paper_number(paper)) for paper in await list_papers(obligation_id)]


# ---------------------------------------------------------------- papers


async def test_bill_receipt_and_credit_note_are_numbered_as_they_come(run_jobs: Any, database: Any) -> None:
    first, second = await bill(), await bill()
    await run_jobs()
    await record_counter_payment(second.id, 20_000, "cash", NOBODY)
    await record_counter_payment(first.id, 5_000, "check", NOBODY, "no. 7")
    await request_refund(second.id, 4_000, "rain", NOBODY)
    await run_jobs()
    assert await names_of(first.id) == ["INV-00001", "REC-00002"]
    assert await names_of(second.id) == ["INV-00002", "REC-00001", "CRE-00001"]
    facts = (await list_papers(first.id))[1].facts
    assert (facts["amount"], facts["sums"], facts["note"]) == (5_000, [20_000, 5_000, 0], "no. 7")


async def test_a_bill_of_nothing_has_no_paper(run_jobs: Any, database: Any) -> None:
    obligation = await bill([("Space", 1, 0)])
    await run_jobs()
    assert await list_papers(obligation.id) == []


async def test_numbers_have_no_gaps_however_many_workers_issue_them(run_jobs: Any, database: Any) -> None:
    for _ in range(12):
        await bill()
    ids = [job.payload["entry_id"] for job in await Job.filter(kind=ISSUE_PAPER)]
    await asyncio.gather(*(issue_paper(one) for one in [*ids, *ids]))
    assert sorted([paper.number for paper in await Paper.all()]) == list(range(1, 13))


async def test_the_naive_way_gives_a_number_twice(run_jobs: Any, database: Any) -> None:
    """Reading the last number and adding one, with others between: the table refuses all but one of them."""
    first = await bill()
    await run_jobs()
    rivals, together = [await bill() for _ in range(4)], asyncio.Barrier(4)
    series = await PaperSeries.get(series="INV")

    async def naive(rival: Obligation) -> int:
        number = (await PaperSeries.get(id=series.id)).given + 1
        await together.wait()
        entry = await LedgerEntry.get(obligation_id=rival.id)
        await Paper.create(
            series="INV", year=series.year, number=number, entry_id=entry.id, obligation_id=rival.id, facts={},
            issued_at=now(),
        )  # fmt: skip
        await PaperSeries.filter(id=series.id).update(given=number)
        return number

    outcomes = await asyncio.gather(*(naive(rival) for rival in rivals), return_exceptions=True)
    assert outcomes.count(2) == 1
    assert sum(isinstance(outcome, IntegrityError) for outcome in outcomes) == 3
    assert await names_of(first.id) == ["INV-00001"]
    # The rivals go without a paper, until the right way gives them theirs, without a gap.
    await run_jobs()
    assert sorted([paper.number for paper in await Paper.all()]) == [1, 2, 3, 4, 5]


async def test_a_paper_is_never_changed(run_jobs: Any, database: Any) -> None:
    await bill()
    await run_jobs()
    with pytest.raises((IntegrityError, OperationalError)):
        await Paper.all().update(number=7)


@pytest.mark.parametrize("language", list(LANGUAGES))
async def test_a_paper_is_drawn_in_every_language(run_jobs: Any, database: Any, language: str) -> None:
    obligation, _ = await create_obligation(
        ("booth", 1), 9, "Selam #strong[x]", SPACE, language=language, payer_email="a@example.org"
    )
    await record_counter_payment(obligation.id, 20_000, "cash", NOBODY)
    await run_jobs()
    assert (await draw_papers(await list_papers(obligation.id)))[:5] == b"%PDF-"


async def test_a_receipt_is_mailed_and_read_by_its_holder_only(
    client: httpx2.AsyncClient, run_jobs: Any, database: Any, sign_in: Any
) -> None:
    obligation, path = await create_obligation(
        ("booth", 1), 9, "Booth fee", SPACE, language="es", payer_email="hana@example.org"
    )
    _, other = await create_obligation(("booth", 2), 9, "Booth fee", SPACE)
    await record_counter_payment(obligation.id, 20_000, "cash", NOBODY)
    await run_jobs()
    mail = await MailMessage.get(kind="payments.paper")
    assert (mail.recipient, mail.language) == ("hana@example.org", "es")
    assert [one["media_type"] for one in mail.attachments] == ["application/pdf"]
    receipt = (await list_papers(obligation.id))[1]
    page = await client.get(path)
    assert paper_number(receipt) in page.text
    got = await client.get(f"{path}/papers/{receipt.id}")
    assert (got.status_code, got.content[:5]) == (200, b"%PDF-")
    assert (await client.get(f"{other}/papers/{receipt.id}")).status_code == 404
    office = f"/organize/money/{obligation.id}/papers/{receipt.id}"
    assert (await client.get(office)).status_code in {303, 401}
    await sign_in("treasurer")
    assert (await client.get(office)).status_code == 200


# ---------------------------------------------------------------- by line


async def test_a_line_is_given_back_at_most_whole(database: Any) -> None:
    obligation, _ = await create_obligation(
        ("booth", 1), 9, "Booth fee", [BillLine("Space", 1, 15_000, "space"), BillLine("Power", 2, 2_500, "add_on")]
    )
    await record_counter_payment(obligation.id, 20_000, "cash", NOBODY)
    space, power = await ObligationLine.filter(obligation_id=obligation.id).order_by("id")
    await request_refund(obligation.id, 3_000, "one socket", NOBODY, key="a", line_id=power.id)
    with pytest.raises(TooMuch):
        await request_refund(obligation.id, 2_001, "more", NOBODY, key="b", line_id=power.id)
    await request_refund(obligation.id, 2_000, "the other", NOBODY, key="c", line_id=power.id)
    assert (await ObligationLine.get(id=power.id)).refunded_cents == 5_000
    assert (await ObligationLine.get(id=space.id)).refunded_cents == 0
    assert (await require_balanced(obligation.id)).refunded_cents == 5_000


async def test_a_line_whose_refund_fails_is_open_again(house: House) -> None:
    obligation = await house.bill()
    await house.pay(obligation)
    line = await ObligationLine.filter(obligation_id=obligation.id).order_by("id").first()
    assert line is not None
    house.stripe.refunds = "pending"
    await request_refund(obligation.id, 15_000, "gone", NOBODY, line_id=line.id)
    await house.work()
    await house.stripe.settle_refund(str((await Refund.get()).stripe_id), "failed")
    assert await house.state(obligation) == "paid"
    assert (await ObligationLine.get(id=line.id)).refunded_cents == 0


async def test_the_office_refunds_a_line_and_a_check_needs_its_number(house: House, sign_in: Any) -> None:
    await sign_in("treasurer")
    obligation = await house.bill()
    here = f"/organize/money/{obligation.id}"
    refused = await house.client.post(f"{here}/counter", data={"amount": "200", "method": "check"})
    assert refused.status_code == 422
    form = {"amount": "200", "method": "check", "number": "1044", "payer": "Hana B."}
    assert (await house.client.post(f"{here}/counter", data=form)).status_code == 303
    assert (await Payment.get()).note == "no. 1044 · Hana B."
    power = await ObligationLine.get(obligation_id=obligation.id, label="Power")
    page = (await house.client.get(here)).text
    revision = re.search(r'name="revision" value="(\d+)"', page)
    assert revision
    wrong = {"amount": "51.00", "reason": "x", "revision": revision[1], "line": str(power.id)}
    assert (await house.client.post(f"{here}/refund", data=wrong)).status_code == 422
    assert (await house.client.post(f"{here}/refund", data={**wrong, "amount": "50.00"})).status_code == 303
    assert "given back: $50.00" in (await house.client.get(here)).text


# ---------------------------------------------------------------- disputes


async def test_a_dispute_is_flagged_with_its_last_day_and_answered_with_a_pack(house: House, sign_in: Any) -> None:
    await sign_in("treasurer")
    obligation = await house.bill()
    intent = await house.pay(obligation)
    raised = await house.stripe.dispute(intent)
    assert await house.state(obligation) == "disputed"
    dispute = await Dispute.get(stripe_id=raised["id"])
    assert (dispute.state, dispute.reason, dispute.amount_cents) == ("open", "fraudulent", 20_000)
    assert dispute.answer_by is not None
    page = await house.client.get(f"/organize/money/{obligation.id}")
    assert "Download the evidence" in page.text
    pack = await house.client.get(f"/organize/money/{obligation.id}/evidence")
    names = zipfile.ZipFile(io.BytesIO(pack.content)).namelist()
    assert names == ["1-summary.pdf", "2-papers.pdf", "3-ledger.csv"]
    await house.stripe.close_dispute(raised["id"], "won")
    for body in house.stripe.events:  # late words of its opening
        await house.stripe.deliver(body)
    assert await house.state(obligation) == "paid"
    assert (await Dispute.get(id=dispute.id)).state == "won"


async def test_the_evidence_is_closed_to_reviewers(house: House, sign_in: Any) -> None:
    obligation = await house.bill()
    await sign_in("reviewer")
    assert (await house.client.get(f"/organize/money/{obligation.id}/evidence")).status_code == 403


# ---------------------------------------------------------------- the daily comparison

PAID = CardAttempt(1, "paid", 500, "usd", livemode=False, intent_id="pi_1")
OURS = OurPayment(1, 7, "pi_1", "paid", 500, "usd")


def test_what_matches_is_no_difference() -> None:
    listing = Listing([PAID], [CardRefund("re_1", 200, "done", 3, "pi_1")], [CardDispute("du_1", 500, "won")])
    assert compare(listing, [OURS], [OurRefund("re_1", 7, 200, "done")], {"du_1": "won"}) == []


@pytest.mark.parametrize(
    ("listing", "payments", "refunds", "found"),
    [
        ([PAID], [], [], Found("paid_only_at_stripe", "pi_1", 0, None, 500)),
        ([PAID], [OurPayment(1, 7, "", "open", 0, "usd")], [], Found("paid_only_at_stripe", "pi_1", 7, None, 500)),
        ([], [OURS], [], Found("paid_only_here", "pi_1", 7, 500)),
        ([PAID], [OurPayment(1, 7, "pi_1", "paid", 400, "usd")], [], Found("amount", "pi_1", 7, 400, 500)),
        ([PAID], [OurPayment(1, 7, "pi_1", "paid", 500, "eur")], [], Found("currency", "pi_1", 7, 500, 500)),
        ([CardAttempt(0, "paid", 9, "usd", livemode=False, intent_id="pi_9")], [], [],
         Found("not_ours", "pi_9", 0, None, 9)),
        ([PAID], [OURS], [OurRefund("", 7, 200, "created")], Found("refund_only_here", "", 7, 200)),
    ],
)  # fmt: skip
def test_each_difference_has_its_name(listing: Any, payments: Any, refunds: Any, found: Found) -> None:
    assert compare(Listing(listing, [], []), payments, refunds, {}) == [found]


@pytest.mark.parametrize(
    ("refunds", "disputes", "ours", "known", "kinds"),
    [
        ([CardRefund("re_1", 200, "done", 0, "pi_1")], [], [], {}, ["refund_only_at_stripe"]),
        ([CardRefund("re_1", 200, "failed", 0, "pi_1")], [], [], {}, []),
        ([CardRefund("re_1", 200, "done")], [], [OurRefund("re_1", 7, 300, "done")], {}, ["refund_amount"]),
        ([], [CardDispute("du_1", 500, "open", intent_id="pi_1")], [], {}, ["dispute_only_at_stripe"]),
        ([], [CardDispute("du_1", 500, "lost")], [], {"du_1": "open"}, ["dispute_outcome"]),
    ],
)
def test_refunds_and_disputes_are_compared_too(
    refunds: Any, disputes: Any, ours: Any, known: Any, kinds: list[str]
) -> None:
    assert [one.kind for one in compare(Listing([PAID], refunds, disputes), [OURS], ours, known)] == kinds


async def test_a_lost_webhook_is_mended_and_said(house: House, sign_in: Any) -> None:
    await sign_in("treasurer")
    obligation = await house.bill()
    page = await house.open_page(obligation)
    post, house.stripe.post = house.stripe.post, None
    await house.stripe.pay(page)
    await house.stripe.refund(str(house.stripe.things[page]["payment_intent"]), 5_000)
    house.stripe.post = post
    assert (await house.client.post("/organize/money/reconciliation")).status_code == 303
    assert await house.state(obligation) == "part_refunded"
    assert await list_differences(open_now=True) == []
    gone = await Difference.all().order_by("kind")
    assert [one.kind for one in gone] == ["paid_only_at_stripe", "refund_only_at_stripe"]
    text = (await house.client.get("/organize/money/reconciliation")).text
    assert "Everything matches." in text
    assert "mended by itself" in text


async def test_what_still_differs_is_shown_explained_and_mailed_once(house: House, sign_in: Any) -> None:
    await sign_in("treasurer")
    await Organisation.update_or_create(id=1, defaults={"name": "Office", "contact_email": "office@example.org"})
    await house.bill()
    stranger = house.stripe.new(
        "pi", "payment_intent", amount=777, currency="usd", amount_received=777, status="succeeded",
        last_payment_error=None,
    )  # fmt: skip
    for _ in range(2):
        await Job.create(kind=RECONCILE, key=f"again-{_}", payload={}, run_at_ms=0, created_at_ms=0)
        await house.work()
    difference = await Difference.get()
    assert (difference.kind, difference.stripe_ref, difference.stripe_cents) == ("not_ours", stranger["id"], 777)
    assert await MailMessage.filter(kind="payments.differences").count() == 1
    page = await house.client.get("/organize/money/reconciliation")
    assert "somebody we do not know" in page.text
    where = f"/organize/money/differences/{difference.id}"
    assert (await house.client.post(where, data={"explanation": ""})).status_code == 422
    await house.client.post(where, data={"explanation": "The souvenir shop"})
    assert await list_differences(open_now=True) == []
    await reconcile()
    assert await list_differences(open_now=True) == []
    assert "The souvenir shop" in (await house.client.get("/organize/money/reconciliation")).text
    assert await dead_jobs() == []


async def test_a_payment_that_stripe_does_not_have_is_found(house: House) -> None:
    obligation = await house.bill()
    intent = await house.pay(obligation)
    del house.stripe.things[intent]
    await reconcile()
    assert [(one.kind, one.our_cents) for one in await list_differences(open_now=True)] == [("paid_only_here", 20_000)]


async def test_over_a_hundred_payments_are_read_page_by_page(house: House) -> None:
    for _ in range(120):
        house.stripe.new("pi", "payment_intent", amount=1, currency="usd", amount_received=0, last_payment_error=None,
                         status="requires_payment_method", metadata={})  # fmt: skip
    obligation = await house.bill()
    await house.pay(obligation)
    run = await reconcile()
    assert (run.payments, run.stripe_cents, run.our_cents) == (1, 20_000, 20_000)
    assert await list_differences(open_now=True) == []


async def test_sums_that_were_tampered_with_are_found(database: Any) -> None:
    obligation = await bill()
    await record_counter_payment(obligation.id, 20_000, "cash", NOBODY)
    await reconcile()
    assert await list_differences(open_now=True) == []
    await Obligation.filter(id=obligation.id).update(paid_cents=10_000)
    await reconcile()
    assert [one.kind for one in await list_differences(open_now=True)] == ["ledger"]
    await Obligation.filter(id=obligation.id).update(paid_cents=20_000)
    await reconcile()
    assert await list_differences(open_now=True) == []
