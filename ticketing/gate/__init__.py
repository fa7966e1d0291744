"""Devices at gates: enrolment, the snapshot for offline hours, the scanner web app."""
