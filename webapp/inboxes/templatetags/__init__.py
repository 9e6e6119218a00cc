"""Template tags of the handler's pages."""
