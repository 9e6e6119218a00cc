"""The county office's surface."""
