"""What a mail is about decides whether its reader may stop it."""

from __future__ import annotations

from enum import StrEnum

from festival.kit.words import N_


class Topic(StrEnum):
    """Kinds of letters that a reader can stop; a letter without a topic belongs to what they asked for."""

    REMINDERS = "reminders"
    THANKS = "thanks"
    NEWS = "news"


TOPIC_WORDS: dict[str, str] = {
    Topic.REMINDERS: N_("Reminders before the day"),
    Topic.THANKS: N_("Thanks and questions afterwards"),
    Topic.NEWS: N_("News from the organizers"),
}
