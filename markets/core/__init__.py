"""Arithmetic and rules of the market: plain Python and numpy, no clock, no database."""
