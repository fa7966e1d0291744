"""Who came in a year: by area, place, month, language and party, against last year and the city's goals."""
