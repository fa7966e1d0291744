"""Signing in: by link, by password, with a second factor; what a session is and when it ends."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
from typing import Any

import httpx2
import pyotp
import pytest

from festival.accounts import actions
from festival.accounts.models import Person, Session, SignInLink
from festival.accounts.queries import find_session_principal
from festival.accounts.rules import CONFIRMATION_LASTS, LINK_LASTS, LinkSpent, Purpose, find_totp_step
from festival.app import build_app
from festival.kit.clock import frozen_at, now
from festival.kit.web.access import NOBODY
from festival.kit.web.limits import configure_limits
from festival.mail.models import MailMessage
from festival.organisation.models import AuditEntry
from festival.settings import Settings

GOOD = "injera with lentils"
EMAIL = "rosa@example.org"


async def _mailed_path(run_jobs: Any) -> str:
    await run_jobs()
    letter = await MailMessage.filter(kind="sign_in").order_by("-id").first()
    assert letter
    found = re.search(r"http://localhost:8000(/\w+/sign-in/\S+)", letter.text)
    assert found
    return found.group(1)


async def test_a_link_signs_a_new_person_in_once(client: httpx2.AsyncClient, run_jobs: Any) -> None:
    asked = await client.post("/sign-in", data={"email": EMAIL, "next": "/account?x=1"})
    assert asked.headers["location"] == "/sign-in/sent"
    path = await _mailed_path(run_jobs)
    # A mail scanner opens the link; that spends nothing and makes nobody.
    for _ in range(2):
        assert EMAIL in (await client.get(path)).text
    assert await Person.all().count() == 0
    taken = await client.post(path)
    assert taken.status_code == 303
    assert taken.headers["location"] == "/en/account?x=1"
    cookie = taken.headers["set-cookie"]
    assert cookie.startswith("session=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert EMAIL in (await client.get("/account")).text
    client.cookies.clear()
    assert (await client.get(path)).status_code == 410
    assert (await client.post(path)).status_code == 410


async def test_the_secret_of_a_link_is_in_no_table_but_the_letter(client: httpx2.AsyncClient, run_jobs: Any) -> None:
    await client.post("/sign-in", data={"email": EMAIL})
    secret = (await _mailed_path(run_jobs)).rpartition("/")[2]
    link = await SignInLink.get(email=EMAIL)
    assert secret not in repr(dict(link))
    from festival.jobs.models import Job

    assert all(secret not in repr(job.payload) for job in await Job.all())


async def test_known_and_unknown_addresses_get_the_same_answer(client: httpx2.AsyncClient) -> None:
    known = await actions.ensure_person(EMAIL)
    await actions.set_password(known.id, GOOD)
    answers = [await client.post("/sign-in", data={"email": email}) for email in (EMAIL, "nobody@example.org")]
    assert {(a.status_code, a.headers["location"], a.text) for a in answers} == {(303, "/sign-in/sent", "")}
    wrong = [
        await client.post("/sign-in/password", data={"email": email, "password": "not the right one"})
        for email in (EMAIL, "none@example.org")
    ]
    assert [a.status_code for a in wrong] == [422, 422]
    assert wrong[0].text.replace(EMAIL, "") == wrong[1].text.replace("none@example.org", "")
    assert await AuditEntry.filter(action="sign_in.refused").count() == 2


async def test_one_of_many_at_once_spends_a_link(database: Settings) -> None:
    await actions.request_link(EMAIL, "")
    job = (await _jobs())[0]
    secret = actions.link_secret(job["nonce"])
    outcomes = await asyncio.gather(*(actions.redeem_link(secret) for _ in range(8)), return_exceptions=True)
    assert sum(isinstance(outcome, tuple) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, LinkSpent) for outcome in outcomes) == 7


async def _jobs() -> list[dict[str, Any]]:
    from festival.jobs.models import Job

    return [job.payload for job in await Job.filter(kind=actions.SEND_LINK)]


async def test_a_link_ends_after_half_an_hour_and_is_no_step(database: Settings) -> None:
    secret = await actions.make_step(EMAIL, Purpose.SECOND_FACTOR, "")
    with pytest.raises(LinkSpent):
        await actions.redeem_link(secret)
    await actions.request_link(EMAIL, "")
    secret = actions.link_secret((await _jobs())[0]["nonce"])
    with frozen_at(now() + LINK_LASTS), pytest.raises(LinkSpent):
        await actions.redeem_link(secret)


async def test_one_address_gets_five_letters_an_hour(client: httpx2.AsyncClient, run_jobs: Any) -> None:
    answers = [await client.post("/sign-in", data={"email": EMAIL}) for _ in range(8)]
    assert {a.status_code for a in answers} == {303}
    await run_jobs()
    assert await MailMessage.filter(recipient=EMAIL).count() == 5


@pytest.mark.parametrize("next_path", ["https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example"])
async def test_signing_in_leads_only_to_our_own_paths(client: httpx2.AsyncClient, next_path: str) -> None:
    person = await actions.ensure_person(EMAIL)
    await actions.set_password(person.id, GOOD)
    form = {"email": EMAIL, "password": GOOD, "next": next_path}
    taken = await client.post("/sign-in/password", data=form)
    assert taken.headers["location"] == "/account"
    assert "evil" not in (await client.get("/sign-in", params={"next": next_path})).text.split("</header>")[1]


async def test_signing_in_renews_the_session(client: httpx2.AsyncClient, sign_in: Any) -> None:
    person = await sign_in("", email=EMAIL)
    await actions.set_password(person.id, GOOD)
    await sign_in("", email=EMAIL)
    before = client.cookies["session"]
    taken = await client.post("/sign-in/password", data={"email": EMAIL, "password": GOOD})
    assert taken.status_code == 303
    assert taken.cookies["session"] != before
    assert await find_session_principal(before) is None


async def test_a_second_factor_is_asked_for_and_each_code_works_once(client: httpx2.AsyncClient) -> None:
    person = await actions.ensure_person(EMAIL)
    await actions.set_password(person.id, GOOD)
    secret = pyotp.random_base32()
    await Person.filter(id=person.id).update(totp_secret=secret)
    code = pyotp.TOTP(secret).at(now())

    async def step() -> str:
        page = await client.post("/sign-in/password", data={"email": EMAIL, "password": GOOD})
        assert page.status_code == 200
        assert "set-cookie" not in page.headers
        found = re.search(r'name="step" value="([^"]+)"', page.text)
        assert found
        return found.group(1)

    wrong = await client.post("/sign-in/code", data={"step": await step(), "code": "000000"})
    assert wrong.status_code == 422
    assert "wrong or was used" in wrong.text
    right = await client.post("/sign-in/code", data={"step": await step(), "code": code})
    assert right.status_code == 303
    client.cookies.clear()
    again = await client.post("/sign-in/code", data={"step": await step(), "code": code})
    assert again.status_code == 422


def test_codes_of_neighbouring_steps_are_taken_and_no_others() -> None:
    secret, at = pyotp.random_base32(), dt.datetime(2027, 6, 12, 17, 0, tzinfo=dt.UTC)
    at_step = int(at.timestamp()) // 30
    for steps in (-2, -1, 0, 1, 2):
        code = pyotp.TOTP(secret).at(at + dt.timedelta(seconds=30 * steps))
        assert find_totp_step(secret, code, at) == (at_step + steps if abs(steps) < 2 else None)
    assert find_totp_step(secret, "１２３４５６", at) is None


async def test_staff_that_the_world_can_reach_must_enrol_first(database: Settings, with_settings: Any) -> None:
    chosen = with_settings(base_url="https://fest.example.org")
    person = await actions.ensure_person(EMAIL)
    await actions.grant_role(person.id, "organizer", NOBODY)
    await actions.set_password(person.id, GOOD)
    transport = httpx2.ASGITransport(app=build_app(), client=("203.0.113.7", 5000))
    async with httpx2.AsyncClient(transport=transport, base_url=chosen.base_url) as browser:
        page = await browser.post("/sign-in/password", data={"email": EMAIL, "password": GOOD})
        assert "set-cookie" not in page.headers
        step = re.search(r'name="step" value="([^"]+)"', page.text)
        assert step
        secret = actions.proposed_totp_secret(person, step.group(1))
        assert secret[:4] in page.text
        wrong = await browser.post("/sign-in/enrol", data={"step": step.group(1), "code": "12"})
        assert wrong.status_code == 422
        code = pyotp.TOTP(secret).at(now())
        done = await browser.post("/sign-in/enrol", data={"step": step.group(1), "code": code})
        assert done.headers["location"] == "/organize"
        assert done.headers["set-cookie"].startswith("__Host-session=")
        assert "Secure" in done.headers["set-cookie"]
        assert "Path=/" in done.headers["set-cookie"]
    assert (await Person.get(id=person.id)).totp_secret == secret


async def test_a_session_ends_when_idle_and_at_its_limit(database: Settings) -> None:
    owner, applicant = await actions.ensure_person("o@example.org"), await actions.ensure_person(EMAIL)
    await actions.grant_role(owner.id, "owner", NOBODY)
    staff, plain = await actions.start_session(owner.id), await actions.start_session(applicant.id)
    with frozen_at(now() + dt.timedelta(hours=13)):
        assert await find_session_principal(staff) is None
        assert await actions.recognise_session(plain)
    with frozen_at(now() + dt.timedelta(days=14)):  # seen thirteen hours in, so not idle for two weeks yet
        assert await find_session_principal(plain)
    with frozen_at(now() + dt.timedelta(days=61)):
        await Session.all().update(seen_at=now())
        assert await find_session_principal(plain) is None


async def test_being_seen_is_noted_once_a_minute(database: Settings) -> None:
    person = await actions.ensure_person(EMAIL)
    cookie = await actions.start_session(person.id)
    began = (await Session.get(person_id=person.id)).seen_at
    with frozen_at(began + dt.timedelta(seconds=59)):
        await actions.recognise_session(cookie)
    assert (await Session.get(person_id=person.id)).seen_at == began
    with frozen_at(began + dt.timedelta(seconds=61)):
        await actions.recognise_session(cookie)
    assert (await Session.get(person_id=person.id)).seen_at == began + dt.timedelta(seconds=61)


async def test_tries_are_limited_by_address_block_and_by_account(client: httpx2.AsyncClient) -> None:
    configure_limits(1)
    form = {"email": EMAIL, "password": "x"}
    answers = [(await client.post("/sign-in/password", data=form)) for _ in range(10)]
    assert [a.status_code for a in answers] == [422] * 8 + [429] * 2
    assert answers[-1].headers["retry-after"]
    others = [(await client.post("/sign-in", data={"email": f"n{n}@example.org"})).status_code for n in range(12)]
    assert others[-1] == 429


async def test_signing_out_ends_the_session(client: httpx2.AsyncClient, sign_in: Any) -> None:
    await sign_in("")
    cookie = client.cookies["session"]
    assert (await client.post("/sign-out")).status_code == 303
    assert await find_session_principal(cookie) is None
    assert (await client.get("/account")).headers["location"] == "/sign-in?next=/account"


async def test_what_cannot_be_taken_back_is_asked_for_again(client: httpx2.AsyncClient, sign_in: Any) -> None:
    owner = await sign_in("owner")
    await actions.set_password(owner.id, GOOD)
    await sign_in("owner")
    grant = {"email": "new@example.org", "role": "reviewer"}
    with frozen_at(now() + CONFIRMATION_LASTS):
        refused = await client.post("/organize/people", data=grant)
        assert refused.status_code == 403
        assert "/account/confirm?next=%2Forganize%2Fpeople" in refused.text
        assert await Person.get_or_none(email="new@example.org") is None
        wrong = await client.post("/account/confirm", data={"password": "no", "next": "/organize/people"})
        assert wrong.status_code == 422
        right = await client.post("/account/confirm", data={"password": GOOD, "next": "/organize/people"})
        assert right.headers["location"] == "/organize/people"
        assert (await client.post("/organize/people", data=grant)).status_code == 303
