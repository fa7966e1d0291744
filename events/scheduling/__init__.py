"""Acts on stages: the rules of the schedule and its published plan."""
