"""The life of an application: its states, who may move it, and what its applicant is told."""
