"""Setting a call up: dates, categories, fees, extras, papers, questions; copied from last year."""
