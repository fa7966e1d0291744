"""Deciding: the queue, one application, the release of decisions."""
