"""Keeping a card for a fee, what an application costs, and how a category's fee is paid."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from festival.accounts.models import Person
from festival.database import transaction
from festival.kit.errors import Conflict, Invalid, NotFound, Refusal
from festival.kit.i18n import current_language, gettext, money
from festival.kit.web.access import SIGNED_IN, Role, principal_of, staff
from festival.kit.web.forms import FormState, form_values, read_form, refused_form
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Routes
from festival.organisation.actions import record_audit
from festival.organisation.queries import get_organisation
from festival.payments.cards import (
    find_card,
    find_consent,
    give_consent,
    look_at_setup,
    start_card_setup,
    withdraw_consent,
)
from festival.payments.gateway import find_gateway
from festival.payments.models import ObligationLine
from vendors.applying.queries import get_application
from vendors.fees.actions import end_discount, give_discount, keep_deposit
from vendors.fees.forms import CardForm, DiscountForm, KeepForm, PaymentForm
from vendors.fees.queries import SUBJECT, list_bill
from vendors.fees.rules import total_of
from vendors.lifecycle.rules import State
from vendors.models import Application, Category, Discount

ORGANIZERS = staff(Role.ORGANIZER)
# A card may be kept from the draft until the fee is paid.
_TAKES_CARD = frozenset(
    {
        State.DRAFT, State.SUBMITTED, State.UNDER_REVIEW, State.CHANGES_REQUESTED, State.HOLD_ACCEPT,
        State.HOLD_WAITLIST, State.HOLD_DECLINE, State.OFFERED, State.WAITLISTED, State.ACCEPTED, State.CONFIRMED,
    }
)  # fmt: skip


async def _own(request: Request) -> Application:
    application = await get_application(principal_of(request), request.path_params["receipt"], to_change=True)
    if application.state not in _TAKES_CARD:
        raise NotFound
    return application


async def _wording(cents: int) -> str:
    office = await get_organisation()
    return gettext(
        "I let %(office)s keep my card at Stripe and charge it up to %(amount)s for this application, at once when I "
        "am accepted and, if the fee is paid in parts, on the days of the parts. From the waiting list nothing is "
        "charged before I accept the place myself. I can take this back here at any time."
    ) % {"office": office.name, "amount": money(cents, office.currency.upper())}


async def get_card(request: Request) -> Response:
    """The card that is kept, or the words under which one would be."""
    return await _show_card(request, await _own(request), FormState())


async def _show_card(
    request: Request, application: Application, form: FormState, refusal: Refusal | None = None
) -> Response:
    lines = await list_bill(application)
    status = 422 if form.errors else refusal.status if refusal else 200
    return render(
        request, "vendors/fees/card.html", status, application=application, lines=lines, total=total_of(lines),
        wording=await _wording(total_of(lines)), card=await find_card(application.applicant_id),
        consent=await find_consent((SUBJECT, application.id)), by_card=find_gateway() is not None, form=form,
        refusal=refusal,
    )  # fmt: skip


async def post_card(request: Request) -> Response:
    """Keep the words and go on to Stripe for the card; or take them back."""
    application = await _own(request)
    here = f"/applications/{application.receipt}/card"
    if form_values(await request.form()).get("wish") == "withdraw":
        await withdraw_consent((SUBJECT, application.id), principal_of(request))
        return go_to(request, here)
    cents = total_of(await list_bill(application))
    if not cents or find_gateway() is None:
        raise NotFound
    try:
        await read_form(request, CardForm)
        words = (current_language(), await _wording(cents))
        subject = (SUBJECT, application.id)
        consent = await give_consent(subject, application.applicant_id, words, cents, principal_of(request))
        email = (await Person.get(id=application.applicant_id)).email
        address = await start_card_setup(consent, email, f"{here}/done", here)
    except Invalid as refusal:
        return await _show_card(request, application, refused_form(request, refusal))
    except Conflict as refusal:
        return await _show_card(request, application, FormState(), refusal)
    return RedirectResponse(address, 303)


async def get_card_done(request: Request) -> Response:
    """Back from Stripe: the card is kept at once; the webhook says the same again."""
    application = await _own(request)
    await look_at_setup(request.query_params.get("page", "")[:120], application.applicant_id)
    return go_to(request, f"/applications/{application.receipt}/card")


# ---------------------------------------------------------------- for organizers


async def _sent(request: Request) -> Application:
    application = await Application.filter(receipt=request.path_params["receipt"]).exclude(state=State.DRAFT).first()
    if application is None:
        raise NotFound
    return application


async def get_cost(request: Request) -> Response:
    """What an application costs, line by line, and what was taken off by whom."""
    return await _show_cost(request, await _sent(request), FormState())


async def _show_cost(
    request: Request, application: Application, form: FormState, refusal: Refusal | None = None
) -> Response:
    lines = await list_bill(application)
    deposits = ObligationLine.filter(obligation_id=application.obligation_id or 0, kind="deposit", refunded_cents=0)
    status = 422 if form.errors else refusal.status if refusal else 200
    return render(
        request, "vendors/fees/cost.html", status, application=application, lines=lines, total=total_of(lines),
        discounts=await Discount.filter(application_id=application.id, ended_at=None).order_by("id"), form=form,
        deposit=await deposits.first(), refusal=refusal,
    )  # fmt: skip


async def post_cost(request: Request) -> Response:
    """Give a discount, end one, or keep the deposit."""
    application, who = await _sent(request), principal_of(request)
    values = form_values(await request.form())
    try:
        if values.get("wish") == "end":
            text = str(values.get("discount", ""))
            await end_discount(application, int(text) if text.isdecimal() and len(text) < 18 else 0, who)
        elif values.get("wish") == "keep":
            await keep_deposit(application, (await read_form(request, KeepForm)).reason, who)
        else:
            given = await read_form(request, DiscountForm)
            await give_discount(application, given.label, given.amount, given.reason, who)
    except Invalid as refusal:
        return await _show_cost(request, application, refused_form(request, refusal))
    except Conflict as refusal:
        return await _show_cost(request, application, FormState(), refusal)
    return go_to(request, f"/organize/applications/{application.receipt}/cost")


async def _category(request: Request) -> Category:
    slug, name = request.path_params["slug"], request.path_params["category"]
    category = await Category.get_or_none(call__festival__slug=slug, slug=name).select_related("call__festival")
    if category is None:
        raise NotFound
    return category


async def get_payment(request: Request) -> Response:
    """How the fee of a category is paid."""
    return _show_payment(request, await _category(request), FormState())


def _show_payment(request: Request, category: Category, form: FormState) -> Response:
    status = 422 if form.errors else 200
    return render(request, "vendors/fees/payment.html", status, category=category, form=form)


async def post_payment(request: Request) -> Response:
    """Keep how the fee of a category is paid; bills that were sent stay as they are."""
    category = await _category(request)
    try:
        given = await read_form(request, PaymentForm)
    except Invalid as refusal:
        return _show_payment(request, category, refused_form(request, refusal))
    facts = {
        "deposit_percent": given.deposit_percent, "security_cents": given.security,
        "instalments_due": [day.isoformat() for day in given.days],
    }  # fmt: skip
    async with transaction():
        await Category.filter(id=category.id).update(**facts)
        await record_audit(principal_of(request), "category.payment_changed", ("category", category.id), after=facts)
    return go_to(request, f"/organize/calls/{category.call.festival.slug}/categories/{category.slug}")


routes: Routes = [
    Door("/applications/{receipt}/card", SIGNED_IN, get=get_card, post=post_card),
    Door("/applications/{receipt}/card/done", SIGNED_IN, get=get_card_done),
    Door("/organize/applications/{receipt}/cost", ORGANIZERS, get=get_cost, post=post_cost),
    Door("/organize/calls/{slug}/categories/{category}/payment", ORGANIZERS, get=get_payment, post=post_payment),
]
