"""The whole path on the demo year: found in Spanish, claimed for four, scanned from its pixels, subscribed."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import httpx2
import pytest
import recurring_ical_events  # type: ignore[import-untyped]
from icalendar import Calendar
from playwright.async_api import Page, expect

from events.models import Gate
from festival.kit.clock import now
from festival.kit.web.access import NOBODY
from tests.browser.camera import make_clip
from tests.browser.conftest import Browse, LiveSite
from tests.ticketing.gatehouse import HOUR
from ticketing.gate.actions import issue_enrolment_code
from ticketing.models import Offer, Scan

pytestmark = pytest.mark.browser

PHONE: Any = {"width": 390, "height": 844}


async def _open_the_gates_early(site: LiveSite) -> list[tuple[Gate, str]]:
    """Let Global Fest's tickets be good from now on; two of its gates, each with a code for a phone."""
    async with site.database():
        changed = await Offer.filter(occurrence__program__slug="global-fest", act_id=None).update(
            valid_from=now() - HOUR
        )
        assert changed == 1
        gates = await Gate.filter(name__in=["North gate", "East gate"]).order_by("-name")
        until = now() + HOUR
        return [(gate, await issue_enrolment_code(gate, "", "both", until, NOBODY)) for gate in gates]


async def _claim_for_four(page: Page, site: LiveSite) -> bytes:
    """From the front page to the ticket, as a resident goes; the picture of the page where the code is."""
    await page.goto(site.url)
    assert await page.evaluate("() => document.documentElement.lang") == "es"
    await page.get_by_role("searchbox").fill("Global Fest")
    await page.get_by_role("button", name="Mostrar").click()
    await page.locator(".event-list").get_by_role("link", name="Global Fest").first.click()
    panel = page.locator("#tickets-panel form").first
    await panel.locator("select").select_option("4")
    await panel.get_by_role("button").click()
    await page.get_by_label("nombre").fill("Lucía Ortega")
    await page.get_by_role("main").get_by_role("button").first.click()
    await expect(page.locator(".ticket__party")).to_contain_text("4")
    return await page.locator(".ticket__qr").screenshot()


async def _stand_at(gate: Gate, code: str, page: Page, site: LiveSite) -> None:
    await page.goto(f"{site.url}/es/gate#enrol={code}")
    await expect(page.locator("#gate-name")).to_have_text(gate.name)


async def test_found_claimed_scanned_refused_elsewhere_and_in_the_calendar(
    demo_site: LiveSite, browse: Browse, tmp_path: Path
) -> None:
    (first, first_code), (second, second_code) = await _open_the_gates_early(demo_site)
    async with browse() as browser:
        context = await browser.new_context(viewport=PHONE, locale="es-MX", device_scale_factor=2)
        shown = await _claim_for_four(await context.new_page(), demo_site)
    clip = make_clip(tmp_path / "ticket.mjpeg", [shown])
    async with browse(camera=clip) as browser:
        page = await (await browser.new_context(viewport=PHONE)).new_page()
        await _stand_at(first, first_code, page, demo_site)
        result = page.locator("#result")
        await expect(result).to_have_attribute("data-outcome", "admitted")
        await expect(page.locator("#result-count")).to_contain_text("4")
        at = (await _scans(demo_site))[0].trusted_at.astimezone(demo_site.settings.zone)

        page = await (await browser.new_context(viewport=PHONE)).new_page()
        await _stand_at(second, second_code, page, demo_site)
        await expect(page.locator("#result")).to_have_attribute("data-code", "already_in")
        told = page.locator("#result-first")
        await expect(told).to_contain_text(first.name)
        await expect(told).to_contain_text(f"{at:%M}")
    assert [(scan.gate_id, scan.counted) for scan in await _scans(demo_site)] == [(first.id, 4), (second.id, 0)]
    await _require_in_the_calendar(demo_site)


async def _scans(site: LiveSite) -> list[Scan]:
    async with site.database():
        return await Scan.all().order_by("id")


async def _require_in_the_calendar(site: LiveSite) -> None:
    """What a resident subscribes to has the day, at its hour in the city."""
    async with httpx2.AsyncClient(base_url=site.url) as client:
        answer = await client.get("/calendar.ics?lang=es")
    assert answer.headers["content-type"].startswith("text/calendar")
    found: Any = recurring_ical_events.of(Calendar.from_ical(answer.text)).at(dt.date(2027, 6, 12))
    [event] = [event for event in found if str(event["SUMMARY"]) == "Global Fest"]
    assert event["DTSTART"].dt == dt.datetime(2027, 6, 12, 11, tzinfo=site.settings.zone)
