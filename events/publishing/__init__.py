"""From a draft to the schedule that everybody sees: comparing versions, publishing, telling whose time changed."""
