"""Performers with a place in the schedule: stage, time and call time, confirmed by the group itself."""
