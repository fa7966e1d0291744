"""Making offers and changing them while people claim: places, limits, slots, questions, overbooking."""
