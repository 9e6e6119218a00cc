"""Divisions, units, windows, posts and who holds them."""
