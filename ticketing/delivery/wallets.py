"""Passes for the wallets of phones: Apple's, signed with the city's certificate; Google's, as a signed link.

Neither needs a call to anybody. Both hold the code, what, when and where, and no name.
Sources: Apple, Wallet Passes, "Creating the source for a pass"; Google Wallet API, "Event tickets on the web".
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID
from PIL import Image

from festival.kit import i18n
from festival.kit.i18n import current_language, gettext, ngettext, number
from festival.kit.web.assets import STATIC
from festival.kit.words import N_
from festival.settings import settings
from ticketing.holder.queries import HeldTicket

PASS_TYPE = "application/vnd.apple.pkpass"  # noqa: S105 - a media type
_SAVE = "https://pay.google.com/gp/v/save/"
_SIZES = {"icon.png": 29, "icon@2x.png": 58, "icon@3x.png": 87, "logo.png": 50, "logo@2x.png": 100}
LABELS = {"/wallet.pkpass": N_("Add to Apple Wallet"), "/google-wallet": N_("Add to Google Wallet")}


def wallet_links() -> list[tuple[str, str]]:
    """The wallets that this service is set up for: the path below the ticket's page, and the words of its button."""
    chosen = settings()
    on = {"/wallet.pkpass": chosen.apple_pass, "/google-wallet": chosen.google_wallet}
    return [(path, LABELS[path]) for path, is_set in on.items() if is_set]


# ---------------------------------------------------------------- Apple


@dataclass(frozen=True)
class PassSigner:
    """The city's certificate for passes, its key, and Apple's certificate above it."""

    certificate: x509.Certificate
    key: RSAPrivateKey | EllipticCurvePrivateKey
    above: x509.Certificate

    @property
    def pass_type(self) -> str:
        """The pass type identifier that the certificate was issued for."""
        return self._named(NameOID.USER_ID)

    @property
    def team(self) -> str:
        """The team identifier at Apple."""
        return self._named(NameOID.ORGANIZATIONAL_UNIT_NAME)

    def _named(self, name: x509.ObjectIdentifier) -> str:
        return str(self.certificate.subject.get_attributes_for_oid(name)[0].value)


@cache
def read_pass_signer(folder: str) -> PassSigner:
    """`certificate.pem`, `key.pem` and `wwdr.pem` of a folder; raises OSError, ValueError or IndexError."""
    place = Path(folder)
    key = serialization.load_pem_private_key((place / "key.pem").read_bytes(), None)
    if not isinstance(key, RSAPrivateKey | EllipticCurvePrivateKey):
        raise ValueError("key.pem holds another kind of key")
    certificate = x509.load_pem_x509_certificate((place / "certificate.pem").read_bytes())
    signer = PassSigner(certificate, key, x509.load_pem_x509_certificate((place / "wwdr.pem").read_bytes()))
    if not signer.pass_type or not signer.team:
        raise ValueError("certificate.pem names no pass type or team")
    return signer


def write_apple_pass(held: HeldTicket, link: str, office: str, signer: PassSigner) -> bytes:
    """The .pkpass of a live ticket, in the current language."""
    files = {"pass.json": json.dumps(_apple_facts(held, link, office, signer), ensure_ascii=False).encode(), **_icons()}
    manifest = json.dumps({name: hashlib.sha1(raw).hexdigest() for name, raw in files.items()}).encode()  # noqa: S324 - Apple's format
    signature = (
        pkcs7.PKCS7SignatureBuilder()
        .set_data(manifest)
        .add_signer(signer.certificate, signer.key, hashes.SHA256())
        .add_certificate(signer.above)
        .sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary])
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as folder:
        for name, raw in {**files, "manifest.json": manifest, "signature": signature}.items():
            folder.writestr(name, raw)
    return out.getvalue()


