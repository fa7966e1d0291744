"""What is on, for residents: the home page, an event, a festival, and the same as JSON."""
