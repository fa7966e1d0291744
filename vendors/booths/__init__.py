"""Spaces on the lawn: assigned once each, drawn on a map."""
