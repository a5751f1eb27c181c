"""The REST API: what is asked and answered about articles, and how any question is put."""
