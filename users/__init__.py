"""Who signs in: people, and the keys of their programs. Knows nothing of money."""
