"""First contact (首问负责): every enquiry, who took it first, and how it came to its end."""
