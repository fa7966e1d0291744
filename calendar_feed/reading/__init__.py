"""Reading other people's calendars: tolerant of what is merely odd, exact about what is wrong, and where."""
