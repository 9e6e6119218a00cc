"""The handler's surface."""
