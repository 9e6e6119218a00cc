"""Officers and how they sign in."""
