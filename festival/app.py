"""The roof: every room's routes and job handlers in one wiring table, and what stands before them."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import time
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import calendar_feed.changes.pages
import calendar_feed.checking.pages
import calendar_feed.feed.pages
import calendar_feed.partners.jobs
import calendar_feed.partners.pages
import calendar_feed.partners.panels
import calendar_feed.personal.pages
import calendar_feed.personal.panels
import calendar_feed.subscribe.pages
import calendar_feed.ticket.pages
import calendar_feed.widget.pages
import events.acts.pages
import events.copying.pages
import events.editing.api
import events.editing.pages
import events.editions.jobs
import events.editions.pages
import events.fest_day.pages
import events.goals.pages
import events.occasion.pages
import events.offline.pages
import events.overview.pages
import events.pictures.pages
import events.places.pages
import events.planning.jobs
import events.planning.pages
import events.publishing.jobs
import events.publishing.pages
import events.running.pages
import events.scheduling.api
import events.scheduling.pages
import events.search.pages
import events.series.pages
import events.sharing.pages
import events.spreadsheets.pages
import events.translating.pages
import events.undoing.pages
import events.whats_on.pages
import festival.accounts.jobs
import festival.accounts.pages
import festival.arrivals.pages
import festival.mail.jobs
import festival.mail.pages
import festival.office.pages
import festival.payments.api
import festival.payments.jobs
import festival.payments.pages
import festival.payments.pages.office
import ticketing.admission.pages
import ticketing.attendance.api
import ticketing.attendance.pages
import ticketing.claim.api
import ticketing.claim.jobs
import ticketing.claim.pages
import ticketing.conflicts.pages
import ticketing.counter.pages
import ticketing.delivery.jobs
import ticketing.delivery.pages
import ticketing.gate.api
import ticketing.gate.app_pages
import ticketing.gate.pages
import ticketing.holder.api
import ticketing.holder.lost
import ticketing.holder.pages
import ticketing.keeping.jobs
import ticketing.keeping.pages
import ticketing.lookup.api
import ticketing.message.jobs
import ticketing.message.pages
import ticketing.offers.api
import ticketing.offers.pages
import ticketing.offers.panels
import ticketing.planning.pages
import ticketing.report.pages
import ticketing.scan.api
import ticketing.survey.pages
import ticketing.waitlist.api
import ticketing.waitlist.jobs
import ticketing.waitlist.pages
import ticketing.wording.pages
import vendors.applying.jobs
import vendors.applying.pages
import vendors.booths.pages
import vendors.booths.panels
import vendors.calls.pages
import vendors.changes.jobs
import vendors.changes.pages
import vendors.chasing.jobs
import vendors.chasing.pages
import vendors.dates.jobs
import vendors.dates.pages
import vendors.deposits.jobs
import vendors.deposits.pages
import vendors.documents.pages
import vendors.exports.pages
import vendors.fees.evidence
import vendors.fees.jobs
import vendors.fees.pages
import vendors.fees.queries
import vendors.guardians.jobs
import vendors.guardians.pages
import vendors.helping.jobs
import vendors.helping.pages
import vendors.judging.pages
import vendors.jury.pages
import vendors.lifecycle.contacts
import vendors.lifecycle.performers
import vendors.loadin.jobs
import vendors.loadin.pages
import vendors.messages.jobs
import vendors.messages.pages
import vendors.noshows.pages
import vendors.packets.jobs
import vendors.packets.pages
import vendors.performing.pages
import vendors.placing.pages
import vendors.reasons.pages
import vendors.review.pages
import vendors.review.panels
import vendors.siteplan.pages
import vendors.survey.jobs
import vendors.survey.pages
import vendors.viewing.pages
import vendors.walking.pages
import vendors.walking.queries
import vendors.wording.pages
from calendar_feed.feed.lane import FeedLane
from calendar_feed.ticket.writing import write_ticket
from events.acts.performers import register_performers, register_walkers
from events.panels import register_event_panel, register_festival_panel, register_home_panel
from events.search.hits import register_staff_search
from events.signals import OCCURRENCE_CHANGED, register_act_follower, register_follower
from festival.accounts.actions import API_TOKEN_PREFIX
from festival.accounts.authentication import Authentication, cookie_name
from festival.accounts.confirmation import require_recent_confirmation
from festival.accounts.queries import find_token_principal
from festival.arrivals.actions import check_in
from festival.arrivals.queries import read_arrival
from festival.database import connected, connection, fetch_rows
from festival.database.schema import SchemaWrong, require_current
from festival.jobs.regular import Regular
from festival.jobs.worker import Handlers, run_worker
from festival.kit.errors import NotFound, NotSignedIn, Refusal
from festival.kit.web.access import ANYONE, Kind, principal_of
from festival.kit.web.access_log import AccessLog, Numbers, metric
from festival.kit.web.api import Api, describe, problem_response
from festival.kit.web.assets import get_asset
from festival.kit.web.limits import configure_limits
from festival.kit.web.middleware import (
    CARD_PAGE,
    BodyCap,
    LanguagePrefix,
    SameOrigin,
    SecureHeaders,
    secure_headers,
)
from festival.kit.web.page_lane import CHECK_EVERY, PageLane
from festival.kit.web.pages import render, url_for_reader
from festival.kit.web.routes import Door
from festival.kit.web.templates import Templates, configure
from festival.kit.words import N_, say
from festival.office.sql import read_public_stamp
from festival.organisation.queries import get_organisation, plain_organisation
from festival.payments.evidence import register_evidence
from festival.payments.gateway import close_gateways
from festival.settings import Settings, settings
from ticketing.attendance.live import running_hub
from ticketing.delivery.enclosures import register_calendar_writer
from ticketing.gate.queries import find_device_principal
from ticketing.gate.rules import DEVICE_PREFIX
from ticketing.offers.actions import follow_acts, follow_dates
from ticketing.scan.passes import PassDesk, register_pass_desk

log = logging.getLogger("festival")

# ---------------------------------------------------------------- the wiring table

APIS: Sequence[Api] = (
    # First what a crowd at the gates asks: each door before it costs every scan a look.
    ticketing.scan.api.api,
    events.editing.api.api,
    events.scheduling.api.api,
    ticketing.offers.api.api,
    ticketing.claim.api.api,
    ticketing.holder.api.api,
    ticketing.waitlist.api.api,
    ticketing.gate.api.api,
    ticketing.lookup.api.api,
    ticketing.attendance.api.api,
    festival.payments.api.api,
)

PAGES: Sequence[Route] = (
    # `/events/{slug}.ics` stands before `/events/{slug}`.
    *calendar_feed.feed.pages.routes,
    *calendar_feed.personal.pages.routes,
    *calendar_feed.subscribe.pages.routes,
    *calendar_feed.checking.pages.routes,
    *calendar_feed.changes.pages.routes,
    *calendar_feed.widget.pages.routes,
    *calendar_feed.partners.pages.routes,
    *events.whats_on.pages.routes,
    *events.occasion.pages.routes,
    *events.fest_day.pages.routes,
    *events.search.pages.routes,
    *events.sharing.pages.routes,
    *events.offline.pages.routes,
    *events.editing.pages.routes,
    *events.scheduling.pages.routes,
    *events.publishing.pages.routes,
    *events.acts.pages.routes,
    *events.running.pages.routes,
    # `/organize/offers/new` stands before `/organize/offers/{id}`.
    *ticketing.planning.pages.routes,
    *ticketing.wording.pages.routes,
    *events.planning.pages.routes,
    *events.editions.pages.routes,
    *events.series.pages.routes,
    *events.copying.pages.routes,
    *events.undoing.pages.routes,
    *events.overview.pages.routes,
    *events.translating.pages.routes,
    *events.pictures.pages.routes,
    *events.spreadsheets.pages.routes,
    *events.goals.pages.routes,
    *events.places.pages.routes,
    *ticketing.offers.pages.routes,
    *ticketing.claim.pages.routes,
    *ticketing.delivery.pages.routes,
    *ticketing.survey.pages.routes,
    *ticketing.holder.pages.routes,
    *ticketing.message.pages.routes,
    *ticketing.holder.lost.routes,
    *ticketing.keeping.pages.routes,
    *ticketing.counter.pages.routes,
    *ticketing.waitlist.pages.routes,
    *calendar_feed.ticket.pages.routes,
    *ticketing.gate.pages.routes,
    *ticketing.admission.pages.routes,
    *ticketing.gate.app_pages.routes,
    *ticketing.attendance.pages.routes,
    *ticketing.conflicts.pages.routes,
    *ticketing.report.pages.routes,
    *vendors.applying.pages.routes,
    *vendors.calls.pages.routes,
    *vendors.messages.pages.routes,
    *vendors.changes.pages.routes,
    *vendors.viewing.pages.routes,
    *vendors.exports.pages.routes,
    *vendors.chasing.pages.routes,
    *vendors.dates.pages.routes,
    *vendors.guardians.pages.routes,
    *vendors.deposits.pages.routes,
    *vendors.documents.pages.routes,
    *vendors.helping.pages.routes,
    *vendors.loadin.pages.routes,
    *vendors.noshows.pages.routes,
    *vendors.packets.pages.routes,
    *vendors.performing.pages.routes,
    *vendors.walking.pages.routes,
    *vendors.fees.pages.routes,
    *vendors.judging.pages.routes,
    *vendors.jury.pages.routes,
    *vendors.reasons.pages.routes,
    *vendors.review.pages.routes,
    *vendors.wording.pages.routes,
    *vendors.booths.pages.routes,
    *vendors.siteplan.pages.routes,
    *vendors.placing.pages.routes,
    *vendors.survey.pages.routes,
    *festival.arrivals.pages.routes,
    *festival.accounts.pages.routes,
    *festival.payments.pages.routes,
    *festival.office.pages.routes,
    *festival.mail.pages.routes,
)

HANDLERS: Handlers = {
    **festival.mail.jobs.HANDLERS,
    **festival.accounts.jobs.HANDLERS,
    **festival.payments.jobs.HANDLERS,
    **events.planning.jobs.HANDLERS,
    **events.editions.jobs.HANDLERS,
    **ticketing.delivery.jobs.HANDLERS,
    **ticketing.claim.jobs.HANDLERS,
    **ticketing.message.jobs.HANDLERS,
    OCCURRENCE_CHANGED: ticketing.delivery.jobs.tell_holders,
    **ticketing.holder.lost.HANDLERS,
    **ticketing.keeping.jobs.HANDLERS,
    **ticketing.waitlist.jobs.HANDLERS,
    **calendar_feed.partners.jobs.HANDLERS,
    **vendors.applying.jobs.HANDLERS,
    **vendors.messages.jobs.HANDLERS,
    **vendors.helping.jobs.HANDLERS,
    **vendors.changes.jobs.HANDLERS,
    **vendors.chasing.jobs.HANDLERS,
    **vendors.loadin.jobs.HANDLERS,
    **vendors.packets.jobs.HANDLERS,
    **vendors.survey.jobs.HANDLERS,
    **vendors.deposits.jobs.HANDLERS,
    **vendors.fees.jobs.HANDLERS,
    **vendors.dates.jobs.HANDLERS,
    **vendors.guardians.jobs.HANDLERS,
    **events.publishing.jobs.tell_acts_found_by(vendors.lifecycle.contacts.find_contact),
    **festival.payments.jobs.tell_owners(vendors.fees.jobs.OBLIGATION_OWNERS),
}

# What is done every so often: the kind of job, and after how many seconds again.
REGULAR: Regular = {
    **ticketing.keeping.jobs.REGULAR,
    **ticketing.waitlist.jobs.REGULAR,
    **ticketing.delivery.jobs.REGULAR,
    **calendar_feed.partners.jobs.REGULAR,
    **vendors.changes.jobs.REGULAR,
    **vendors.chasing.jobs.REGULAR,
    **vendors.loadin.jobs.REGULAR,
    **vendors.packets.jobs.REGULAR,
    **vendors.survey.jobs.REGULAR,
    **vendors.fees.jobs.REGULAR,
    **festival.payments.jobs.REGULAR,
}

_HOUSE = Path(__file__).parent.parent
TEMPLATE_FOLDERS = [
    Path(__file__).parent / "templates",
    *(_HOUSE / room / "templates" for room in ("events", "ticketing", "vendors", "calendar_feed")),
]

# ---------------------------------------------------------------- the shell's own routes


async def get_health(_: Request) -> Response:
    """The process is alive; asks nothing of the database."""
    return JSONResponse({"status": "alive"})


async def get_ready(_: Request) -> Response:
    """Database and migrations are as this release needs them."""
    try:
        await require_current(settings())
        await connection().execute_query("SELECT 1")
    except (SchemaWrong, OSError) as error:
        return JSONResponse({"status": "not ready", "detail": str(error)}, 503)
    return JSONResponse({"status": "ready"})


_numbers = Numbers()


async def get_metrics(request: Request) -> Response:
    """Prometheus text of this process and of the database, for an operator: asked from this machine itself
    (not through a proxy), or with any live API token."""
    host = request.client.host if request.client else ""
    nearby = host in {"127.0.0.1", "::1"} and not request.headers.get("x-forwarded-for")
    if not nearby and principal_of(request).kind is not Kind.TOKEN:
        raise NotFound
    lines = list(_numbers.lines())
    for name, by in (("job", "state"), ("claim", "state"), ("scan", "outcome"), ("mail_message", "state")):
        lines.append(f"# TYPE festival_{name}s gauge")
        rows = await fetch_rows(f"SELECT {by} AS label, count(*) AS n FROM {name} GROUP BY {by}")  # noqa: S608 - ours
        lines += [metric(f"festival_{name}s", {by: row["label"]}, row["n"]) for row in rows]
    return Response("\n".join(lines) + "\n", media_type="text/plain; version=0.0.4")


async def get_openapi(_: Request) -> Response:
    """The description of the whole JSON API."""
    operations = [operation for api in APIS for operation in api.operations]
    return JSONResponse(describe(operations, "Global Fest", "1"))


_SHELL: Sequence[Route] = (
    Door("/healthz", ANYONE, get=get_health),
    Door("/readyz", ANYONE, get=get_ready),
    Door("/metrics", ANYONE, get=get_metrics),
    Door("/api/v1/openapi.json", ANYONE, get=get_openapi),
    Door("/static/{build}/{name:path}", ANYONE, get=get_asset),
)


def all_routes() -> list[Route]:
    """Every door of the house."""
    return [*(door for api in APIS for door in api.doors()), *_SHELL, *PAGES]


# ---------------------------------------------------------------- refusals into answers


def _is_for_programs(path: str) -> bool:
    return path.startswith(("/api/", "/webhooks/"))


def answer_refusal(request: Request, refusal: Refusal) -> Response:
    """A problem document for programs, a page in words for people; strangers are led to the sign-in."""
    path = request.url.path
    if _is_for_programs(path):
        return problem_response(refusal)
    nobody = principal_of(request).kind is Kind.NOBODY
    if isinstance(refusal, NotSignedIn) and nobody and request.method in {"GET", "HEAD"}:
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(url_for_reader(request)(f"/sign-in?next={path}{query}"), 303)
    if getattr(request.state, "organisation", None) is None:
        request.state.organisation = plain_organisation()
    response = render(request, "refusal.html", refusal.status, refusal=refusal)
    response.headers.update(refusal.headers)
    return response


class Refusals:
    """Turns a Refusal raised anywhere inside into its answer, and anything else into a calm 500."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watch)
        except Exception as error:
            if scope["type"] != "http" or started:
                raise
            if not isinstance(error, Refusal):
                log.exception("unexpected failure answering %s", scope["method"])
            refusal = error if isinstance(error, Refusal) else Refusal(code_message_for_failure())
            await answer_refusal(Request(scope, receive), refusal)(scope, receive, send)


