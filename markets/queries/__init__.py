"""Reads: what pages, the API and the desk show."""
