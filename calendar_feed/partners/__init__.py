"""Partners' calendars: fetched politely, read tolerantly, reviewed or trusted, shown with credit."""
