"""Reads over all rooms, each page in a number of statements that does not grow with the data."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, replace

from tortoise.functions import Count, Sum

from calendar_feed.partners.queries import count_broken, count_waiting
from events.models import Festival, FestivalDeadline, Occurrence
from festival.jobs.models import Job
from festival.kit.clock import now
from festival.mail.models import MailMessage
from festival.office import sql
from festival.office.rules import Blocker, Readiness, list_blockers
from festival.organisation.models import AuditEntry
from festival.payments.models import Obligation
from festival.settings import settings
from ticketing.models import Claim, Offer, Scan, WalkUp
from vendors.models import Application

PLOT_DAYS = 28
PAGE = 50


@dataclass(frozen=True)
class NextUp:
    """An occurrence that comes, and its places."""

    occurrence: Occurrence
    claimed: int
    capacity: int


@dataclass(frozen=True)
class Money:
    """Sums over everything owed, in cents."""

    due: int
    paid: int
    refunded: int


@dataclass(frozen=True)
class Overview:
    """The desk at a glance."""

    festival: Festival | None
    days_left: int
    blockers: list[Blocker]
    next_up: list[NextUp]
    claims_by_day: Counter[dt.date]
    days: list[dt.date]
    arrivals_today: int
    applications: dict[str, int]
    money: Money
    jobs_dead: int
    mail_failed: int
    partners_broken: int
    partner_items_waiting: int


def _today() -> dt.date:
    return now().astimezone(settings().zone).date()


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), settings().zone).astimezone(dt.UTC)


async def get_overview() -> Overview:
    """Everything the desk shows."""
    today = _today()
    days = [today - dt.timedelta(days=back) for back in range(PLOT_DAYS - 1, -1, -1)]
    festival = (
        await Festival.filter(ends_at__gt=now(), state__in=["draft", "published", "postponed"])
        .order_by("starts_at")
        .first()
    )
    opens_on = festival.starts_at.astimezone(settings().zone).date() if festival else today
    return Overview(
        festival=festival,
        days_left=(opens_on - today).days,
        blockers=await _list_blockers(festival, opens_on, today) if festival else [],
        next_up=await _list_next_up(),
        claims_by_day=await _claims_by_day(_midnight(days[0])),
        days=days,
        arrivals_today=await _count_arrivals(_midnight(today)),
        applications=await _count_applications(),
        money=await _sum_money(),
        jobs_dead=await Job.filter(state="dead").count(),
        mail_failed=await MailMessage.filter(state__in=["failed", "bounced"]).count(),
        partners_broken=await count_broken(),
        partner_items_waiting=await count_waiting(),
    )


async def _list_blockers(festival: Festival, opens_on: dt.date, today: dt.date) -> list[Blocker]:
    row = await sql.fetch_readiness(festival.id, opens_on)
    deadlines = await FestivalDeadline.filter(festival_id=festival.id, done_at=None).order_by("due_on")
    readiness = Readiness(
        papers_missing=int(row["papers_missing"]),
        applications_without_papers=int(row["applications_without_papers"]),
        unpaid=int(row["unpaid"]),
        unpaid_cents=int(row["unpaid_cents"]),
        without_booth=int(row["without_booth"]),
        waiting_for_review=int(row["waiting_for_review"]),
        schedule_published=bool(row["published"]),
        acts_unplaced=int(row["acts_unplaced"]),
        deadlines=[(deadline.title, deadline.due_on) for deadline in deadlines],
        festival=festival.slug,
    )
    if not readiness.schedule_published:  # one sentence says it; every act besides would be noise
        readiness = replace(readiness, acts_unplaced=0)
    return list_blockers(readiness, opens_on, today)


async def _list_next_up() -> list[NextUp]:
    coming = (
        await Occurrence.filter(ends_at__gt=now(), state="scheduled", program__state="published")
        .order_by("starts_at", "id").limit(7).select_related("program", "venue", "program__venue")
    )  # fmt: skip
    places: dict[int, tuple[int, int]] = {}
    for offer in await Offer.filter(occurrence_id__in=[occurrence.id for occurrence in coming]):
        claimed, capacity = places.get(offer.occurrence_id, (0, 0))
        places[offer.occurrence_id] = (claimed + offer.claimed, capacity + offer.capacity)
    return [NextUp(occurrence, *places.get(occurrence.id, (0, 0))) for occurrence in coming]


async def _claims_by_day(since: dt.datetime) -> Counter[dt.date]:
    days: Counter[dt.date] = Counter()
    for hour, places in await sql.fetch_claims_per_hour(since):
        days[hour.astimezone(settings().zone).date()] += places
    return days


async def _count_arrivals(since: dt.datetime) -> int:
    scanned = await Scan.filter(trusted_at__gte=since, direction="in").annotate(n=Sum("counted")).values("n")
    walked = await WalkUp.filter(at__gte=since, delta=1).count()
    return int(scanned[0]["n"] or 0) + walked


async def _count_applications() -> dict[str, int]:
    rows = await Application.all().annotate(n=Count("id")).group_by("state").values("state", "n")
    return {str(row["state"]): int(row["n"]) for row in rows}


async def _sum_money() -> Money:
    rows = await (
        Obligation.exclude(state__in=["waived", "cancelled", "lapsed"])
        .annotate(due=Sum("due_cents"), paid=Sum("paid_cents"), back=Sum("refunded_cents"))
        .values("due", "paid", "back")
    )  # fmt: skip
    return Money(int(rows[0]["due"] or 0), int(rows[0]["paid"] or 0), int(rows[0]["back"] or 0))


async def list_audit(*, action: str, actor: str, kind: str, before: int | None) -> list[AuditEntry]:
    """Entries older than `before`, the latest first, one more than a page so that the next page is known."""
    entries = AuditEntry.all()
    if action:
        entries = entries.filter(action__startswith=action)
    if actor:
        entries = entries.filter(actor_label__icontains=actor)
    if kind:
        entries = entries.filter(object_kind=kind)
    if before:
        entries = entries.filter(id__lt=before)
    return await entries.order_by("-id").limit(PAGE + 1)


@dataclass(frozen=True)
class MailSearch:
    """Which letters staff look for; what is empty excludes nothing. `claim` is a claim's reference."""

    state: str = ""
    kind: str = ""
    recipient: str = ""
    claim: str = ""
    before: int | None = None


