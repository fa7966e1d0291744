"""Fixtures that every room's tests share: a database of each kind, the app over it, people signed in.

`database` runs a test twice, on SQLite and on a real PostgreSQL that the suite starts itself.
Schemas are built by the migrations, once per session, and copied for each test.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import pytest

from festival.accounts.actions import ensure_person, grant_role, issue_api_token, start_session
from festival.accounts.authentication import cookie_name
from festival.app import HANDLERS, build_app, wire
from festival.database import connected
from festival.database.schema import migrate
from festival.jobs.worker import run_all_due
from festival.kit import i18n
from festival.kit.secrets import derive, digest
from festival.kit.web.access import NOBODY
from festival.settings import Settings, use_settings
from tests.postgres import find_postgres

ENGINES = ("sqlite", "postgres")
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Templates:
    """The migrated databases that tests copy."""

    sqlite: Path
    postgres: str | None


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Templates]:
    """One migrated database of each kind."""
    folder = tmp_path_factory.mktemp("databases")
    file = folder / "template.sqlite3"
    asyncio.run(migrate(Settings(database_url=f"sqlite://{file}")))
    with find_postgres() as server:
        if server:
            asyncio.run(_migrate_template(server))
        yield Templates(file, server)


async def _migrate_template(server: str) -> None:
    connection = await asyncpg.connect(f"{server}/postgres")
    await connection.execute("DROP DATABASE IF EXISTS template_festival")
    await connection.execute("CREATE DATABASE template_festival")
    await connection.close()
    await migrate(Settings(database_url=f"{server}/template_festival"))


@asynccontextmanager
async def fresh_database(engine: str, templates: Templates, folder: Path) -> AsyncIterator[str]:
    """The URL of a fresh migrated database of `engine`, dropped afterwards."""
    if engine == "sqlite":
        file = folder / f"festival-{next(_numbers)}.sqlite3"
        shutil.copy(templates.sqlite, file)
        yield f"sqlite://{file}"
        return
    if templates.postgres is None:
        pytest.skip("no PostgreSQL to be had here: install the dev requirements or Debian's postgresql")
    name = f"t{os.getpid()}_{next(_numbers)}"
    admin = await asyncpg.connect(f"{templates.postgres}/postgres")
    try:
        await admin.execute(f"CREATE DATABASE {name} TEMPLATE template_festival STRATEGY FILE_COPY")
        yield f"{templates.postgres}/{name}"
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await admin.close()


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """sqlite or postgres."""
    return str(request.param)


@pytest.fixture
async def settings(engine: str, migrated: Templates, tmp_path: Path) -> AsyncIterator[Settings]:
    """Settings over a fresh database; mail stays in the outbox, limits are off."""
    async with fresh_database(engine, migrated, tmp_path) as url:
        chosen = Settings(
            database_url=url,
            secret_key="a-key-for-tests-only-0123456789abcdef",
            base_url="http://localhost:8000",
            media_url=f"file://{tmp_path}/media",
            rate_limit_scale=0,
            run_worker=False,
        )
        use_settings(chosen)
        wire(chosen)
        i18n.use_language("en")
        yield chosen
        use_settings(None)


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Settings]:
    """The open database."""
    async with connected(settings):
        yield settings


@pytest.fixture
async def client(database: Settings) -> AsyncIterator[httpx2.AsyncClient]:
    """Nobody in particular, with a browser's own-site headers."""
    transport = httpx2.ASGITransport(app=build_app(check_pages_every=0), client=("203.0.113.7", 5000))
    async with httpx2.AsyncClient(transport=transport, base_url=database.base_url) as browser:
        yield browser


@pytest.fixture
async def sign_in(client: httpx2.AsyncClient) -> Any:
    """`await sign_in("organizer")` signs the client in as a new person with that role; returns the person.

    `client.headers["x-csrf-token"]` is set, so that posted forms pass; "" as the role makes an applicant.
    """

    async def sign_in_as(role: str = "organizer", email: str = "") -> Any:
        person = await ensure_person(email or f"{role or 'applicant'}@example.org", name=f"A {role or 'person'}")
        if role:
            await grant_role(person.id, role, NOBODY)
        secret = await start_session(person.id)
        client.cookies.set(cookie_name(https=False), secret)
        from festival.settings import settings as chosen

        client.headers["x-csrf-token"] = derive(chosen().secret_key, "csrf", digest(secret))
        return person

    return sign_in_as


@pytest.fixture
async def staff_token(database: Settings) -> str:
    """An API token with every scope."""
    return await issue_api_token("tests", ["programs", "claims", "gate", "money"], NOBODY)


@pytest.fixture
def run_jobs(database: Settings) -> Any:
    """`await run_jobs()` runs every due job, as the worker would."""

    async def run() -> int:
        return await run_all_due(HANDLERS)

    return run


@pytest.fixture
def with_settings(settings: Settings) -> Any:
    """`with_settings(smtp_url=...)` changes settings for the rest of the test."""

    def change(**changes: Any) -> Settings:
        changed = replace(settings, **changes)
        use_settings(changed)
        return changed

    return change
