"""Who drafts: the rules always, and a language model where one is configured."""
