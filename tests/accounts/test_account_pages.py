"""The account page, people and roles, API tokens."""

from __future__ import annotations

import re
from typing import Any

import httpx2
import pyotp
import pytest

from festival.accounts import actions
from festival.accounts.models import ApiToken, Person, RoleGrant, Session
from festival.accounts.queries import find_session_principal, find_token_principal
from festival.kit.clock import now
from festival.organisation.models import AuditEntry

GOOD = "injera with lentils"


async def test_name_and_language_are_kept_as_typed(client: httpx2.AsyncClient, sign_in: Any) -> None:
    person = await sign_in("")
    for name in ("Siobhán O'Brien", "Null", "夏祭り", "<b>&amp;"):
        saved = await client.post("/account/profile", data={"name": name, "language": "am"})
        assert saved.status_code == 303
        assert (await Person.get(id=person.id)).name == name
    page = await client.get("/account")
    assert "&lt;b&gt;&amp;amp;" in page.text
    refused = await client.post("/account/profile", data={"name": "x" * 201, "language": "tlh"})
    assert refused.status_code == 422
    assert "x" * 201 in refused.text
    assert "Choose one of the answers offered." in refused.text
    assert (await Person.get(id=person.id)).name == "<b>&amp;"


async def test_unknown_fields_change_nothing(client: httpx2.AsyncClient, sign_in: Any) -> None:
    person = await sign_in("")
    form = {"name": "Rosa", "language": "es", "email": "other@example.org", "totp_secret": "x", "id": "1"}
    await client.post("/account/profile", data=form)
    after = await Person.get(id=person.id)
    assert (after.email, after.totp_secret, after.language) == (person.email, "", "es")


async def test_a_new_password_ends_every_other_session(client: httpx2.AsyncClient, sign_in: Any) -> None:
    person = await sign_in("")
    elsewhere = await actions.start_session(person.id, agent="Another phone")
    assert "Another phone" in (await client.get("/account")).text
    weak = await client.post("/account/password", data={"password": "password1234"})
    assert weak.status_code == 422
    assert await find_session_principal(elsewhere)
    assert (await client.post("/account/password", data={"password": GOOD})).status_code == 303
    assert await find_session_principal(elsewhere) is None
    assert (await client.get("/account")).status_code == 200
    wrong = await client.post("/account/password", data={"present": "no", "password": "kimchi and tamales"})
    assert wrong.status_code == 422
    right = await client.post("/account/password", data={"present": GOOD, "password": "kimchi and tamales"})
    assert right.status_code == 303


async def test_one_session_of_ones_own_can_be_ended_and_nobody_elses(client: httpx2.AsyncClient, sign_in: Any) -> None:
    stranger = await actions.ensure_person("stranger@example.org")
    theirs = await actions.start_session(stranger.id)
    person = await sign_in("")
    mine = await actions.start_session(person.id)
    for cookie in (theirs, mine):
        principal = await find_session_principal(cookie)
        assert principal
        await client.post("/account/sessions/end", data={"session": str(principal.session_id)})
    assert await find_session_principal(theirs)
    assert await find_session_principal(mine) is None


async def test_a_second_factor_is_kept_only_when_its_code_came_back(client: httpx2.AsyncClient, sign_in: Any) -> None:
    person = await sign_in("")
    page = await client.get("/account/second-factor")
    secret = actions.proposed_totp_secret(person, str((await Session.get(person_id=person.id)).id))
    assert f"secret={secret}" in page.text
    assert (await client.post("/account/second-factor", data={"code": "000 000"})).status_code == 422
    assert (await Person.get(id=person.id)).totp_secret == ""
    code = pyotp.TOTP(secret).at(now())
    assert (await client.post("/account/second-factor", data={"code": code})).status_code == 303
    assert (await Person.get(id=person.id)).totp_secret == secret
    await client.post("/account/second-factor/remove")
    assert (await Person.get(id=person.id)).totp_secret == ""


async def test_an_owner_gives_and_takes_roles_and_one_owner_stays(client: httpx2.AsyncClient, sign_in: Any) -> None:
    owner = await sign_in("owner")
    await client.post("/organize/people", data={"email": "jury@example.org", "name": "Jury", "role": "reviewer"})
    juror = await Person.get(email="jury@example.org")
    assert "jury@example.org" in (await client.get("/organize/people")).text
    await client.post("/organize/people/revoke", data={"person": str(juror.id), "role": "reviewer"})
    assert not await RoleGrant.filter(person_id=juror.id).exists()
    last = await client.post("/organize/people/revoke", data={"person": str(owner.id), "role": "owner"})
    assert last.status_code == 409
    assert await RoleGrant.filter(person_id=owner.id, role="owner").exists()
    changes = await AuditEntry.filter(actor_id=owner.id).order_by("id")
    assert [entry.action for entry in changes] == ["role.granted", "role.revoked"]
    assert {entry.address for entry in changes} == {"203.0.113.7"}


async def test_an_owner_lets_somebody_in_again(client: httpx2.AsyncClient, sign_in: Any) -> None:
    lost = await actions.ensure_person("lost@example.org")
    await actions.set_password(lost.id, GOOD)
    await Person.filter(id=lost.id).update(totp_secret="X", totp_last_step=5)
    cookie = await actions.start_session(lost.id)
    await sign_in("owner")
    await client.post("/organize/people/reset", data={"person": str(lost.id)})
    after = await Person.get(id=lost.id)
    assert (after.password_hash, after.totp_secret, after.totp_last_step) == ("", "", 0)
    assert await find_session_principal(cookie) is None
    assert (await client.post("/organize/people/reset", data={"person": "999999"})).status_code == 404


async def test_a_token_is_shown_once_kept_as_a_digest_and_revocable(client: httpx2.AsyncClient, sign_in: Any) -> None:
    await sign_in("owner")
    made = await client.post("/organize/tokens", data={"name": "Till", "scopes": ["money", "claims"], "days": "30"})
    found = re.search(r"gfa_[\w-]+", made.text)
    assert found
    secret = found.group()
    assert made.headers["cache-control"] == "no-store"
    principal = await find_token_principal(secret)
    assert principal
    assert principal.scopes == {"money", "claims"}
    assert secret not in (await client.get("/organize/tokens")).text
    await client.post("/organize/tokens/revoke", data={"token": str(principal.id)})
    assert await find_token_principal(secret) is None


@pytest.mark.parametrize("form", [{"name": "x", "scopes": "root"}, {"name": "x"}, {"name": "", "scopes": "money"}])
async def test_a_wrong_token_form_makes_nothing(client: httpx2.AsyncClient, sign_in: Any, form: dict[str, str]) -> None:
    await sign_in("owner")
    assert (await client.post("/organize/tokens", data=form)).status_code == 422
    assert await ApiToken.all().count() == 0
