"""Last year's program, taken over into the next: the same texts, the dates on the matching weekdays."""
