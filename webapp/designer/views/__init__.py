"""The designer's pages: HTTP only."""
