"""Passwords: which are taken, how they are kept, what a change of one ends."""

from __future__ import annotations

import pytest

from festival.accounts.actions import ensure_person, set_password, start_session
from festival.accounts.models import Person
from festival.accounts.passwords import check_password, hash_password
from festival.accounts.queries import find_session_principal
from festival.accounts.rules import find_password_fault
from festival.kit.errors import Invalid
from festival.settings import Settings


@pytest.mark.parametrize(
    "password",
    [
        "short", "password1234", "P@ssword!!2026", "123456789012", "qwertyuiop[]12", "aaaaaaaaaaaaaaa", "abababababab",
        "zyxwvutsrqponm", "rosa.marquez@example.org", "rosa-marquez-1", "x" * 300,
    ],
)  # fmt: skip
def test_an_easy_password_is_refused(password: str) -> None:
    assert find_password_fault(password, "rosa.marquez@example.org")


@pytest.mark.parametrize("password", ["injera with lentils", "夏祭りの夜は花火がきれい", "tamales-and-kimchi-1"])
def test_a_good_password_is_taken(password: str) -> None:
    assert find_password_fault(password, "rosa.marquez@example.org") is None


async def test_a_password_is_kept_as_argon2id_and_found_again_however_it_was_composed() -> None:
    kept = await hash_password("caf\u00e9 con leche y pan")
    assert kept.startswith("$argon2id$")
    assert await check_password("cafe\u0301 con leche y pan", kept)
    assert not await check_password("cafe con leche y pan", kept)
    assert not await check_password("nobody has this password", "")


async def test_setting_a_password_ends_the_sessions_and_a_weak_one_changes_nothing(database: Settings) -> None:
    person = await ensure_person("rosa.marquez@example.org")
    session = await start_session(person.id)
    with pytest.raises(Invalid):
        await set_password(person.id, "password1234")
    assert await find_session_principal(session)
    await set_password(person.id, "injera with lentils")
    assert await find_session_principal(session) is None
    assert await check_password("injera with lentils", (await Person.get(id=person.id)).password_hash)
