"""Applying: from the first click to the receipt, and what the applicant sees afterwards."""
