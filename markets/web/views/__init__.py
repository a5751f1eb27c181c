"""One module per kind of page; each view reads queries or makes one call to a service."""
