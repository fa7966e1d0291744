"""What a call says, in the applicants' languages: categories, questions, papers, extras, reasons."""