def code_message_for_failure() -> str:
    """What people read when it is our fault."""
    return N_("Something went wrong on our side. Nothing was changed. Please try again in a minute.")


async def _http_exception(_: Request, error: Exception) -> Response:
    """Starlette's own 404 and 405, as refusals of ours."""
    if isinstance(error, HTTPException) and error.status_code == 405:
        return Response(status_code=405, headers=dict(error.headers or {}))
    raise NotFound from None


class OfficeFacts:
    """Gives every page the office's name; read again at most every five seconds."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.read_at = 0.0
        self.facts: object = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not scope["path"].startswith(("/static/", "/api/", "/healthz")):
            if self.facts is None or time.monotonic() - self.read_at > 5:
                self.facts, self.read_at = await get_organisation(), time.monotonic()
            scope.setdefault("state", {})["organisation"] = self.facts
        await self.app(scope, receive, send)


# ---------------------------------------------------------------- building


def wire(chosen: Settings) -> None:
    """Configure what a process needs to render pages and mails, without opening anything."""
    register_performers(vendors.lifecycle.performers.list_performers)
    register_walkers(vendors.walking.queries.list_walkers)
    register_follower(follow_dates)
    register_act_follower(follow_acts)
    register_event_panel(ticketing.offers.panels.offer_panel)
    register_event_panel(calendar_feed.personal.panels.star_panel)
    register_festival_panel(vendors.booths.panels.site_panel)
    register_staff_search("programs", say(N_("Programs")), events.search.pages.find_programs)
    register_staff_search("acts", say(N_("Acts")), events.search.pages.find_acts)
    register_staff_search("applications", say(N_("Applications")), vendors.review.panels.find_applications)
    register_home_panel(calendar_feed.partners.panels.partners_panel)
    register_calendar_writer(write_ticket)
    register_evidence(vendors.fees.queries.SUBJECT, vendors.fees.evidence.list_evidence)
    configure(Templates(TEMPLATE_FOLDERS, chosen.zone, {"base_url": chosen.base_url}))
    register_pass_desk(PassDesk(read_arrival, check_in))
    configure_limits(chosen.rate_limit_scale)
    festival.payments.pages.office.confirm_with(require_recent_confirmation)


@contextlib.asynccontextmanager
async def lifespan(_: Starlette) -> AsyncGenerator[None, None]:
    """Open the database, run the worker beside the pages, and close both within the server's grace."""
    chosen = settings()
    await require_current(chosen)
    async with connected(chosen), running_hub(chosen):
        stop = asyncio.Event()
        worker = asyncio.create_task(run_worker(HANDLERS, stop, REGULAR)) if chosen.run_worker else None
        try:
            yield
        finally:
            stop.set()
            if worker:
                worker.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await worker
            await close_gateways()


