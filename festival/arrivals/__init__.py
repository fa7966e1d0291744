"""Vendors and performers arriving: their pass, what a gate is told of it, and a supervisor's word. Above both rooms."""
