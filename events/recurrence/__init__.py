"""From a rule in the city's wall time to the occurrences it gives."""
