"""Every kind of page is valid HTML, in English and from right to left, by a validator of other make (html-validate).

Left to taste: how void elements are closed, blanks at line ends, a button's type where it submits, and a form whose
choices act at once. axe looks at the rest in `tests/browser/test_accessibility.py`.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import httpx2
import pytest

from events.models import Act, Festival, Occurrence, Series
from festival.seeding.actions import DEMO_PROGRAMME, seed_programme
from festival.settings import Settings
from tests.conformance.consumers import HERE, find_node, installed
from ticketing.models import Offer

MISSING = "/no/such/page"
FEST = "global-fest-2027"
PUBLIC = (
    "/", "/?view=map", "/?q=arte&near=80012&free=yes", "/?q=zzzz", "/search?q=mexico", "/events/global-fest",
    "/events/immigrant-and-refugee-commission-meeting", f"/festival/{FEST}", f"/festival/{FEST}/map?show=WC",
    "/calendar", "/calendar/my", "/calendar/check", "/widget", f"/apply/{FEST}", "/sign-in", "/lost-ticket",
    "/offline", MISSING, "/gate",
)  # fmt: skip
SALSA = "/organize/programs/salsa-for-beginners"
STAFF = (
    "/organize", "/organize/search?q=salsa", "/organize/programs", "/organize/new-program", SALSA, f"{SALSA}/edit",
    f"{SALSA}/texts?language=ar", f"{SALSA}/pictures", f"{SALSA}/copy", f"{SALSA}/dates", f"{SALSA}/preview",
    f"{SALSA}/state?to=cancelled", "/organize/texts", "/organize/goals", "/organize/places", "/organize/new-place",
    "/organize/new-festival", f"/organize/festivals/{FEST}/details", f"/organize/festivals/{FEST}/schedule",
    f"/organize/festivals/{FEST}/acts", f"/organize/festivals/{FEST}/preview", "/organize/calendar", "/organize/sheets",
    f"/organize/festivals/{FEST}/state?to=postponed", "/organize/offers", "/organize/offers/new", "/organize/gates",
    "/organize/claims", "/organize/partners", "/organize/applications", "/organize/money",
    "/organize/outbox", "/organize/people", "/organize/audit", "/account", f"/organize/festivals/{FEST}/map",
    "/organize/calendar?view=week&on=2027-06-12&acts=yes", "/organize/calendar?view=agenda",
    "/organize/calendar/hours/museum", "/organize/places/amc", "/organize/places/amc/pictures",
    f"/organize/festivals/{FEST}/pictures", f"/organize/festivals/{FEST}/schedule/1",
    f"/organize/festivals/{FEST}/schedule/2", f"/organize/festivals/{FEST}/schedule/2/acts/s04",
    f"/organize/festivals/{FEST}/schedule/2/publish", f"/organize/festivals/{FEST}/today",
    f"/organize/festivals/{FEST}/running-order", f"/organize/festivals/{FEST}/mc-sheet",
    f"/organize/festivals/{FEST}/chase", f"/organize/festivals/{FEST}/plan?space=1",
    f"/organize/festivals/{FEST}/placing?propose=yes",
)  # fmt: skip


@pytest.fixture
async def city(database: Settings) -> None:
    """The demo year; one engine is enough for what a page looks like."""
    if not database.on_sqlite:
        pytest.skip("pages are the same on both databases")
    await seed_programme(DEMO_PROGRAMME.read_text(encoding="utf-8"))


async def save_pages(client: httpx2.AsyncClient, paths: tuple[str, ...], folder: Path) -> None:
    """Each page in both directions, under a name that tells which."""
    for language in ("en", "ar"):
        for number, path in enumerate(paths):
            answer = await client.get(f"/{language}{path}")
            assert answer.status_code == (404 if path == MISSING else 200), f"{path}: {answer.status_code}"
            name = "".join(c if c.isalnum() else "-" for c in path)[:60]
            (folder / f"{language}-{number:02}{name}.html").write_text(answer.text, encoding="utf-8")


def faults_in(folder: Path) -> dict[str, list[str]]:
    """What the validator says of each page in `folder`."""
    node = find_node()
    if node is None or not installed(node):
        pytest.skip("no Node packages here: run `npm ci` in tests/conformance/consumers")
    command = [node, str(HERE / "node_modules" / "html-validate" / "bin" / "html-validate.mjs")]
    command += [
        "--config",
        str(HERE / "html-validate.json"),
        "--formatter",
        f"json={folder}/found.json",
        f"{folder}/*.html",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, cwd=HERE)
    assert (folder / "found.json").exists(), done.stderr[-2000:]
    found: list[dict[str, Any]] = json.loads((folder / "found.json").read_text(encoding="utf-8"))
    return {
        Path(page["filePath"]).name: [f"{one['line']}: {one['ruleId']}: {one['message']}" for one in page["messages"]]
        for page in found
        if page["messages"]
    }


@pytest.mark.usefixtures("city")
async def test_public_pages_are_valid(client: httpx2.AsyncClient, tmp_path: Path) -> None:
    offer = await Offer.all().order_by("id").first()
    assert offer
    await save_pages(client, (*PUBLIC, f"/claim/{offer.id}"), tmp_path)
    assert faults_in(tmp_path) == {}


@pytest.mark.usefixtures("city")
async def test_staff_pages_are_valid(client: httpx2.AsyncClient, sign_in: Any, tmp_path: Path) -> None:
    await sign_in("owner")
    offer, festival = await Offer.all().order_by("id").first(), await Festival.get(slug=FEST)
    act, date = await Act.filter(festival_id=festival.id).first(), await Occurrence.all().order_by("id").first()
    assert offer
    assert act
    assert date
    helpers = await Series.get(program__slug="vendor-application-help-desk-with-interpreters")
    more = (
        f"/organize/offers/{offer.id}", f"/organize/offers/{offer.id}/edit", f"/organize/offers/{offer.id}/counter",
        f"/organize/offers/{offer.id}/messages", f"/organize/offers/{offer.id}/guests",
        f"/organize/festivals/{FEST}/acts/{act.slug}", f"/organize/texts/act/{act.id}",
        f"/organize/attendance/{offer.occurrence_id}", f"/organize/occurrences/{date.id}",
        f"/organize/calendar/dates/{date.id}", f"/organize/series/{helpers.id}",
    )  # fmt: skip
    await save_pages(client, (*STAFF, *more), tmp_path)
    assert faults_in(tmp_path) == {}


def test_a_fault_would_be_seen(tmp_path: Path) -> None:
    page = "<!doctype html><html lang=en><title>x</title><body><ul><p>no item</p></ul><img src=x></body></html>"
    (tmp_path / "wrong.html").write_text(page)
    told = " ".join(faults_in(tmp_path)["wrong.html"])
    assert "element-permitted-content" in told
    assert "wcag/h37" in told
