"""Commands of `webapp.core`."""
