"""The command line: `festival serve`, `migrate`, `seed` and the rest."""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from festival.kit.web.access import Role, Scope
from festival.settings import Settings, SettingsWrong, export, settings

Command = Callable[[argparse.Namespace, Settings], Awaitable[int]]


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit status. Problems are told one sentence each, without a trace."""
    parsed = _parser().parse_args(arguments)
    try:
        chosen = settings()
        # `check` names these itself, beside what else is wrong.
        if parsed.command != "check" and (problems := chosen.problems()):
            raise SettingsWrong(problems)
        if parsed.command == "serve":
            return serve(parsed, chosen)
        return asyncio.run(_run(parsed.run, parsed, chosen))
    except SettingsWrong as error:
        return _complain(error.problems)
    except KeyboardInterrupt:
        return 130


async def _run(command: Command, parsed: argparse.Namespace, chosen: Settings) -> int:
    from festival.database.archive import ArchiveWrong
    from festival.database.bounds import BoundBroken
    from festival.database.schema import SchemaWrong

    try:
        return await command(parsed, chosen)
    except (SchemaWrong, BoundBroken, ArchiveWrong) as error:
        return _complain([str(error)])


def _complain(sentences: list[str]) -> int:
    for sentence in sentences:
        print(sentence, file=sys.stderr)
    return 2


def serve(parsed: argparse.Namespace, chosen: Settings) -> int:
    """Serve pages and API until told to stop; refuses to start on a database that is not ready."""
    import uvicorn

    from festival.database.schema import SchemaWrong, require_current

    if chosen.on_sqlite and parsed.workers > 1:
        return _complain(["SQLite serves one process: drop --workers, or set FESTIVAL_DATABASE_URL to PostgreSQL."])
    try:
        asyncio.run(require_current(chosen))
    except SchemaWrong as error:
        return _complain([str(error)])
    export({"RUN_WORKER": "0" if parsed.no_worker else "1"})
    uvicorn.run(
        "festival.app:build_server",
        factory=True,
        host=parsed.host,
        port=parsed.port,
        workers=parsed.workers,
        access_log=False,
        log_config=_log_config(),
        log_level="info",
        proxy_headers=bool(chosen.trusted_proxies),
        forwarded_allow_ips=chosen.trusted_proxies or None,
        server_header=False,
        timeout_graceful_shutdown=10,
        timeout_keep_alive=30,
        backlog=2048,
    )
    return 0


def _log_config() -> dict[str, Any]:
    """The server's logging, and ours beside it: one line per request, without secrets."""
    from uvicorn.config import LOGGING_CONFIG

    plain: dict[str, Any] = LOGGING_CONFIG
    ours = {"festival": {"handlers": ["default"], "level": "INFO", "propagate": False}}
    return {**plain, "loggers": {**plain["loggers"], **ours}}


async def worker(_: argparse.Namespace, chosen: Settings) -> int:
    """Run jobs until told to stop."""
    from festival.app import HANDLERS, REGULAR, wire
    from festival.database import connected
    from festival.database.schema import require_current
    from festival.jobs.worker import run_worker

    await require_current(chosen)
    wire(chosen)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    async with connected(chosen):
        await run_worker(HANDLERS, stop, REGULAR)
    return 0


async def migrate(_: argparse.Namespace, chosen: Settings) -> int:
    """Bring the database up to this release."""
    from festival.database.schema import migrate as migrate_database

    applied = await migrate_database(chosen, print)
    print(f"{len(applied)} migrations applied." if applied else "The database is up to date.")
    return 0


async def seed(parsed: argparse.Namespace, chosen: Settings) -> int:
    """Load a programme file, all of it or nothing; every error is named by its line."""
    from events.programme.actions import AlreadyLoaded
    from festival.app import wire
    from festival.database import connected
    from festival.database.schema import require_current
    from festival.kit.documents import DocumentWrong
    from festival.kit.errors import Refusal
    from festival.kit.i18n import put
    from festival.seeding.actions import DEMO_PROGRAMME, add_demo_people, seed_programme
    from festival.seeding.demo_pictures import add_demo_pictures
    from festival.seeding.demo_tickets import add_demo_tickets
    from festival.seeding.past_years import add_past_years

    await require_current(chosen)
    wire(chosen)
    try:
        text = (parsed.file or DEMO_PROGRAMME).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return _complain([f"{parsed.file} cannot be read: {error}."])
    async with connected(chosen):
        try:
            print((await seed_programme(text)).sentence())
        except AlreadyLoaded as refusal:
            if not parsed.unless_loaded:
                return _complain([put(refusal.words)])
            print("The programme is loaded already.")
        except DocumentWrong as wrong:
            return _complain([f"line {e.line}: {e.place}: {put(e.message)}" for e in wrong.errors])
        try:
            for email, role in await add_demo_people(chosen) if parsed.demo_people else []:
                print(f"{email:24} {role}")
            if parsed.demo_people:
                await add_past_years()
                await add_demo_pictures()
            if parsed.demo_people and (tickets := await add_demo_tickets()):
                print(f"{tickets} tickets are taken.")
        except Refusal as refusal:
            return _complain([put(refusal.words)])
    return 0


