"""The frame for other websites: only it may be framed, and it shows what its address asks for."""

from __future__ import annotations

import httpx2
import pytest

pytestmark = pytest.mark.usefixtures("year", "at_new_year")


async def test_only_the_widget_may_be_framed(client: httpx2.AsyncClient) -> None:
    framed = await client.get("/widget")
    assert "frame-ancestors *" in framed.headers["content-security-policy"]
    assert "default-src 'none'" in framed.headers["content-security-policy"]
    for path in ("/", "/calendar", "/calendar.ics", "/organize", "/widget.js"):
        answer = await client.get(path)
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"], path


async def test_it_shows_what_is_asked_for(client: httpx2.AsyncClient) -> None:
    arts = await client.get("/widget?area=arts&most=3")
    assert arts.text.count('class="event-row ') == 3
    assert "area--arts" in arts.text
    assert "area--sports" not in arts.text
    assert (await client.get("/widget?most=9999")).text.count('class="event-row ') == 6
    refused = await client.get("/widget?area=<script>")
    assert refused.status_code == 400
    assert "<script>”" not in refused.text
    assert "csrf" not in arts.text


async def test_its_line_is_on_the_page_that_makes_it(client: httpx2.AsyncClient) -> None:
    page = await client.get("/calendar?area=arts&area=sports&free=1")
    assert "data-area=&#34;arts,sports&#34; data-free=&#34;1&#34;" in page.text
    assert "/widget?area=arts&amp;amp;area=sports&amp;amp;free=1" in page.text
    script = await client.get("/widget.js")
    assert script.status_code == 302
    assert "createElement" in (await client.get(script.headers["location"])).text
