"""What must be true of the books after anything that happened."""

from markets.queries.ledger import audit
from markets.queries.replay import markets_to_replay, replay_market


def faults_in_the_books() -> list[str]:
    """Everything that the audit finds, and every difference between a market and its fills."""
    found = [f"audit, {finding.line}: {finding.sentence}" for finding in audit()]
    for market_id in markets_to_replay():
        replayed = replay_market(market_id, advance=lambda fills: None)
        found += [
            f"replay, market {market_id}: {difference}" for difference in replayed.differences
        ]
    return found
