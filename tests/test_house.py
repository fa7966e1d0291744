"""The house itself: it starts, describes itself, and lets nobody through an undeclared door."""

from __future__ import annotations

from dataclasses import fields

import httpx2

from festival.app import all_routes
from festival.database.schema import find_drift
from festival.kit.web.routes import Door
from festival.settings import Settings
from tests.live import ROOT


async def test_alive_and_ready(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/healthz")).json() == {"status": "alive"}
    ready = await client.get("/readyz")
    assert ready.status_code == 200, ready.text


async def test_a_stranger_path_is_answered_in_words(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/no/such/page")
    assert answer.status_code == 404
    assert "There is nothing here" in answer.text
    problem = await client.get("/api/v1/no-such")
    assert problem.headers["content-type"] == "application/problem+json"
    assert problem.json()["code"] == "not_found"


async def test_the_strict_headers_stand_on_every_answer(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/no/such/page")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_every_route_is_a_door_that_says_who_may_pass() -> None:
    for route in all_routes():
        assert isinstance(route, Door), route
        for method in route.handlers:
            assert route.access_for(method).describe(), (method, route.path)


async def test_migrations_equal_the_models() -> None:
    assert await find_drift() == []


def test_every_setting_stands_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    names = [f"FESTIVAL_{field.name.upper()}" for field in fields(Settings)]
    assert [name for name in names if f"`{name}`" not in readme] == []
