"""Reading a question before anybody else does."""

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from markets.api.calls import EditorsCall
from markets.api.schema import SIGNED_IN, WITHOUT_KEY, described
from markets.api.serializers.lint import LintBody, LintSerializer
from markets.core.house_policy import CURRENT
from markets.queries.lint import findings_in


class LintView(EditorsCall):
    @described(
        "lintQuestion",
        "What is doubtful about the wording of a question",
        tag="Questions",
        answer=LintSerializer,
        request=LintBody,
        refusals=(*SIGNED_IN, "editor_needed", *WITHOUT_KEY),
    )
    def post(self, request: Request) -> Response:
        """For editors and their programs, with the `author` scope. Nothing is stored, so it needs
        no Idempotency-Key. The rules are listed in docs/lint.md."""
        wording = LintBody.wording(LintBody.read(request.data))
        findings = findings_in(wording, now=timezone.now())
        return Response(LintSerializer({"policy_version": CURRENT, "findings": findings}).data)
