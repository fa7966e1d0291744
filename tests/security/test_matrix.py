"""Every door against every kind of asker: what its Access says is what happens."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx2
import pytest

from festival.accounts.actions import ensure_person, grant_role, issue_api_token, start_session
from festival.app import all_routes, build_app
from festival.kit.errors import Forbidden, NotSignedIn
from festival.kit.secrets import derive, digest
from festival.kit.web.access import NOBODY, Access, Kind, Principal, Role, Scope
from festival.kit.web.routes import Door
from festival.settings import Settings

_CALLS = [(route, method) for route in all_routes() if isinstance(route, Door) for method in route.handlers]
_ENDLESS = {"/api/v1/attendance/{occurrence}/stream"}


@dataclass(frozen=True)
class Asker:
    """Somebody, what they carry, and who the house takes them for."""

    name: str
    principal: Principal
    headers: dict[str, str] = field(default_factory=dict[str, str])


def verdict(access: Access, principal: Principal) -> str:
    """What `access` says of `principal`."""
    try:
        access.require(principal)
    except NotSignedIn:
        return "unknown"
    except Forbidden:
        return "forbidden"
    return "open"


async def _askers(key: str) -> list[Asker]:
    found = [Asker("nobody", NOBODY)]
    for role in ("", *Role):
        person = await ensure_person(f"{role or 'applicant'}@example.org")
        if role:
            await grant_role(person.id, role, NOBODY)
        cookie = await start_session(person.id)
        headers = {"cookie": f"session={cookie}", "x-csrf-token": derive(key, "csrf", digest(cookie))}
        roles = frozenset({str(role)} if role else ())
        found.append(Asker(role or "applicant", Principal(Kind.PERSON, person.id, roles=roles), headers))
    for scope in Scope:
        secret = await issue_api_token(scope, [scope], NOBODY)
        headers = {"authorization": f"Bearer {secret}"}
        found.append(Asker(f"token {scope}", Principal(Kind.TOKEN, scopes=frozenset({str(scope)})), headers))
    return found


def _address(path: str) -> str:
    plain = re.sub(r"{\w+:int}", "999999", path)
    return re.sub(r"{\w+(:\w+)?}", "none-such", plain)


@pytest.fixture
async def bare(database: Settings) -> AsyncIterator[httpx2.AsyncClient]:
    """A client that keeps no cookies between askers."""
    transport = httpx2.ASGITransport(app=build_app(), client=("203.0.113.7", 5000), raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url=database.base_url) as browser:
        yield browser


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_access_is_what_happens(bare: httpx2.AsyncClient, database: Settings) -> None:
    wrong: list[str] = []
    answered = 0
    for asker in await _askers(database.secret_key):
        for door, method in _CALLS:
            if door.path in _ENDLESS or (door.path in {"/sign-out", "/account/sessions/end-others"}):
                continue
            said = verdict(door.access_for(method), asker.principal)
            bare.cookies.clear()
            answer = await bare.request(method, _address(door.path), headers=asker.headers)
            code = answer.status_code
            closed = code == 401 or (code == 303 and "/sign-in?next=" in answer.headers.get("location", ""))
            # A handler behind an open door may refuse for reasons of its own, such as a secret that is none.
            fits = {"unknown": closed, "forbidden": code == 403, "open": not closed and code < 500}[said]
            if said == "open" and (door.access_for(method).own_secret or door.access_for(method).device):
                fits = code < 500
            answered += 1
            if not fits:
                wrong.append(f"{asker.name}: {method} {door.path} is {said} and answered {code}")
    assert wrong == []
    assert answered > 300


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_cookie_alone_changes_nothing(bare: httpx2.AsyncClient, database: Settings) -> None:
    owner = next(asker for asker in await _askers(database.secret_key) if asker.name == "owner")
    cookie = {"cookie": owner.headers["cookie"]}
    passed: list[str] = []
    for door, method in _CALLS:
        if method == "GET":
            continue
        for headers in (cookie, {**cookie, "x-csrf-token": "guess"}):
            answer = await bare.request(method, _address(door.path), headers=headers)
            if answer.status_code not in {401, 403}:
                passed.append(f"{method} {door.path}: {answer.status_code}")
    assert passed == []


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_another_sites_form_is_refused(bare: httpx2.AsyncClient, database: Settings) -> None:
    owner = next(asker for asker in await _askers(database.secret_key) if asker.name == "owner")
    for foreign in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}, {"origin": "null"}):
        for path in ("/sign-in", "/organize/people", "/account/profile"):
            answer = await bare.post(path, headers={**owner.headers, **foreign}, data={"email": "x@example.org"})
            assert answer.status_code == 403, (path, foreign)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_bearer_call_takes_no_cookie(bare: httpx2.AsyncClient, database: Settings) -> None:
    owner = next(asker for asker in await _askers(database.secret_key) if asker.name == "owner")
    for bearer in ("Bearer gfa_wrong", "bearer x", "Bearer "):
        answer = await bare.get("/organize", headers={**owner.headers, "authorization": bearer})
        assert answer.headers.get("location") == "/sign-in?next=/organize"


def test_every_role_and_scope_of_a_door_exists() -> None:
    for door, method in _CALLS:
        access = door.access_for(method)
        assert access.roles <= set(Role), door.path
        assert access.scopes <= set(Scope), door.path
