"""The invitation to apply: categories, fees, questions, papers."""
