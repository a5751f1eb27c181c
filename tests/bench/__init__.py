"""`make bench`: how fast it is, each figure as a ratio to a yardstick of the same run."""
