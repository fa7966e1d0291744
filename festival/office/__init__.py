"""The organizers' desk: one page over all rooms, and what blocks opening day."""
