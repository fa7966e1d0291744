"""The city's strategic plan: its goals, and what is planned for each against what was promised."""
