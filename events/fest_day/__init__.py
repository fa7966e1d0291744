"""A festival's day for its visitors: the programme by stage, now and next, the nations, the facts."""
