"""Where in the city: near a postcode or a neighbourhood, and the places drawn on a map of our own."""
