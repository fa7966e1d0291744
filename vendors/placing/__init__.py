"""Who stands where: by hand on the map, or as the house proposes it, each step taken back."""
