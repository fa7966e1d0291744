"""Questions and answers between an applicant and the office, on the application's page and by mail."""
