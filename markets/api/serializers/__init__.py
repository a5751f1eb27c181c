"""The shapes of requests and answers; the schema is generated from them."""
