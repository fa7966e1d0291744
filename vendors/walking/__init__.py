"""Parades and shows: many groups in one act, each with its place in the order, its time, and its yes to it."""
