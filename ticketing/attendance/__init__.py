"""Who came: arrivals, who is inside, live and afterwards."""
