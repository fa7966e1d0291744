"""A deadline in the city's time, and on the reader's own clock where that is another one; across the clock change."""

from __future__ import annotations

import datetime as dt

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Browse, LiveSite
from tests.vendors.making import make_category

pytestmark = pytest.mark.browser
# Denver leaves daylight saving time on 7 November 2027, Berlin has left it a week earlier.
BEFORE = dt.datetime(2027, 11, 6, 5, 59, tzinfo=dt.UTC)
AFTER = dt.datetime(2027, 11, 9, 6, 59, tzinfo=dt.UTC)


async def make_calls() -> dict[str, str]:
    """The path of a call by what is expected on a clock in Berlin."""
    paths: dict[str, str] = {}
    for moment, berlin in ((BEFORE, "Saturday, November 6 at 6:59"), (AFTER, "Tuesday, November 9 at 7:59")):
        category = await make_category(closes_at=moment)
        await category.fetch_related("call__festival")
        paths[f"/apply/{category.call.festival.slug}"] = berlin
    return paths


async def test_city_time_for_all_and_the_own_clock_for_those_elsewhere(live_site: LiveSite, browse: Browse) -> None:
    async with live_site.database():
        paths = await make_calls()
    async with browse() as browser:
        berlin = await (await browser.new_context(timezone_id="Europe/Berlin", locale="en-US")).new_page()
        denver = await (await browser.new_context(timezone_id="America/Denver", locale="en-US")).new_page()
        for path, there in paths.items():
            for page in (berlin, denver):
                await page.goto(live_site.url + path)
                await expect(page.locator("time.deadline")).to_contain_text("11:59")
                await expect(page.locator("time.deadline")).to_contain_text("(city time)")
            own = berlin.locator(".deadline__own")
            await expect(own).to_be_visible()
            await expect(own).to_contain_text(there)
            await expect(denver.locator(".deadline__own")).to_be_hidden()
