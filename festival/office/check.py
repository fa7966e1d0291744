"""`festival check`: everything that is misconfigured, one sentence each."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import urlsplit

from festival.database.archive import media_folder
from festival.database.schema import SchemaWrong, require_current
from festival.kit.fonts import PACKAGES, missing_scripts
from festival.scanning.clamd import find_fault
from festival.settings import Settings
from ticketing.delivery.wallets import read_pass_signer, read_service_account

Probe = Callable[[Settings], Awaitable[str]]


async def _database(chosen: Settings) -> str:
    try:
        await require_current(chosen)
    except SchemaWrong as error:
        return str(error)
    return ""


async def _media(chosen: Settings) -> str:
    folder = media_folder(chosen)
    if folder is None:
        return ""
    place = folder if folder.is_dir() else next(path for path in folder.absolute().parents if path.is_dir())
    return "" if os.access(place, os.W_OK) else f"The folder of uploads, {folder}, cannot be written to."


async def _mail(chosen: Settings) -> str:
    parts = urlsplit(chosen.smtp_url)
    if parts.scheme not in {"smtp", "smtps"}:
        return ""
    port = parts.port or (465 if parts.scheme == "smtps" else 25)
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(parts.hostname, port), 5)
    except (OSError, TimeoutError):
        return f"The mail server {parts.hostname}:{port} of FESTIVAL_SMTP_URL cannot be reached."
    writer.close()
    return ""


async def _cards(chosen: Settings) -> str:
    if chosen.stripe_secret_key and not chosen.stripe_secret_key.startswith(("sk_test_", "sk_live_", "rk_")):
        return "FESTIVAL_STRIPE_SECRET_KEY must begin with sk_test_, sk_live_ or rk_."
    if chosen.stripe_webhook_secret and not chosen.stripe_webhook_secret.startswith("whsec_"):
        return "FESTIVAL_STRIPE_WEBHOOK_SECRET must begin with whsec_."
    if chosen.stripe_secret_key.startswith("sk_test_") and not chosen.on_loopback and not chosen.stripe_api_base:
        return "FESTIVAL_STRIPE_SECRET_KEY is a test key: no real card will be charged."
    return ""


async def _wallets(chosen: Settings) -> str:
    try:
        if chosen.apple_pass:
            read_pass_signer(chosen.apple_pass)
        if chosen.google_wallet:
            read_service_account(chosen.google_wallet)
    except (OSError, ValueError, LookupError) as error:
        return f"What FESTIVAL_APPLE_PASS or FESTIVAL_GOOGLE_WALLET names cannot be used: {error}."
    return ""


async def _scanner(chosen: Settings) -> str:
    return await find_fault(chosen.clamd_url) if chosen.clamd_url else ""


_PROBES: Sequence[Probe] = (_database, _media, _mail, _cards, _wallets, _scanner)


async def list_faults(chosen: Settings) -> list[str]:
    """What is misconfigured, one sentence each; empty when all is well."""
    return [*chosen.problems(), *filter(None, [await probe(chosen) for probe in _PROBES])]


def list_notes(chosen: Settings) -> list[str]:
    """What works and may surprise, one sentence each."""
    unprintable = ", ".join(missing_scripts())
    notes = {
        "No mail server is set: letters are kept in the outbox page for staff.": not chosen.smtp_url,
        "No Stripe key is set: fees are recorded as paid at the counter.": not chosen.stripe_secret_key,
        "No virus scanner is set: uploads are told by their content, pictures drawn anew, and not scanned.": (
            not chosen.clamd_url
        ),
        "Phones give a camera to https only: /gate scans with it on this machine alone.": not chosen.https,
        f"No font here has the letters of {unprintable}: tickets in these languages are printed without words. "
        f"On Debian, install {PACKAGES}.": bool(unprintable),
        "SQLite serves one process: take PostgreSQL when one is not enough.": chosen.on_sqlite,
    }
    return [note for note, applies in notes.items() if applies]
