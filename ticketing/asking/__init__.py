"""What a claim form asks besides: ages as counts, languages, access needs, and the organizer's own questions."""
