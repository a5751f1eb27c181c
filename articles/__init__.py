"""Where questions come from: sources, articles and the drafts found in them."""
