"""What every app shares: transactions, outbox, jobs by name, errors as pages."""
