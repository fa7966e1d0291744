"""The attendance report: sums that agree with the gates, small groups hidden, new and returning, paper and sheets."""

from __future__ import annotations

import io
from typing import Any

import httpx2
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from events.models import PlanGoal, Program
from festival.kit.clock import now
from festival.kit.sheets import read_sheet
from festival.organisation.models import AuditEntry
from ticketing.models import Claim, OfferQuestion
from ticketing.report.queries import get_report
from ticketing.report.rules import LEAST_TOLD, Count, count_returning, group_by

from .gatehouse import Site, build_site, enrol, issue_ticket, scan

sums = st.dictionaries(
    st.text("abcdef", min_size=1, max_size=2), st.tuples(st.integers(1, 12), st.floats(0, 1)), max_size=8
)


@given(sums)
def test_no_small_group_is_told_nor_can_be_worked_out(given_sums: dict[str, tuple[int, float]]) -> None:
    rows = [(key, Count(claimed, int(claimed * come))) for key, (claimed, come) in given_sums.items()]
    groups = group_by(rows)
    hidden = [group for group in groups if group.claimed is None]
    assert all(group.claimed is None or group.claimed >= LEAST_TOLD for group in groups)
    assert len(hidden) != 1 or len(groups) == 1
    assert {group.key for group in groups} == set(given_sums)


def test_a_household_is_new_once() -> None:
    assert count_returning([("a", 4), ("b", 2), ("a", 3)], frozenset()) == (6, 3)
    assert count_returning([("a", 4)], frozenset({"a"})) == (0, 4)


async def _come(client: httpx2.AsyncClient, site: Site, party: int, people: int, **facts: Any) -> None:
    phone, ticket = await enrol(site.north), await issue_ticket(site.offer, party=party)
    await Claim.filter(id=ticket.claim_id).update(**facts)
    if people:
        await scan(client, phone, ticket.token, people=people)


async def test_the_figures_are_those_of_the_gates(client: httpx2.AsyncClient) -> None:
    site = await build_site()
    goal = await PlanGoal.create(slug="together", title="Together", year=now().year, target_attendance=20)
    await Program.filter(id=site.occurrence.program_id).update(goal_id=goal.id)
    await _come(client, site, 6, 6, language="es", email="ana@example.org")
    await _come(client, site, 8, 5, language="am", email="ANA@example.org ".strip())
    await _come(client, site, 6, 0, language="es", email="")
    await _come(client, site, 2, 1, language="so", email="")
    await _come(client, site, 5, 5, state="live", email="bo@example.org")
    report = await get_report(site.occurrence.starts_on.year)
    assert report.total == Count(27, 17)
    assert [(group.key, group.claimed, group.arrived) for group in report.tables["area"]] == [("cultural", 27, 17)]
    languages = {group.key: (group.claimed, group.arrived) for group in report.tables["language"]}
    # Somali is too small to be told, and English is hidden with it: the total would tell.
    assert languages == {"es": (12, 6), "am": (8, 5), "so": (None, None), "en": (None, None)}
    assert report.tables["area"][0].no_show_percent == 37
    assert (report.new, report.returning) == (11, 5)
    assert [(one.title, one.target, one.arrived) for one in report.goals] == [("Together", 20, 17)]
    assert len(report.tables["month"]) == 12


async def test_postcodes_are_told_by_their_beginning_where_they_were_asked(client: httpx2.AsyncClient) -> None:
    site = await build_site()
    asked = await OfferQuestion.create(offer_id=site.offer.id, label="Your ZIP code")
    for postcode in ("80012", "80010-1", "80012"):
        await _come(client, site, 4, 4, facts={"answers": {str(asked.id): [postcode]}})
    report = await get_report(site.occurrence.starts_on.year)
    assert [(group.key, group.claimed) for group in report.tables["postcode"]] == [("800", 12)]


async def test_the_page_the_paper_and_the_sheets_agree(client: httpx2.AsyncClient, sign_in: Any) -> None:
    site = await build_site()
    await _come(client, site, 9, 7, language="vi")
    await sign_in("organizer")
    year = site.occurrence.starts_on.year
    page = (await client.get("/organize/attendance")).text
    assert "Vietnamese" in page
    assert ">7<" in page
    for form in ("csv", "xlsx"):
        answer = await client.get(f"/organize/attendance.{form}?year={year}")
        cells = [cell for line in read_sheet(answer.content).lines for cell in line.cells.values()]
        assert "Vietnamese" in cells
        assert f"attendance-{year}.{form}" in answer.headers["content-disposition"]
    paper = await client.get(f"/es/organize/attendance.pdf?year={year}")
    assert paper.headers["content-type"] == "application/pdf"
    assert any("vietnamita" in page.extract_text() for page in PdfReader(io.BytesIO(paper.content)).pages)
    assert await AuditEntry.filter(action="report.exported").count() == 3


async def test_a_year_without_tickets_says_so_and_strangers_see_nothing(
    client: httpx2.AsyncClient, sign_in: Any
) -> None:
    await sign_in("gate")
    assert (await client.get("/organize/attendance")).status_code == 403
    await sign_in("organizer")
    for asked in ("2031", "nonsense", "99999"):
        page = await client.get(f"/organize/attendance?year={asked}")
        assert page.status_code == 200
        assert "No tickets were taken" in page.text
