"""Venues with their zones and gates, festivals with their stages: what programs and acts happen at."""
