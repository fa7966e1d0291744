"""Series: a rule built by people, its dates, and what happens to one of them or to it and all that follow."""