def _apple_facts(held: HeldTicket, link: str, office: str, signer: PassSigner) -> dict[str, Any]:
    assert held.ticket is not None  # noqa: S101 - whoever asked has a live one
    occasion, zone = held.occasion, settings().zone
    when = f"{i18n.day(occasion.starts_at, zone, 'medium')}, {i18n.clock_time(occasion.starts_at, zone)}"
    place = ", ".join(filter(None, (occasion.place, occasion.address)))
    return {
        "formatVersion": 1,
        "passTypeIdentifier": signer.pass_type,
        "teamIdentifier": signer.team,
        "serialNumber": f"{held.claim.reference}-{held.ticket.id}",
        "organizationName": office,
        "logoText": office,
        "description": f"{gettext('Ticket')}: {occasion.title}",
        "relevantDate": occasion.starts_at.astimezone(zone).isoformat(timespec="seconds"),
        "expirationDate": held.offer.valid_until.astimezone(zone).isoformat(timespec="seconds"),
        "backgroundColor": "rgb(182, 65, 10)",
        "foregroundColor": "rgb(255, 255, 255)",
        "labelColor": "rgb(251, 230, 216)",
        "barcodes": [
            {"format": "PKBarcodeFormatQR", "message": held.ticket.token, "messageEncoding": "iso-8859-1"}
        ],
        "eventTicket": {
            "primaryFields": [_field("event", gettext("Event"), occasion.title)],
            "secondaryFields": [
                _field("when", gettext("When"), when), _field("party", gettext("People"), _party(held))
            ],
            "auxiliaryFields": [_field("where", gettext("Where"), place)],
            "backFields": [
                {**_field("link", gettext("Your ticket"), link), "attributedValue": f'<a href="{link}">{link}</a>'}
            ],
        },
    }  # fmt: skip


def _field(key: str, label: str, value: str) -> dict[str, str]:
    return {"key": key, "label": label, "value": value}


def _party(held: HeldTicket) -> str:
    party = held.claim.party
    return ngettext("For %(party)s person", "Party of %(party)s", party) % {"party": number(party)}


@cache
def _icons() -> Mapping[str, bytes]:
    drawn: dict[str, bytes] = {}
    with Image.open(STATIC / "img" / "gate-512.png") as picture:
        for name, size in _SIZES.items():
            out = io.BytesIO()
            picture.convert("RGBA").resize((size, size), Image.Resampling.LANCZOS).save(out, "PNG")
            drawn[name] = out.getvalue()
    return drawn


# ---------------------------------------------------------------- Google


@dataclass(frozen=True)
class ServiceAccount:
    """The city's account at Google that may issue passes."""

    email: str
    key: RSAPrivateKey
    key_id: str


@cache
def read_service_account(path: str) -> ServiceAccount:
    """The key file that Google gives out; raises OSError, ValueError or KeyError."""
    facts = json.loads(Path(path).read_text())
    key = serialization.load_pem_private_key(str(facts["private_key"]).encode(), None)
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("the key of the account is not an RSA key")
    return ServiceAccount(str(facts["client_email"]), key, str(facts.get("private_key_id", "")))


def google_save_link(held: HeldTicket, link: str, office: str, issuer: str, account: ServiceAccount) -> str:
    """The address that offers to save a live ticket, in the current language (a JWT, RFC 7515, RS256)."""
    header = {"alg": "RS256", "typ": "JWT", **({"kid": account.key_id} if account.key_id else {})}
    claims = {
        "iss": account.email, "aud": "google", "typ": "savetowallet", "origins": [settings().origin],
        "payload": _google_facts(held, link, office, issuer),
    }  # fmt: skip
    signed = f"{_part(header)}.{_part(claims)}"
    return f"{_SAVE}{signed}.{_base64(account.key.sign(signed.encode(), PKCS1v15(), hashes.SHA256()))}"


def _google_facts(held: HeldTicket, link: str, office: str, issuer: str) -> dict[str, Any]:
    assert held.ticket is not None  # noqa: S101 - whoever asked has a live one
    occasion, zone = held.occasion, settings().zone
    kind = f"{issuer}.offer-{held.offer.id}-{occasion.starts_at:%Y%m%d%H%M}-{current_language()}"

    def words(text: str) -> dict[str, Any]:
        return {"defaultValue": {"language": current_language(), "value": text}}

    about = {
        "id": kind, "issuerName": office, "reviewStatus": "UNDER_REVIEW", "eventName": words(occasion.title),
        "venue": {"name": words(occasion.place), "address": words(occasion.address or occasion.place)},
        "dateTime": {
            "start": occasion.starts_at.astimezone(zone).isoformat(timespec="seconds"),
            "end": occasion.ends_at.astimezone(zone).isoformat(timespec="seconds"),
        },
    }  # fmt: skip
    pass_ = {
        "id": f"{issuer}.ticket-{held.claim.reference}-{held.ticket.id}", "classId": kind, "state": "ACTIVE",
        "barcode": {"type": "QR_CODE", "value": held.ticket.token, "alternateText": held.claim.reference},
        "ticketType": words(_party(held)),
        "linksModuleData": {"uris": [{"uri": link, "description": gettext("Your ticket")}]},
    }  # fmt: skip
    return {"eventTicketClasses": [about], "eventTicketObjects": [pass_]}


def _part(value: object) -> str:
    return _base64(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
