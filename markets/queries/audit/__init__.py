"""The rules of the audit, by what they are about; `markets.queries.ledger` runs them all."""
