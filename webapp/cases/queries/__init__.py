"""What pages read: every function states how many SQL statements it needs."""
