"""The team's pages that set a call up, and the preview that shows it as applicants will see it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from events.recurrence.rules import RecurrenceWrong, to_utc
from festival.kit.errors import Conflict, Invalid
from festival.kit.web.access import Role, principal_of, staff
from festival.kit.web.forms import FormState, read_form, refused_form
from festival.kit.web.pages import go_to, render
from festival.kit.web.routes import Door, Handler, Routes
from festival.settings import settings
from vendors.applying.queries import invite_secret
from vendors.applying.rules import Asked
from vendors.calls import actions
from vendors.calls.forms import (
    AddOnForm,
    CallForm,
    CategoryForm,
    FeeForm,
    MoveForm,
    NeedsForm,
    NewCallForm,
    NewNameForm,
    PaperForm,
    QuestionForm,
    read_conditions,
)
from vendors.calls.queries import (
    get_call_of,
    get_category_sheet,
    get_question,
    get_sheet,
    list_festivals_and_calls,
)
from vendors.calls.rules import CHARGES, KINDS, answers_of, policy_of
from vendors.dates.queries import list_dates
from vendors.models import Category, Question
from vendors.wording.queries import use_words_of

ORGANIZER = staff(Role.ORGANIZER)
_CALLS = "/organize/calls"
Step = Callable[[Request], Awaitable[str]]
Show = Callable[..., Awaitable[Response]]


def _wall(moment: dt.datetime | None) -> str:
    return f"{moment.astimezone(settings().zone):%Y-%m-%dT%H:%M}" if moment else ""


def _moment(name: str, wall: dt.datetime | None) -> dt.datetime | None:
    try:
        return to_utc(wall, settings().zone) if wall else None
    except RecurrenceWrong as wrong:
        raise Invalid({name: wrong.words}) from None


def _taking(step: Step, show: Show, form_of: str) -> Handler:
    """A handler that takes the form named `form_of` of a page; what is wrong is said there, the rest kept."""

    async def post(request: Request) -> Response:
        try:
            return go_to(request, await step(request))
        except Invalid as refusal:
            return await show(request, wrong=form_of, form=refused_form(request, refusal), status=422)
        except Conflict as refusal:
            values = getattr(request.state, "form_values", {})
            return await show(request, wrong=form_of, form=FormState(values), status=409, refusal=refusal.words)

    return post


def _forms(wrong: str, form: FormState | None) -> dict[str, FormState]:
    """One form state per form of a page: the wrong one as it came, the others fresh."""
    names = ("call", "category", "new", "fee", "needs", "add_on", "paper", "question")
    return {name: form if form and name == wrong else FormState() for name in names}


# ---------------------------------------------------------------- all calls


async def _show_calls(request: Request, *, wrong: str = "", form: FormState | None = None, status: int = 200,
                      refusal: Any = None) -> Response:  # fmt: skip
    return render(
        request, "vendors/calls/list.html", status, rows=await list_festivals_and_calls(),
        forms=_forms(wrong, form), refusal=refusal,
    )  # fmt: skip


async def _open(request: Request) -> str:
    given = await read_form(request, NewCallForm)
    call = await actions.open_call(given.festival, given.copy_from, principal_of(request))
    await call.fetch_related("festival")
    return f"{_CALLS}/{call.festival.slug}"


# ---------------------------------------------------------------- one call


def _here(request: Request, *rest: str) -> str:
    return "/".join([_CALLS, request.path_params["slug"], *rest])


async def _show_call(request: Request, *, wrong: str = "", form: FormState | None = None, status: int = 200,
                     refusal: Any = None) -> Response:  # fmt: skip
    sheet = await get_sheet(request.path_params["slug"])
    tiers = [tier for tier in sheet.call.refund_policy if not tier.get("city_cancels")]
    return render(
        request, "vendors/calls/call.html", status, sheet=sheet, tiers=tiers, wall=_wall, charges=CHARGES,
        here=_here(request), forms=_forms(wrong, form), wrong=wrong, refusal=refusal,
    )  # fmt: skip


async def _change_call(request: Request) -> str:
    call = await get_call_of(request.path_params["slug"])
    given = await read_form(request, CallForm)
    facts = {
        "opens_at": _moment("opens", given.opens), "decisions_on": given.decisions_on,
        "changes_until": _moment("changes_until", given.changes_until),
        "map_public_at": _moment("map_public", given.map_public), "offer_hours": given.offer_hours,
        "grace_days": given.grace_days, "keep_no_show_deposit": given.keep_no_show_deposit,
        "refund_policy": policy_of(given.tiers(), call.refund_policy),
    }  # fmt: skip
    await actions.change_call(call, facts, principal_of(request))
    return _here(request)


async def _add_category(request: Request) -> str:
    call = await get_call_of(request.path_params["slug"])
    category = await actions.add_category(call, (await read_form(request, NewNameForm)).name, principal_of(request))
    return _here(request, "categories", category.slug)


async def _save_add_on(request: Request) -> str:
    call = await get_call_of(request.path_params["slug"])
    given, by = await read_form(request, AddOnForm), principal_of(request)
    facts: dict[str, Any] = {
        "name": given.name, "price_cents": given.price, "stock": given.stock, "category_id": given.category,
        "needs_approval": given.needs_approval,
    }  # fmt: skip
    slug = request.path_params.get("item")
    if slug:
        await actions.change_add_on(call, slug, facts, by)
    else:
        await actions.add_add_on(call, facts, by)
    return _here(request)


async def _remove_add_on(request: Request) -> str:
    call = await get_call_of(request.path_params["slug"])
    await actions.remove_add_on(call, request.path_params["item"], principal_of(request))
    return _here(request)


async def _save_paper(request: Request) -> str:
    call = await get_call_of(request.path_params["slug"])
    given = await read_form(request, PaperForm)
    await actions.save_paper(call, request.path_params.get("item"), given.facts(), principal_of(request))
    return _here(request)


async def _remove_paper(request: Request) -> str:
    call = await get_call_of(request.path_params["slug"])
    await actions.remove_paper(call, request.path_params["item"], principal_of(request))
    return _here(request)


# ---------------------------------------------------------------- one category


async def _show_category(request: Request, *, wrong: str = "", form: FormState | None = None, status: int = 200,
                         refusal: Any = None) -> Response:  # fmt: skip
    sheet = await get_category_sheet(request.path_params["slug"], request.path_params["category"])
    public = f"{settings().base_url}/apply/{sheet.festival.slug}/{sheet.category.slug}"
    invite = f"{public}?invite={invite_secret(sheet.category)}" if sheet.category.invited_only else ""
    return render(
        request, "vendors/calls/category.html", status, sheet=sheet, wall=_wall, charges=CHARGES, kinds=KINDS,
        answers_of=answers_of,
        here=_here(request, "categories", sheet.category.slug), back=_here(request), invite=invite,
        forms=_forms(wrong, form), wrong=wrong, refusal=refusal,
    )  # fmt: skip


async def _category(request: Request) -> Category:
    return (await get_category_sheet(request.path_params["slug"], request.path_params["category"])).category


def _category_path(request: Request) -> str:
    return _here(request, "categories", request.path_params["category"])


async def _change_category(request: Request) -> str:
    category = await _category(request)
    given = await read_form(request, CategoryForm)
    facts = {
        "name": given.name, "description": given.description, "cap": given.cap, "fee_cents": given.fee,
        "charge": given.charge, "space": given.space, "booth_prefix": given.booth_prefix,
        "closes_at": _moment("closes", given.closes), "invited_only": given.invited_only,
    }  # fmt: skip
    await actions.change_category(category, facts, principal_of(request))
    return _category_path(request)


async def _withdraw_invitations(request: Request) -> str:
    await actions.withdraw_invitations(await _category(request), principal_of(request))
    return _category_path(request)


async def _set_fee(request: Request) -> str:
    category = await _category(request)
    given = await read_form(request, FeeForm)
    facts = {
        "fee_cents": given.fee, "sent_until": _moment("sent_until", given.sent_until),
        "from_dates": given.from_dates, "together": given.together,
    }  # fmt: skip
    await actions.set_fee(category, given.condition, facts, principal_of(request))
    return _category_path(request)


async def _remove_fee(request: Request) -> str:
    await actions.remove_fee(await _category(request), request.path_params["fee"], principal_of(request))
    return _category_path(request)


async def _set_needs(request: Request) -> str:
    category = await _category(request)
    given = await read_form(request, NeedsForm)
    after = read_conditions(request.state.form_values)
    await actions.set_needs(category, given.asked, given.required, after, principal_of(request))
    return _category_path(request)


async def get_preview(request: Request) -> Response:
    """The category as applicants will see it, its questions included, whether or not it is public."""
    sheet = await get_category_sheet(request.path_params["slug"], request.path_params["category"])
    await sheet.category.fetch_related("documents__kind")
    await use_words_of(sheet.call.id)
    return render(
        request, "vendors/calls/preview.html", call=sheet.call, category=sheet.category,
        category_name=sheet.category.name, open=True, preview=True,
        dates=await list_dates(sheet.category.id), questions=[_asked(q) for q in sheet.questions],
        back=_category_path(request),
    )  # fmt: skip


def _asked(row: Question) -> Asked:
    return Asked(row.id, row.slug, row.label, row.help, row.kind, row.required, row.options, row.most, row.shown_if)


# ---------------------------------------------------------------- questions


async def _show_question(request: Request, *, wrong: str = "", form: FormState | None = None, status: int = 200,
                         refusal: Any = None) -> Response:  # fmt: skip
    sheet = await get_category_sheet(request.path_params["slug"], request.path_params["category"])
    question = await get_question(sheet.category, request.path_params["question"])
    earlier = [row for row in sheet.questions if row.position < question.position]
    return render(
        request, "vendors/calls/question.html", status, sheet=sheet, question=question, earlier=earlier, kinds=KINDS,
        back=_category_path(request), forms=_forms(wrong, form), wrong=wrong, refusal=refusal,
    )  # fmt: skip


async def _save_question(request: Request) -> str:
    category = await _category(request)
    given = await read_form(request, QuestionForm)
    facts: dict[str, Any] = {
        "label": given.label, "help": given.help, "kind": given.kind, "required": given.required,
        "options": given.options if given.kind == "choice" else [],
        "most": given.most if given.kind == "number" else None,
        "shown_if": {"question": given.after, "is": given.after_is} if given.after else {},
    }  # fmt: skip
    await actions.save_question(category, request.path_params.get("question"), facts, principal_of(request))
    return _category_path(request)


async def _move_question(request: Request) -> str:
    category = await _category(request)
    step = (await read_form(request, MoveForm)).step
    await actions.move_question(category, request.path_params["question"], step, principal_of(request))
    return _category_path(request)


async def _remove_question(request: Request) -> str:
    category = await _category(request)
    await actions.remove_question(category, request.path_params["question"], principal_of(request))
    return _category_path(request)


def _take_call(step: Step, form: str) -> Handler:
    return _taking(step, _show_call, form)


def _take_category(step: Step, form: str) -> Handler:
    return _taking(step, _show_category, form)


_ONE = _CALLS + "/{slug}"
_CATEGORY = _ONE + "/categories/{category}"
_QUESTION = _CATEGORY + "/questions/{question}"

routes: Routes = [
    Door(_CALLS, ORGANIZER, get=_show_calls, post=_taking(_open, _show_calls, "new")),
    Door(_ONE, ORGANIZER, get=_show_call, post=_take_call(_change_call, "call")),
    Door(_ONE + "/categories", ORGANIZER, post=_take_call(_add_category, "category")),
    Door(_ONE + "/add-ons", ORGANIZER, post=_take_call(_save_add_on, "add_on")),
    Door(_ONE + "/add-ons/{item}", ORGANIZER, post=_take_call(_save_add_on, "")),
    Door(_ONE + "/add-ons/{item}/remove", ORGANIZER, post=_take_call(_remove_add_on, "")),
    Door(_ONE + "/papers", ORGANIZER, post=_take_call(_save_paper, "paper")),
    Door(_ONE + "/papers/{item}", ORGANIZER, post=_take_call(_save_paper, "")),
    Door(_ONE + "/papers/{item}/remove", ORGANIZER, post=_take_call(_remove_paper, "")),
    Door(_CATEGORY, ORGANIZER, get=_show_category, post=_take_category(_change_category, "category")),
    Door(_CATEGORY + "/preview", ORGANIZER, get=get_preview),
    Door(_CATEGORY + "/invitations", ORGANIZER, post=_take_category(_withdraw_invitations, "")),
    Door(_CATEGORY + "/fees", ORGANIZER, post=_take_category(_set_fee, "fee")),
    Door(_CATEGORY + "/fees/{fee:int}/remove", ORGANIZER, post=_take_category(_remove_fee, "")),
    Door(_CATEGORY + "/papers", ORGANIZER, post=_take_category(_set_needs, "needs")),
    Door(_CATEGORY + "/questions", ORGANIZER, post=_take_category(_save_question, "question")),
    Door(_QUESTION, ORGANIZER, get=_show_question, post=_taking(_save_question, _show_question, "question")),
    Door(_QUESTION + "/move", ORGANIZER, post=_take_category(_move_question, "")),
    Door(_QUESTION + "/remove", ORGANIZER, post=_take_category(_remove_question, "")),
]
