"""Calendars over https: the connection goes to the address that was checked, the certificate must be the name's own."""

from __future__ import annotations

import asyncio
import datetime as dt
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from calendar_feed.partners import fetching
from calendar_feed.partners.fetching import FetchRefused, fetch

WithSettings = Callable[..., object]
BODY = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


@dataclass
class Authority:
    """One that signs certificates, its own certificate in a file."""

    folder: Path
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    name: x509.Name = field(
        default_factory=lambda: x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A city's own authority")])
    )

    def sign(self, subject: x509.Name, key: ec.EllipticCurvePublicKey, host: str, *, ca: bool) -> bytes:
        """A certificate for `host`, as PEM."""
        at = dt.datetime.now(dt.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(at - dt.timedelta(hours=1))
            .not_valid_after(at + dt.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        )
        return builder.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    def own(self) -> Path:
        """The file of its own certificate."""
        path = self.folder / "authority.pem"
        path.write_bytes(self.sign(self.name, self.key.public_key(), "authority.example", ca=True))
        return path

    def server_context(self, host: str) -> ssl.SSLContext:
        """What a server of that name speaks with."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        kept = self.folder / f"{host}.pem"
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        kept.write_bytes(private + self.sign(subject, key.public_key(), host, ca=False))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(kept)
        return context


@dataclass
class Site:
    """A server on loopback; `names` are those that clients asked for when they connected."""

    port: int
    names: list[str | None]


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Authority]:
    """An authority that this machine trusts."""
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.own()))
    fetching.trusted.cache_clear()
    yield authority
    fetching.trusted.cache_clear()


async def serve(context: ssl.SSLContext) -> AsyncIterator[Site]:
    """One answer for whoever comes."""
    names: list[str | None] = []
    context.sni_callback = lambda _socket, name, _context: names.append(name)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(BODY) + BODY)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    yield Site(server.sockets[0].getsockname()[1], names)
    server.close()


async def test_the_certificate_is_checked_for_the_name_not_the_address(
    trusted: Authority, with_settings: WithSettings
) -> None:
    async for site in serve(trusted.server_context("localhost")):
        with_settings(fetch_allow=frozenset({f"localhost:{site.port}"}))
        assert (await fetch(f"https://localhost:{site.port}/feed.ics")).body == BODY
        assert site.names == ["localhost"]


async def test_a_certificate_for_another_name_is_refused(trusted: Authority, with_settings: WithSettings) -> None:
    async for site in serve(trusted.server_context("other.example")):
        with_settings(fetch_allow=frozenset({f"localhost:{site.port}"}))
        with pytest.raises(FetchRefused, match="could not be reached"):
            await fetch(f"https://localhost:{site.port}/feed.ics")


async def test_a_certificate_from_nobody_known_is_refused(
    trusted: Authority, tmp_path: Path, with_settings: WithSettings
) -> None:
    (tmp_path / "stranger").mkdir()
    async for site in serve(Authority(tmp_path / "stranger").server_context("localhost")):
        with_settings(fetch_allow=frozenset({f"localhost:{site.port}"}))
        with pytest.raises(FetchRefused, match="could not be reached"):
            await fetch(f"https://localhost:{site.port}/feed.ics")
