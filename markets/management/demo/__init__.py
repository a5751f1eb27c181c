"""The demo world: sample articles, questions in every state, and a crowd with a past."""