async def list_mail(wanted: MailSearch) -> list[MailMessage]:
    """Messages older than `before`, the latest first, one more than a page; without their bodies."""
    state, recipient, before = wanted.state, wanted.recipient, wanted.before
    mails = MailMessage.all()
    if wanted.kind:
        mails = mails.filter(kind=wanted.kind)
    if wanted.claim:
        claim = await Claim.get_or_none(reference=wanted.claim.lower())
        mails = mails.filter(about_kind="claim", about_id=claim.id if claim else 0)
    if state:
        mails = mails.filter(state=state)
    if recipient:
        mails = mails.filter(recipient__icontains=recipient)
    if before:
        mails = mails.filter(id__lt=before)
    shown = (
        "id", "kind", "channel", "recipient", "subject", "state", "error", "attempts", "queued_at", "sent_at",
        "about_kind",
    )  # fmt: skip
    return await mails.order_by("-id").limit(PAGE + 1).only(*shown)


async def list_mail_kinds() -> list[str]:
    """The kinds of letters that there are."""
    rows = await MailMessage.all().distinct().values_list("kind", flat=True)
    return sorted(str(kind) for kind in rows)


async def find_claim_of(mail: MailMessage) -> Claim | None:
    """The claim that a letter is about, if it is about one."""
    return await Claim.get_or_none(id=mail.about_id) if mail.about_kind == "claim" else None


async def list_dead_jobs() -> list[Job]:
    """The jobs that were given up, the latest first."""
    return await Job.filter(state="dead").order_by("-id").limit(200)
