"""The applicant's surface: one public page."""
