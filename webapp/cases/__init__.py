"""Cases: where the engine meets the database."""
