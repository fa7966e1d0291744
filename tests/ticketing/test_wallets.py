"""Passes for the wallets of phones, checked as the phones would: by signature and form."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import io
import json
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.x509.oid import NameOID

from festival.office.check import list_faults
from festival.settings import Settings, read_settings
from tests.ticketing.holding import WORDS, make_occasion, take_ticket

_DAY = dt.timedelta(days=1)
_PEM = serialization.Encoding.PEM


def _certificate(
    names: dict[x509.ObjectIdentifier, str], issuer: x509.Name | None, key: rsa.RSAPrivateKey, by: rsa.RSAPrivateKey
) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(kind, value) for kind, value in names.items()])
    at = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder().subject_name(name).issuer_name(issuer or name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(at - _DAY).not_valid_after(at + _DAY)
        .add_extension(x509.BasicConstraints(issuer is None, None), critical=True).sign(by, hashes.SHA256())
    )  # fmt: skip


def _private(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


@pytest.fixture
def city_certificate(tmp_path: Path) -> Path:
    """A folder as the city would get it from Apple, made by an authority of our own."""
    above_key, key = (rsa.generate_private_key(65537, 2048) for _ in range(2))
    above = _certificate({NameOID.COMMON_NAME: "Worldwide Relations"}, None, above_key, above_key)
    names = {NameOID.USER_ID: "pass.org.city.fest", NameOID.ORGANIZATIONAL_UNIT_NAME: "TEAM123456"}
    certificate = _certificate(names, above.subject, key, above_key)
    (tmp_path / "certificate.pem").write_bytes(certificate.public_bytes(_PEM))
    (tmp_path / "key.pem").write_bytes(_private(key))
    (tmp_path / "wwdr.pem").write_bytes(above.public_bytes(_PEM))
    return tmp_path


async def test_apples_pass_is_whole_and_signed(
    client: httpx2.AsyncClient, with_settings: Any, city_certificate: Path, tmp_path: Path
) -> None:
    held = await take_ticket(client, await make_occasion(), name="Amina Yusuf")
    assert (await client.get(f"{held.path}/wallet.pkpass")).status_code == 404
    assert "Apple Wallet" not in (await client.get(held.path)).text
    with_settings(apple_pass=str(city_certificate))
    assert f"{held.path}/wallet.pkpass" in (await client.get(held.path)).text
    answer = await client.get(f"/am{held.path}/wallet.pkpass")
    assert answer.headers["content-type"] == "application/vnd.apple.pkpass"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as folder:
        files = {name: folder.read(name) for name in folder.namelist()}
    manifest = json.loads(files["manifest.json"])
    assert manifest == {
        name: hashlib.sha1(raw).hexdigest()  # noqa: S324 - Apple's format
        for name, raw in files.items()
        if name not in {"manifest.json", "signature"}
    }
    assert {"icon.png", "icon@2x.png", "pass.json"} <= manifest.keys()
    facts = json.loads(files["pass.json"])
    assert facts["barcodes"][0]["message"] == held.token
    assert (facts["passTypeIdentifier"], facts["teamIdentifier"]) == ("pass.org.city.fest", "TEAM123456")
    assert facts["eventTicket"]["primaryFields"][0]["value"] == WORDS["am"][0]
    assert b"Amina" not in files["pass.json"]
    for name in ("manifest.json", "signature"):
        (tmp_path / name).write_bytes(files[name])

    def verified() -> int:
        asked = "smime -verify -binary -inform DER -in signature -content manifest.json -CAfile wwdr.pem -purpose any"
        command = ["openssl", *asked.split(), "-out", "/dev/null"]
        return subprocess.run(command, cwd=tmp_path, capture_output=True).returncode

    assert verified() == 0
    (tmp_path / "manifest.json").write_bytes(files["manifest.json"] + b" ")
    assert verified() != 0


async def test_googles_link_is_signed_by_the_account(
    client: httpx2.AsyncClient, with_settings: Any, tmp_path: Path
) -> None:
    key = rsa.generate_private_key(65537, 2048)
    file = tmp_path / "account.json"
    file.write_text(json.dumps({"client_email": "fest@city.example", "private_key": _private(key).decode()}))
    held = await take_ticket(client, await make_occasion(), name="Amina Yusuf")
    assert (await client.get(f"{held.path}/google-wallet")).status_code == 404
    with_settings(google_wallet=str(file), google_wallet_issuer="3388000000012345678")
    answer = await client.get(f"{held.path}/google-wallet")
    assert answer.status_code == 303
    link = answer.headers["location"]
    assert link.startswith("https://pay.google.com/gp/v/save/")
    head, claims, signature = link.rsplit("/", 1)[1].split(".")

    def raw(part: str) -> bytes:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))

    key.public_key().verify(raw(signature), f"{head}.{claims}".encode(), PKCS1v15(), hashes.SHA256())
    told = json.loads(raw(claims))
    assert (told["iss"], told["aud"], told["typ"]) == ("fest@city.example", "google", "savetowallet")
    pass_ = told["payload"]["eventTicketObjects"][0]
    assert pass_["barcode"]["value"] == held.token
    assert pass_["classId"] == told["payload"]["eventTicketClasses"][0]["id"]
    assert b"Amina" not in raw(claims)
    await client.post(f"{held.path}/cancel", data={"sure": "yes"})
    assert (await client.get(f"{held.path}/google-wallet")).status_code == 404


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_wallets_that_cannot_work_are_named(database: Settings, with_settings: Any, tmp_path: Path) -> None:
    assert not [fault for fault in await list_faults(database) if "WALLET" in fault or "APPLE" in fault]
    changed = with_settings(apple_pass=str(tmp_path / "none"))
    assert [fault for fault in await list_faults(changed) if "FESTIVAL_APPLE_PASS" in fault]
    chosen = read_settings({"FESTIVAL_GOOGLE_WALLET": "x.json", "FESTIVAL_SMS_URL": "http://texts.example.org"})
    assert [fault.split()[0] for fault in chosen.problems()] == [
        "FESTIVAL_SMS_URL",
        "FESTIVAL_SMS_SECRET",
        "FESTIVAL_GOOGLE_WALLET_ISSUER",
    ]
