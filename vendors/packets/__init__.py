"""A packet per office outside the city: the accepted papers of all who need them, in order, with an index."""
