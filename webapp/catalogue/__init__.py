"""Service items and their versions, calendars, opening hours."""
