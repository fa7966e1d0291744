"""The drill: a copy made while people write, brought back whole into an empty house, and into no other."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from festival.accounts.actions import ensure_person, grant_role
from festival.accounts.models import Person, RoleGrant
from festival.database import connected
from festival.database.archive import ArchiveWrong, back_up, restore
from festival.database.schema import require_current
from festival.kit.web.access import NOBODY
from festival.organisation.models import AuditEntry
from festival.settings import Settings, use_settings
from festival.storage.models import StoredFile
from festival.storage.store import keep_file, read_file
from tests.conftest import Templates, fresh_database


async def _fill() -> None:
    for name in ("O'Brien", "Null", "夏祭り", 'back\\slash " and\nline'):
        person = await ensure_person(f"{abs(hash(name))}@example.org", name=name)
        await grant_role(person.id, "reviewer", NOBODY)
    await keep_file(b"%PDF-1.7 certificate", "coi.pdf", "application/pdf", 1)


async def test_a_copy_made_under_load_comes_back_whole(
    engine: str, migrated: Templates, settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "backup.tar.gz"
    async with connected(settings):
        await _fill()
        acknowledged = await Person.all().order_by("id").values_list("email", "name")

        async def keep_writing() -> None:
            for number in range(40):
                await ensure_person(f"later{number}@example.org")

        await asyncio.gather(keep_writing(), back_up(settings, file))
        entries = await AuditEntry.all().count()
    assert file.stat().st_mode & 0o077 == 0
    async with fresh_database(engine, migrated, tmp_path) as url:
        other = replace(settings, database_url=url, media_url=f"file://{tmp_path}/other-media")
        await restore(other, file)
        await require_current(other)
        use_settings(other)
        async with connected(other):
            people = await Person.all().order_by("id").values_list("email", "name")
            assert people[: len(acknowledged)] == acknowledged
            assert await AuditEntry.all().count() == entries
            assert await RoleGrant.all().count() == 4
            assert await read_file(await StoredFile.all().get()) == b"%PDF-1.7 certificate"
            # Numbers go on after the highest.
            newest = await ensure_person("after@example.org")
            assert newest.id > len(people) - 1
        with pytest.raises(ArchiveWrong, match="not empty"):
            await restore(replace(other, media_url=f"file://{tmp_path}/third-media"), file)


async def test_what_is_no_backup_is_refused_in_a_sentence(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "not.tar.gz"
    file.write_bytes(b"hello")
    with pytest.raises(ArchiveWrong, match="is no backup"):
        await restore(settings, file)
    with pytest.raises(ArchiveWrong, match="is no backup"):
        await restore(settings, tmp_path / "missing.tar.gz")
