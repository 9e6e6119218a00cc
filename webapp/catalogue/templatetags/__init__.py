"""Template tags about items, limits and days."""