async def check(_: argparse.Namespace, chosen: Settings) -> int:
    """Say everything that is misconfigured."""
    from festival.office.check import list_faults, list_notes

    faults = await list_faults(chosen)
    for note in list_notes(chosen):
        print(f"Note: {note}")
    if not faults:
        print("Everything is set up.")
    return _complain(faults) if faults else 0


async def backup(parsed: argparse.Namespace, chosen: Settings) -> int:
    """Copy data and uploads into one file while the service runs."""
    from festival.database.archive import back_up, media_folder

    size = await back_up(chosen, parsed.file)
    print(f"{parsed.file}: {size:,} bytes. Keep FESTIVAL_SECRET_KEY with it: tickets are signed with that key.")
    if media_folder(chosen) is None:
        print("Uploads lie in the store that FESTIVAL_MEDIA_URL names, and are not in this file.")
    return 0


async def restore(parsed: argparse.Namespace, chosen: Settings) -> int:
    """Bring a backup back into an empty database."""
    from festival.database.archive import restore as bring_back

    await bring_back(chosen, parsed.file)
    print("Restored.")
    return 0


async def routes(_: argparse.Namespace, __: Settings) -> int:
    """Print every method and path, and who may call it."""
    from festival.app import all_routes
    from festival.kit.web.routes import Door

    for route in all_routes():
        if isinstance(route, Door):
            for method in route.handlers:
                print(f"{method:6} {route.path:50} {route.access_for(method).describe()}")
    return 0


async def add_user(parsed: argparse.Namespace, chosen: Settings) -> int:
    """Give somebody a role and print the link that signs them in for the first time."""
    from pydantic_core import PydanticCustomError

    from festival.accounts.actions import ensure_person, grant_role
    from festival.database import connected
    from festival.kit.text import clean_email
    from festival.kit.web.access import NOBODY

    try:
        email = clean_email(parsed.email)
    except PydanticCustomError as error:
        return _complain([error.message()])
    async with connected(chosen):
        person = await ensure_person(email)
        await grant_role(person.id, parsed.role, NOBODY)
    print(f"{email} is now {parsed.role}. They sign in at {chosen.base_url}/sign-in with a link by e-mail.")
    return 0


async def add_token(parsed: argparse.Namespace, chosen: Settings) -> int:
    """Make an API token; it is shown this once."""
    from festival.accounts.actions import issue_api_token
    from festival.database import connected
    from festival.kit.web.access import NOBODY

    async with connected(chosen):
        secret = await issue_api_token(parsed.name, parsed.scope, NOBODY)
    print(secret)
    return 0


async def take_mail(parsed: argparse.Namespace, chosen: Settings) -> int:
    """Take one mail from standard input into its thread. Answers mail servers by their exit codes (sysexits.h)."""
    from tortoise.exceptions import BaseORMException

    from festival.app import wire
    from festival.database import connected
    from festival.database.schema import SchemaWrong, require_current
    from vendors.messages.replies import LARGEST, Taken, take_reply

    raw = sys.stdin.buffer.read(LARGEST + 1)
    if len(raw) > LARGEST:
        print(f"The mail is larger than {LARGEST // 1024**2} MB and was not taken.", file=sys.stderr)
        return os.EX_DATAERR
    try:
        await require_current(chosen)
        wire(chosen)
        async with connected(chosen):
            became = await take_reply(raw, parsed.to)
    except (BaseORMException, SchemaWrong, OSError) as error:
        print(f"Try again later: {error}", file=sys.stderr)
        return os.EX_TEMPFAIL
    print(became)
    return os.EX_NOUSER if became is Taken.UNKNOWN else os.EX_OK


