"""Everything the city runs, by month, week or day, with what clashes; volunteers and opening hours."""
