"""The commands as an operator runs them: refusals in one sentence each, status 2, no trace."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import Templates

ROOT = Path(__file__).parents[2]
KEY = "a-key-for-tests-only-0123456789abcdef"


def run(*arguments: str, folder: Path, **values: str) -> subprocess.CompletedProcess[str]:
    """Run `festival` with a database of its own and these settings."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("FESTIVAL_")}
    chosen = {"DATABASE_URL": f"sqlite://{folder}/festival.sqlite3", "MEDIA_URL": f"file://{folder}/media", **values}
    return subprocess.run(
        [sys.executable, "-m", "festival", *arguments],
        env={**plain, **{f"FESTIVAL_{name}": value for name, value in chosen.items()}, "PYTHONPATH": str(ROOT)},
        cwd=folder, capture_output=True, text=True, timeout=60,
    )  # fmt: skip


def _migrated(migrated: Templates, folder: Path) -> Path:
    file = folder / "festival.sqlite3"
    file.write_bytes(migrated.sqlite.read_bytes())
    return file


@pytest.mark.parametrize(
    ("values", "sentences"),
    [
        (
            {"BASE_URL": "http://fest.example.org"},
            ["FESTIVAL_BASE_URL must begin with https://", "FESTIVAL_SECRET_KEY is not set"],
        ),
        ({"BASE_URL": "https://fest.example.org", "SECRET_KEY": "short"}, ["FESTIVAL_SECRET_KEY must have at least"]),
        ({"DATABASE_URL": "mysql://x", "TIME_ZONE": "Mars"}, ["FESTIVAL_DATABASE_URL must", "FESTIVAL_TIME_ZONE must"]),
        ({"RATE_LIMIT_SCALE": "many"}, ["FESTIVAL_RATE_LIMIT_SCALE must be a number"]),
        ({}, ["The database is not up to date: run `festival migrate`."]),
        ({"DATABASE_URL": "postgres://127.0.0.1:1/none"}, ["The database that FESTIVAL_DATABASE_URL names cannot be"]),
    ],
)
def test_serve_refuses_in_one_sentence_per_setting(
    tmp_path: Path, values: dict[str, str], sentences: list[str]
) -> None:
    ended = run("serve", "--port", "0", folder=tmp_path, **values)
    assert ended.returncode == 2, ended.stderr
    assert "Traceback" not in ended.stderr
    said = ended.stderr.strip().splitlines()
    assert len(said) == len(sentences)
    for sentence in sentences:
        assert any(line.startswith(sentence) for line in said), said


def test_serve_refuses_a_newer_database(tmp_path: Path, migrated: Templates) -> None:
    with closing(sqlite3.connect(_migrated(migrated, tmp_path))) as connection:
        connection.execute(
            "INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('app', '9999_later', CURRENT_TIMESTAMP)"
        )
        connection.commit()
    ended = run("serve", folder=tmp_path)
    assert (ended.returncode, ended.stderr.startswith("The database is newer than this release")) == (2, True)


def test_check_names_every_fault_and_what_may_surprise(tmp_path: Path, migrated: Templates) -> None:
    _migrated(migrated, tmp_path)
    well = run("check", folder=tmp_path, SECRET_KEY=KEY)
    assert well.returncode == 0, well.stderr
    assert "Everything is set up." in well.stdout
    assert "letters are kept in the outbox" in well.stdout
    ill = run(
        "check", folder=tmp_path, BASE_URL="http://fest.example.org", SMTP_URL="smtp://127.0.0.1:1",
        STRIPE_SECRET_KEY="pk_live_x", MEDIA_URL="file:///proc/none/media",
    )  # fmt: skip
    assert ill.returncode == 2
    assert "Traceback" not in ill.stderr
    for words in ("FESTIVAL_BASE_URL must", "mail server 127.0.0.1:1", "must begin with sk_test_", "SECRET_KEY is not"):
        assert words in ill.stderr, words


def test_a_backup_is_made_and_brought_back_by_command(tmp_path: Path, migrated: Templates) -> None:
    _migrated(migrated, tmp_path)
    added = run("user", "add", "rosa@example.org", "--role", "owner", folder=tmp_path)
    assert added.returncode == 0, added.stderr
    assert run("backup", str(tmp_path / "b.tar.gz"), folder=tmp_path).returncode == 0
    refused = run("restore", str(tmp_path / "b.tar.gz"), folder=tmp_path)
    assert (refused.returncode, refused.stderr.strip()) == (2, "The database is not empty: restore into a new one.")
    other = {"DATABASE_URL": f"sqlite://{tmp_path}/other.sqlite3"}
    assert run("restore", str(tmp_path / "b.tar.gz"), folder=tmp_path, **other).returncode == 0
    with closing(sqlite3.connect(tmp_path / "other.sqlite3")) as connection:
        assert connection.execute("SELECT email FROM person").fetchall() == [("rosa@example.org",)]