async def add_device(parsed: argparse.Namespace, chosen: Settings) -> int:
    """Make a gate device: its token for a script, and a code for a phone; each is shown this once."""
    from festival.app import wire
    from festival.database import connected
    from festival.kit.clock import now
    from festival.kit.errors import NotFound
    from festival.kit.web.access import NOBODY
    from ticketing.gate.actions import add_device as add
    from ticketing.gate.actions import issue_enrolment_code
    from ticketing.gate.queries import get_gate, list_gates
    from ticketing.gate.rules import DEVICE_LASTS

    wire(chosen)
    until = now() + (dt.timedelta(hours=parsed.hours) if parsed.hours else DEVICE_LASTS)
    async with connected(chosen):
        try:
            gate = await get_gate(parsed.gate)
        except NotFound:
            known = ", ".join(each.slug for each in await list_gates()) or "none yet; load a programme with zones first"
            return _complain([f"There is no gate {parsed.gate!r}. The gates are: {known}."])
        enrolled = await add(gate, parsed.name, parsed.directions, until, NOBODY)
        code = await issue_enrolment_code(gate, parsed.name, parsed.directions, until, NOBODY)
    print(enrolled.token)
    local = f"{until.astimezone(chosen.zone):%Y-%m-%d %H:%M}"
    print(
        f"The line above is a device's token for {gate.name}, good until {local}.\n"
        f"For another phone, within a quarter of an hour: open {chosen.base_url}/gate#enrol={code}\n"
        f"or type {code} at {chosen.base_url}/gate.",
        file=sys.stderr,
    )
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="festival", description="Runs a city's festival and its year of programs.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, run: Command | None, text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(run=run)
        return command

    command = add("serve", None, "serve pages and API, with the job worker inside")
    command.add_argument("--workers", type=int, default=1, help="app processes (PostgreSQL only)")
    command.add_argument("--no-worker", action="store_true", help="leave the jobs to `festival worker`")
    command.add_argument("--host", default="127.0.0.1")
    command.add_argument("--port", type=int, default=8000)
    add("worker", worker, "run jobs: mail, payments, waitlists")
    add("migrate", migrate, "bring the database up to this release")
    command = add("seed", seed, "load a programme file: venues, festival, programs, applications")
    command.add_argument("file", nargs="?", type=Path, help="YAML; the demo year if left out")
    command.add_argument("--unless-loaded", action="store_true", help="a programme that is there is left as it is")
    command.add_argument("--demo-people", action="store_true", help="add demo accounts (on this machine only)")
    add("check", check, "say what is misconfigured")
    add("backup", backup, "copy data and uploads into FILE while running").add_argument("file", type=Path)
    add("restore", restore, "bring the backup FILE into an empty database").add_argument("file", type=Path)
    add("routes", routes, "print every path and who may call it")
    users = add("user", None, "people of the team").add_subparsers(required=True, metavar="COMMAND")
    command = users.add_parser("add", help="give somebody a role")
    command.add_argument("email")
    command.add_argument("--role", required=True, choices=[str(role) for role in Role])
    command.set_defaults(run=add_user)
    tokens = add("token", None, "API tokens").add_subparsers(required=True, metavar="COMMAND")
    command = tokens.add_parser("add", help="make a token, shown once")
    command.add_argument("--scope", required=True, action="append", choices=[str(scope) for scope in Scope])
    command.add_argument("--name", default="command line")
    command.set_defaults(run=add_token)
    devices = add("device", None, "phones at the gates").add_subparsers(required=True, metavar="COMMAND")
    command = devices.add_parser("add", help="make a gate device; its token is shown once")
    command.add_argument("--gate", required=True, help="the gate's slug, number or name")
    command.add_argument("--name", default="", help="whose phone it is")
    command.add_argument("--directions", default="both", choices=["both", "in", "out"])
    command.add_argument("--hours", type=int, default=0, help="how long it may scan (18 if not said)")
    command.set_defaults(run=add_device)
    mails = add("mail", None, "mail that comes in").add_subparsers(required=True, metavar="COMMAND")
    command = mails.add_parser("take", help="put one mail from standard input into its conversation")
    command.add_argument("--to", default="", help="the address it was delivered to, as the mail server knows it")
    command.set_defaults(run=take_mail)
    return parser


if __name__ == "__main__":
    sys.exit(main())
