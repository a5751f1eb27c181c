"""Who may do what: editors decide, and nobody decides what they have a stake in."""

from markets.core.errors import MarketError
from markets.models import Forecast, Order, OrderStatus, Position
from users.models import User


class EditorNeeded(MarketError):
    code = "editor_needed"


class ConflictOfInterest(MarketError):
    code = "conflict_of_interest"


class NotAParticipant(MarketError):
    code = "not_a_participant"


def require_editor(user: User) -> None:
    if not (user.is_active and user.is_staff):
        raise EditorNeeded("Only editors may do this; ask one of them.")


def takes_part(user: User, question_id: int) -> bool:
    """Has this user ever traded or forecast on the question?"""
    return (
        Position.objects.filter(trader=user, market_id=question_id).exists()
        or Forecast.objects.filter(forecaster=user, question_id=question_id).exists()
    )


def has_stake(user: User, question_id: int) -> bool:
    """Does this user gain or lose by the answer: by a position, a forecast or a resting order?"""
    resting = Order.objects.filter(trader=user, market_id=question_id, status=OrderStatus.OPEN)
    return takes_part(user, question_id) or resting.exists()


def require_no_stake(user: User, question_id: int) -> None:
    if has_stake(user, question_id):
        raise ConflictOfInterest(
            "You have traded or forecast on this question, so another editor has to decide it."
        )


def require_stake(user: User, question_id: int) -> None:
    if not takes_part(user, question_id):
        raise NotAParticipant(
            "Only those who traded or forecast on this question may challenge its resolution."
        )
