"""The calendar on other people's websites: one line of HTML, in a frame of its own."""
