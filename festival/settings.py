"""The settings, and the only reader of the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

PREFIX = "FESTIVAL_"
DEVELOPMENT_KEY = "development-only-not-a-secret"
_LEAST_KEY = 32
# A token of 41 characters follows it, and a local part has 64 at most (RFC 5321, section 4.5.3.1.1).
_REPLY_ADDRESS = re.compile(r"[A-Za-z0-9._-]{1,23}@[A-Za-z0-9.-]+")
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class SettingsWrong(Exception):
    """One sentence per setting that cannot be used."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Settings:
    """What the environment says, read once. Every name stands in the README's table."""

    database_url: str = "sqlite://var/festival.sqlite3"
    secret_key: str = DEVELOPMENT_KEY
    base_url: str = "http://localhost:8000"
    media_url: str = "file://var/media"
    smtp_url: str = ""
    mail_from: str = ""
    stripe_secret_key: str = ""
    stripe_webhook_secret: str = ""
    stripe_api_base: str = ""
    time_zone: str = "America/Denver"
    trusted_proxies: str = ""
    rate_limit_scale: float = 1.0
    fetch_allow: frozenset[str] = frozenset()
    run_worker: bool = True
    # A folder with the city's certificate for Apple's passes: certificate.pem, key.pem, wwdr.pem.
    apple_pass: str = ""
    # The key file of a Google service account, and the issuer's number.
    google_wallet: str = ""
    google_wallet_issuer: str = ""
    # Where texts for phones and wishes for a line about the weather are sent, and who may tell us of bounces.
    sms_url: str = ""
    sms_secret: str = ""
    weather_url: str = ""
    mail_webhook_secret: str = ""
    # Where answers to letters about a message go, like reply@fest.example.org; a token is put after a plus.
    reply_address: str = ""
    # Where clamd looks at uploads: tcp://host:3310 or unix:///run/clamav/clamd.ctl.
    clamd_url: str = ""

    @property
    def zone(self) -> ZoneInfo:
        """The city's time zone."""
        return ZoneInfo(self.time_zone)

    @property
    def https(self) -> bool:
        """Whether people reach us by https."""
        return self.base_url.startswith("https://")

    @property
    def on_loopback(self) -> bool:
        """Whether only this machine reaches us: a trial or a test, not production."""
        return urlsplit(self.base_url).hostname in _LOOPBACK

    @property
    def origin(self) -> str:
        """Scheme, host and port of our addresses."""
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def on_sqlite(self) -> bool:
        """Whether the database is the embedded one."""
        return self.database_url.startswith("sqlite:")

    @property
    def sqlite_path(self) -> Path:
        """Where the embedded database lies."""
        return Path(self.database_url.removeprefix("sqlite://"))

    def problems(self) -> list[str]:
        """What keeps the service from starting, one sentence per setting; empty when all is well."""
        found: list[str] = []
        if not self.database_url.startswith(("sqlite://", "postgres://", "postgresql://")):
            found.append("FESTIVAL_DATABASE_URL must begin with sqlite:// or postgres://.")
        if not urlsplit(self.base_url).hostname or not self.base_url.startswith(("http://", "https://")):
            found.append("FESTIVAL_BASE_URL must be the whole address that people use, like https://fest.example.org.")
        elif not self.on_loopback:
            found += self._production_problems()
        if not self.media_url.startswith(("file://", "s3://")):
            found.append("FESTIVAL_MEDIA_URL must begin with file:// or s3://.")
        found += self._mail_problems()
        for name, url in (("SMS_URL", self.sms_url), ("WEATHER_URL", self.weather_url)):
            parts = urlsplit(url)
            if url and parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
                found.append(f"FESTIVAL_{name} must begin with https://.")
        clamd = urlsplit(self.clamd_url)
        host_or_path = {"tcp": clamd.hostname, "unix": clamd.path}.get(clamd.scheme)
        if self.clamd_url and not host_or_path:
            found.append("FESTIVAL_CLAMD_URL must begin with tcp://host or unix:///path.")
        if self.sms_url and not self.sms_secret:
            found.append("FESTIVAL_SMS_SECRET is needed beside FESTIVAL_SMS_URL: texts are signed with it.")
        if self.google_wallet and not self.google_wallet_issuer.isdigit():
            found.append("FESTIVAL_GOOGLE_WALLET_ISSUER must be the issuer's number, beside FESTIVAL_GOOGLE_WALLET.")
        if self.stripe_secret_key and not self.stripe_webhook_secret:
            found.append("FESTIVAL_STRIPE_WEBHOOK_SECRET is needed beside FESTIVAL_STRIPE_SECRET_KEY.")
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            found.append("FESTIVAL_TIME_ZONE must be a name of the IANA database, like America/Denver.")
        return found

    def _mail_problems(self) -> list[str]:
        found: list[str] = []
        if self.smtp_url and not self.smtp_url.startswith(("smtp://", "smtps://", "file://")):
            found.append("FESTIVAL_SMTP_URL must begin with smtp://, smtps:// or file://.")
        if self.reply_address and not _REPLY_ADDRESS.fullmatch(self.reply_address):
            found.append(
                "FESTIVAL_REPLY_ADDRESS must be one plain address like reply@fest.example.org, "
                "with 23 characters before the @ at most."
            )
        return found

    def _production_problems(self) -> list[str]:
        found: list[str] = []
        if not self.https:
            found.append(
                "FESTIVAL_BASE_URL must begin with https:// outside this machine: "
                "browsers give a camera and secure cookies to https only."
            )
        if self.secret_key == DEVELOPMENT_KEY:
            found.append("FESTIVAL_SECRET_KEY is not set: make one with `openssl rand -base64 48`.")
        elif len(self.secret_key) < _LEAST_KEY:
            found.append(f"FESTIVAL_SECRET_KEY must have at least {_LEAST_KEY} characters.")
        return found


