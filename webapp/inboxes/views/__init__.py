"""The pages where cases are registered and worked."""
