"""What comes in and goes out: sizes, hostile bodies, headers, logs, numbers."""

from __future__ import annotations

import logging
from typing import Any

import httpx2
import pytest
from pydantic import BaseModel, ValidationError

from festival.accounts.models import Person
from festival.app import build_app
from festival.kit.i18n import put
from festival.kit.text import Line
from festival.kit.web import api as json_api
from festival.kit.web.forms import field_errors
from festival.settings import Settings

_HEADERS = (
    "content-security-policy", "x-content-type-options", "referrer-policy", "permissions-policy",
    "cross-origin-opener-policy",
)  # fmt: skip


async def test_a_body_above_its_cap_is_refused_before_it_is_read(client: httpx2.AsyncClient) -> None:
    big = await client.post("/sign-in", data={"email": "x" * 70_000})
    assert big.status_code == 413

    async def drip() -> Any:
        for _ in range(80):
            yield b"x" * 1000

    undeclared = await client.post("/sign-in", content=drip(), headers={"content-type": "text/plain"})
    assert undeclared.status_code in {413, 422}


@pytest.mark.parametrize(
    "name", ["a\x00b", "a\x07b", "\x1b[31m", "x" * 201, "a\x9fb"], ids=["nul", "bell", "escape", "long", "c1"]
)
async def test_a_text_that_cannot_be_kept_is_refused(client: httpx2.AsyncClient, sign_in: Any, name: str) -> None:
    person = await sign_in("")
    answer = await client.post("/account/profile", data={"name": name, "language": "en"})
    assert answer.status_code == 422
    assert (await Person.get(id=person.id)).name == "A person"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("\u202eevil\u202c Rosa", "evil Rosa"), ("O'Brien", "O'Brien"), ("Null", "Null"), ("夏祭り", "夏祭り"),
        ("Cafe\u0301", "Café"), ("'; DROP TABLE person; --", "'; DROP TABLE person; --"), ("{{ 7*7 }}", "{{ 7*7 }}"),
    ],
)  # fmt: skip
async def test_what_is_legitimate_comes_back_unchanged(
    client: httpx2.AsyncClient, sign_in: Any, typed: str, kept: str
) -> None:
    person = await sign_in("")
    assert (await client.post("/account/profile", data={"name": typed, "language": "en"})).status_code == 303
    assert (await Person.get(id=person.id)).name == kept
    assert "49" not in (await client.get("/account")).text.split("<h2>")[1]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe", b'{"a": 1, "a": 2}', b"[" * 100_000, b'{"a":' * 20 + b"1" + b"}" * 20, b'{"a": NaN}'],
    ids=["empty", "cut", "bytes", "twice", "brackets", "deep", "nan"],
)
async def test_json_that_plays_tricks_is_a_bad_request(body: bytes) -> None:
    from starlette.requests import Request

    from festival.kit.errors import BadRequest

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    scope = {"type": "http", "method": "POST", "headers": [(b"content-type", b"application/json")]}
    with pytest.raises(BadRequest):
        await json_api.read_json(Request(scope, receive))


@pytest.mark.parametrize("body", [b"email=%ED%A0%80", b"email=%FF%FE", b"email[]=x", b"&&&=", b"email=" + b"%00" * 50])
async def test_forms_in_odd_bytes_are_no_failure_of_ours(client: httpx2.AsyncClient, body: bytes) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    for path in ("/sign-in", "/sign-in/password", "/sign-in/code"):
        answer = await client.post(path, content=body, headers=headers)
        assert 400 <= answer.status_code < 500, path
    multipart = {"content-type": "multipart/form-data; boundary=x"}
    for raw in (b"--x", b'--x\r\nContent-Disposition: form-data; name="email"\r\n\r\n\xff\xfe\r\n--x--\r\n'):
        answer = await client.post("/sign-in", content=raw, headers=multipart)
        assert 400 <= answer.status_code < 500


async def test_the_strict_headers_stand_also_on_a_failure_of_ours(
    database: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(*_: Any, **__: Any) -> Any:
        raise RuntimeError("boom")

    monkeypatch.setattr("festival.accounts.pages.signing_in.find_live_link", fail)
    transport = httpx2.ASGITransport(app=build_app(), client=("203.0.113.7", 5000))
    async with httpx2.AsyncClient(transport=transport, base_url=database.base_url) as browser:
        for path, status in (
            ("/sign-in/the-secret-of-rosa", 500),
            ("/sign-in", 200),
            ("/none", 404),
            ("/account", 303),
        ):
            answer = await browser.get(path)
            assert answer.status_code == status
            assert all(name in answer.headers for name in _HEADERS), path
            assert "strict-transport-security" not in answer.headers
            assert "boom" not in answer.text
    assert "the-secret-of-rosa" not in caplog.text


async def test_https_is_kept_to(database: Settings, with_settings: Any) -> None:
    chosen = with_settings(base_url="https://fest.example.org")
    transport = httpx2.ASGITransport(app=build_app())
    async with httpx2.AsyncClient(transport=transport, base_url=chosen.base_url) as browser:
        answer = await browser.get("/sign-in")
    assert answer.headers["strict-transport-security"].startswith("max-age=31536000")


async def test_the_log_has_one_line_without_secrets(
    client: httpx2.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "festival.access")
    await client.get("/am/sign-in/the-secret-of-rosa")
    await client.get("/no-such/the-secret-of-rosa")
    await client.get("/sign-in?next=/x-the-secret-of-rosa")
    lines = [record.getMessage() for record in caplog.records if record.name == "festival.access"]
    assert [line.rpartition(" ")[0] for line in lines] == [
        "method=GET path=/sign-in/{secret} status=410",
        "method=GET path=(no door) status=404",
        "method=GET path=/sign-in status=200",
    ]
    assert "the-secret-of-rosa" not in caplog.text


async def test_the_numbers_are_for_operators(client: httpx2.AsyncClient, staff_token: str, database: Settings) -> None:
    await client.get("/sign-in")
    assert (await client.get("/metrics")).status_code == 404
    shown = await client.get("/metrics", headers={"authorization": f"Bearer {staff_token}"})
    assert 'festival_requests_total{method="GET",route="/sign-in",status="200"}' in shown.text
    here = httpx2.ASGITransport(app=build_app(), client=("127.0.0.1", 5000))
    async with httpx2.AsyncClient(transport=here, base_url=database.base_url) as operator:
        assert (await operator.get("/metrics")).status_code == 200
        proxied = await operator.get("/metrics", headers={"x-forwarded-for": "203.0.113.9"})
        assert proxied.status_code == 404


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("", "This is needed."), ("   ", "This is needed."), ("x" * 201, "Use at most 200 characters.")],
)
def test_a_text_that_is_missing_or_too_long_is_named_as_such(typed: str, sentence: str) -> None:
    class Named(BaseModel):
        name: Line

    with pytest.raises(ValidationError) as caught:
        Named.model_validate({"name": typed})
    assert {name: put(words) for name, words in field_errors(caught.value).items()} == {"name": sentence}