class House(Starlette):
    """Starlette with the feeds' short way before all of it; the rest stands inside its error handling as usual."""

    def __init__(self, *, headers: dict[str, str], **parts: Any) -> None:
        super().__init__(**parts)
        self.headers = headers

    def build_middleware_stack(self) -> ASGIApp:
        """Everything else, behind the lane."""
        return FeedLane(super().build_middleware_stack(), headers=self.headers, numbers=_numbers)


def build_app(check_pages_every: float = CHECK_EVERY) -> Starlette:
    """The service; the tests ask the database at once whether pages changed."""
    chosen = settings()
    wire(chosen)
    routes = all_routes()
    caps = [(r.path_regex, r.max_body) for r in routes if isinstance(r, Door) and r.max_body != 64 * 1024]
    headers = secure_headers(https=chosen.https, card_page=chosen.stripe_api_base or CARD_PAGE)
    bearers = {API_TOKEN_PREFIX: find_token_principal, DEVICE_PREFIX: find_device_principal}
    return House(
        headers=headers,
        routes=routes,
        lifespan=lifespan,
        exception_handlers={HTTPException: _http_exception},
        middleware=[
            Middleware(
                PageLane,
                patterns=[r.path_regex for r in routes if isinstance(r, Door) and r.kept],
                stamp=read_public_stamp,
                session=cookie_name(https=chosen.https),
                numbers=_numbers,
                check_every=check_pages_every,
            ),
            Middleware(AccessLog, numbers=_numbers),
            Middleware(SecureHeaders, headers=headers),
            Middleware(LanguagePrefix),
            Middleware(Refusals),
            Middleware(OfficeFacts),
            Middleware(Authentication, https=chosen.https, bearers=bearers),
            Middleware(SameOrigin, origin=chosen.origin, exempt=("/api/", "/webhooks/")),
            Middleware(BodyCap, caps=caps, otherwise=64 * 1024),
        ],
    )


def build_server() -> Starlette:
    """The service for a process of its own (uvicorn's factory), with what only a long life pays for."""
    app = build_app()
    # What is loaded now stays for ever: looked through at each full collection it held every answer up for 60 ms.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    # A log line names neither process nor thread; asking for them costs system calls at every request.
    logging.logProcesses = logging.logThreads = logging.logMultiprocessing = False
    return app
