"""Questions like a question."""

from rest_framework.request import Request
from rest_framework.response import Response

from markets.api.calls import PublicRead, question_seen_by
from markets.api.schema import NAMED, described
from markets.api.serializers.similar import SimilarQuestionsSerializer
from markets.queries.similar import similar_to


class SimilarQuestionsView(PublicRead):
    @described(
        "getSimilar",
        "The questions that are like a question",
        tag="Questions",
        answer=SimilarQuestionsSerializer,
        also=NAMED,
        refusals=("question_not_found",),
    )
    def get(self, request: Request, question: str) -> Response:
        """At most five public ones; a duplicate is one whose numbers, dates and names agree."""
        found = question_seen_by(None, question)
        similar = similar_to(
            title=found.title, criteria=found.resolution_criteria, exclude_id=found.pk
        )
        body = {"question": found.pk, "results": similar}
        return Response(SimilarQuestionsSerializer(body).data)
