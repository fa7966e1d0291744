"""Who wants no more letters of a kind: one click, without signing in (RFC 8058), and back again."""

from __future__ import annotations

from collections.abc import Iterable

from festival.kit.clock import now
from festival.kit.errors import NotFound
from festival.kit.secrets import derive, digest
from festival.mail.models import MailWish
from festival.settings import settings


def _secret(recipient: str, topic: str) -> str:
    return derive(settings().secret_key, "mail-stop", recipient.lower(), topic)


async def get_stop_link(recipient: str, topic: str) -> str:
    """The address at which `recipient` can stop letters of `topic`. It tells nobody who that is."""
    secret = _secret(recipient, topic)
    await MailWish.get_or_create(
        digest=digest(secret), defaults={"recipient": recipient.lower(), "topic": topic, "stopped_at": None}
    )
    return f"{settings().base_url}/mail/stop/{secret}"


def stop_headers(link: str) -> dict[str, str]:
    """What lets a mail program offer one click (RFC 8058, section 3.1)."""
    return {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


async def get_wish(secret: str) -> MailWish:
    """The reader and topic of a link; raises NotFound."""
    wish = await MailWish.get_or_none(digest=digest(secret))
    if wish is None:
        raise NotFound
    return wish


async def stop_topic(secret: str) -> None:
    """No more such letters to this reader; twice is the same. Raises NotFound."""
    wish = await get_wish(secret)
    await MailWish.filter(recipient=wish.recipient, topic=wish.topic, stopped_at=None).update(stopped_at=now())


async def resume_topic(secret: str) -> None:
    """Such letters again. Raises NotFound."""
    wish = await get_wish(secret)
    await MailWish.filter(recipient=wish.recipient, topic=wish.topic).update(stopped_at=None)


async def is_stopped(recipient: str, topic: str) -> bool:
    """Whether this reader wants no letters of `topic`."""
    return await MailWish.filter(recipient=recipient.lower(), topic=topic, stopped_at__not_isnull=True).exists()


async def list_stopped(recipients: Iterable[str], topic: str) -> set[str]:
    """Those of `recipients`, lower-cased, who want no letters of `topic`; one query."""
    wanted = [recipient.lower() for recipient in recipients]
    found = await MailWish.filter(recipient__in=wanted, topic=topic, stopped_at__not_isnull=True) if wanted else []
    return {wish.recipient for wish in found}
