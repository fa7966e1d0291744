"""Categories that are held on several days: chosen by the applicant, decided day by day, billed and given back so."""
