"""Reads of the outbox."""

from __future__ import annotations

from collections.abc import Sequence

from tortoise.expressions import Q

from festival.mail.models import MailMessage


async def list_mails_of(references: Sequence[str]) -> list[MailMessage]:
    """The letters whose cause names one of `references`, oldest first."""
    if not references:
        return []
    named = Q(*(Q(cause__contains=reference) for reference in references), join_type="OR")
    return await MailMessage.filter(named).order_by("id")