def read_settings(environment: Mapping[str, str]) -> Settings:
    """The settings in `environment`; raises SettingsWrong on a value that cannot be read at all."""

    def text(name: str, otherwise: str) -> str:
        return environment.get(PREFIX + name, "").strip() or otherwise

    scale = text("RATE_LIMIT_SCALE", "1")
    try:
        rate_limit_scale = float(scale)
    except ValueError:
        raise SettingsWrong(["FESTIVAL_RATE_LIMIT_SCALE must be a number, like 1 or 100."]) from None
    plain = Settings()
    return Settings(
        database_url=text("DATABASE_URL", plain.database_url),
        secret_key=text("SECRET_KEY", plain.secret_key),
        base_url=text("BASE_URL", plain.base_url).rstrip("/"),
        media_url=text("MEDIA_URL", plain.media_url),
        smtp_url=text("SMTP_URL", ""),
        mail_from=text("MAIL_FROM", ""),
        stripe_secret_key=text("STRIPE_SECRET_KEY", ""),
        stripe_webhook_secret=text("STRIPE_WEBHOOK_SECRET", ""),
        stripe_api_base=text("STRIPE_API_BASE", ""),
        time_zone=text("TIME_ZONE", plain.time_zone),
        trusted_proxies=text("TRUSTED_PROXIES", ""),
        rate_limit_scale=rate_limit_scale,
        fetch_allow=frozenset(text("FETCH_ALLOW", "").replace(",", " ").split()),
        run_worker=text("RUN_WORKER", "1") != "0",
        apple_pass=text("APPLE_PASS", ""),
        google_wallet=text("GOOGLE_WALLET", ""),
        google_wallet_issuer=text("GOOGLE_WALLET_ISSUER", ""),
        sms_url=text("SMS_URL", ""),
        sms_secret=text("SMS_SECRET", ""),
        weather_url=text("WEATHER_URL", ""),
        mail_webhook_secret=text("MAIL_WEBHOOK_SECRET", ""),
        reply_address=text("REPLY_ADDRESS", ""),
        clamd_url=text("CLAMD_URL", ""),
    )


_chosen: list[Settings] = []


@cache
def _from_environment() -> Settings:
    return read_settings(os.environ)


def settings() -> Settings:
    """The settings of this process."""
    return _chosen[-1] if _chosen else _from_environment()


def use_settings(chosen: Settings | None) -> None:
    """Use `chosen` instead of the environment's; None goes back. For the tests and the benchmarks."""
    _chosen[:] = [chosen] if chosen else []


def export(values: Mapping[str, str]) -> None:
    """Hand settings to the worker processes that `festival serve` starts."""
    os.environ.update({PREFIX + name: value for name, value in values.items()})
    _from_environment.cache_clear()
