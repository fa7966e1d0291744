"""Writes: make a feed, put something into it or take it out, withdraw it."""

from __future__ import annotations

from calendar_feed.models import CarriedTicket, PersonalFeed, StarredItem
from calendar_feed.personal.queries import feed_secret, find_claim_by_link, find_feed_of, get_starrable
from calendar_feed.personal.rules import MOST_STARRED, MOST_TICKETS, ticket_secret
from events.models import Occurrence
from festival.database import transaction
from festival.kit.clock import now
from festival.kit.errors import Conflict, Invalid
from festival.kit.secrets import digest, new_secret
from festival.kit.words import N_, say


class FeedFull(Conflict):
    """A feed carries only so much."""

    code = "feed_full"
    message = N_("This calendar is full. Take something out first, or subscribe to a part of the whole calendar.")


async def make_feed(language: str, person_id: int = 0) -> str:
    """A new feed, or the one that the person has; returns its secret."""
    async with transaction():
        found = await find_feed_of(person_id) if person_id else None
        if found is None:
            found = await PersonalFeed.create(
                digest=digest(new_secret()), person_id=person_id or None, language=language, created_at=now()
            )
            await PersonalFeed.filter(id=found.id).update(digest=digest(feed_secret(found.id)))
    return feed_secret(found.id)


async def withdraw_feed(feed: PersonalFeed) -> None:
    """End the feed's address for good; what it carried is forgotten."""
    async with transaction():
        await PersonalFeed.filter(id=feed.id, revoked_at=None).update(revoked_at=now())
        await StarredItem.filter(feed_id=feed.id).delete()
        await CarriedTicket.filter(feed_id=feed.id).delete()


async def star(feed: PersonalFeed, occurrence_id: int, act_id: int) -> None:
    """Put a public occurrence or act into the feed; twice is the same as once. Raises NotFound or FeedFull."""
    found = await get_starrable(occurrence_id, act_id)
    date, act = (found.id, None) if isinstance(found, Occurrence) else (None, found.id)
    async with transaction():
        if await StarredItem.filter(feed_id=feed.id, occurrence_id=date, act_id=act).exists():
            return
        if await StarredItem.filter(feed_id=feed.id).count() >= MOST_STARRED:
            raise FeedFull
        await StarredItem.create(feed_id=feed.id, at=now(), occurrence_id=date, act_id=act)


async def unstar(feed: PersonalFeed, occurrence_id: int, act_id: int) -> None:
    """Take an occurrence or an act out again."""
    which = {"occurrence_id": occurrence_id} if occurrence_id else {"act_id": act_id}
    await StarredItem.filter(feed_id=feed.id, **which).delete()


async def carry_ticket(feed: PersonalFeed, link: str) -> None:
    """Put the ticket whose `link` was pasted into the feed; raises Invalid where it names none."""
    secret = ticket_secret(link)
    claim = await find_claim_by_link(secret) if secret else None
    if claim is None:
        raise Invalid({"link": say(N_("There is no ticket under this link. Copy it whole from the ticket's page."))})
    async with transaction():
        if await CarriedTicket.filter(feed_id=feed.id).count() >= MOST_TICKETS:
            raise FeedFull
        await CarriedTicket.update_or_create(
            defaults={"manage_digest": digest(secret), "at": now()}, feed_id=feed.id, claim_id=claim.id
        )


async def drop_ticket(feed: PersonalFeed, claim_id: int) -> None:
    """Take a ticket out of the feed; the ticket itself stays."""
    await CarriedTicket.filter(feed_id=feed.id, claim_id=claim_id).delete()
