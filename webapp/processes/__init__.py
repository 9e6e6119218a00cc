"""Published versions of the process library."""
