"""Template tags of leaders and the county office."""
