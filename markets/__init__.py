"""Questions, odds, trading, resolution and scores."""
