"""Reads of the outbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tortoise.expressions import Q

from festival.mail.models import MailMessage


async def list_mails_of(about: Mapping[str, Sequence[int]], references: Sequence[str] = ()) -> list[MailMessage]:
    """The letters about some things (kind to ids), or whose cause names one of `references`, oldest first."""
    parts = [Q(about_kind=kind, about_id__in=list(ids)) for kind, ids in about.items() if ids]
    parts += [Q(cause__contains=reference) for reference in references]
    return await MailMessage.filter(Q(*parts, join_type="OR")).order_by("id") if parts else []
