"""Reading the crowd by any method."""

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from markets.api.calls import PublicRead, question_seen_by
from markets.api.schema import NAMED, described
from markets.api.serializers.crowd import CrowdAnswerSerializer, CrowdQuery
from markets.core.aggregation import Method
from markets.queries.crowd import crowd_of
from markets.queries.past import require_past


class CrowdView(PublicRead):
    @described(
        "getCrowd",
        "The crowd's odds by any method, with quartiles and histogram",
        tag="Questions",
        answer=CrowdAnswerSerializer,
        parameters=CrowdQuery,
        also=NAMED,
        refusals=(
            "question_not_found",
            "instant_out_of_range",
            "method_not_for_bins",
            "crowd_too_large",
        ),
    )
    def get(self, request: Request, question: str) -> Response:
        """How many stand is public at once; what they say is hidden until `reveal_at`."""
        found = question_seen_by(None, question)
        now, as_of, method = timezone.now(), self.query["as_of"], self.query["method"]
        if as_of is not None:
            require_past(found, as_of=as_of, now=now)
        view = crowd_of(
            found,
            method=Method(method) if method else None,
            extremising=float(self.query["extremising"]),
            as_of=as_of,
            now=now,
        )
        return Response(CrowdAnswerSerializer(view).data)
