"""The addresses of the API, each a thin view."""
