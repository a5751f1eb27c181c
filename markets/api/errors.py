"""Every code with which the API says no, and the HTTP status that goes with it.

The table is in order of precedence: a request that is wrong in several ways is refused for the
first of them. Codes never change once published. A refusal mostly brings its own, more precise
sentence; the one here stands in where it does not, and explains the code in the reference. A code
without either is one that the API itself refuses with, and says both in `articles.api.refusals`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from articles.api.refusals import ApiRefusal

_TABLE = """
# The call
400 bad_request: The request is not well-formed HTTP for this host.
404 not_found: Nothing is at this address; /api/v1/docs lists what is.
406 not_acceptable: Answers are application/json; accept that, or leave the Accept header out.
401 api_key_invalid: The API key is mistyped, expired or revoked; issue a new one.
401 authentication_failed: The credentials were not recognised; check them, or leave them out.
401 not_authenticated: Sign in, or send an API key as 'Authorization: Bearer odk_…'.
scope_missing
403 editor_needed: Only editors may do this; ask one of them.
403 permission_denied: You may not do this. Browsers signed in by cookie also send the CSRF token.
429 throttled: Too many requests; wait for as long as Retry-After says.
405 method_not_allowed: This address does not take that method; the Allow header names its own.

# Headers, parameters, body
unknown_parameter
invalid_parameter
invalid_cursor
idempotency_key_missing
400 invalid_request_key: An Idempotency-Key is 1 to 80 printable ASCII characters.
415 unsupported_media_type: Send the body as JSON, with 'Content-Type: application/json'.
body_too_large
malformed_json
invalid_request

# What is asked about
question_not_found
404 market_not_found: This question has no market, so it has no price.
article_not_found
404 score_not_found: Nobody of that name has a score there, or nothing is scored yet.
order_not_found
forecast_not_found
person_not_found

# The meaning
422 request_key_reused: This Idempotency-Key came with a different request before; take a new one.
422 instant_out_of_range: Ask for an instant from the question's opening until now.
422 method_not_for_bins: Medians are of outcomes; a number or a date is aggregated by a mean.
422 invalid_claim: A claim names at least one outcome of the question, each once, and not all.
422 range_off_edges: A range of a number or a date begins and ends at edges of its bins.
422 invalid_probabilities: Give each outcome a probability from 0.001 to 0.999; all make 1.
422 invalid_quantiles: Quantiles rise with their shares, and lie within the question's bounds.
422 invalid_forecast: The rationale is too long, or the forecast ends before it begins.
422 invalid_order: Amount, limit, time in force and expires_at do not fit; the detail says how.
422 invalid_amount: Amounts are decimal strings with at most six places, such as "12.5".
422 invalid_budget: A budget is a positive amount.

# The state of things
409 market_not_open: Only open questions are traded.
409 question_not_open: Only open and halted questions take forecasts.
409 insufficient_credits: The wallet has fewer credits available than this costs; ask for less.
409 insufficient_shares: You hold fewer shares than you want to sell.
409 price_out_of_range: The order would move its claim's price out of 0.001 to 0.999; ask for less.
409 shares_out_of_range: More shares than the market's liquidity can price; ask for less.
409 slippage: The price moved beyond max_cost or min_shares; ask for a new quote.
409 not_fillable: Nothing can be filled within the limit, or not all of a fill-or-kill order.
409 too_many_open_orders: As many of your orders rest in this market as may; cancel one first.
409 too_many_fills: The order would meet more others than one order may; ask for less.
422 invalid_suggestion: A suggested answer fits its question, and quotes what stands somewhere.
409 crowd_too_large: So many stand there that only the default method is at hand; leave it out.
409 working_too_large: Too many forecasts were made there to take one score apart for a reader.
409 question_answered: The question does not wait for an answer.
409 suggestion_waiting: What you suggested before still waits for an editor.
429 too_many_suggestions: You have suggested many answers within a day; go on tomorrow.

# The editors' desk
403 conflict_of_interest: Whoever traded or forecast on a question does not decide it; others do.
403 second_person_needed: Who proposed, or set up or ran the proposing resolver, does not confirm.
403 not_a_participant: Only those who traded or forecast on a question may challenge its resolution.
403 own_review: Another editor publishes what you submitted for review.
404 link_not_found: There is no such suggested link.
404 draft_not_found: There is no such draft.
404 story_not_found: There is no such story; it may have become part of another.
404 source_not_found: There is no such source.
404 version_not_found: There is no such version of an article.
422 invalid_question: The question's fields contradict each other; the detail says which.
422 lint_errors: Mend what lint calls an error, or say why it is none.
422 invalid_prior: A prior gives each outcome a positive probability; all make 1.
422 invalid_liquidity: Liquidity and subsidy are positive amounts.
422 invalid_resolution: The answer does not fit the question, or lacks its reason.
422 effective_at_out_of_range: An answer becomes known while its question is open, and by now.
422 invalid_evidence: Evidence names an article or an address; its quote stands in the article.
422 value_outside_bins: The value lies outside of the question's bounds, where nothing is open.
422 invalid_weights: The weights of a resolution divide one credit among the outcomes.
422 quote_not_in_article: Quote a sentence as it stands in the article, word for word.
422 invalid_support: Only evidence supports an answer, and only one that the question has.
422 invalid_clarification: Say how the rules are to be read, in a few sentences.
422 reason_missing: Say why; the reason is kept.
409 market_ended: Trading has ended for good, so no liquidity can be added.
409 nothing_to_clarify: Rules are clarified from the opening of a question until it is decided.
409 question_frozen: The wording is frozen once a question is scheduled.
409 transition_refused: The question cannot go from its status to the one asked for.
409 not_scheduled: Only a question that is published and not open yet is rescheduled.
409 not_featurable: Only what can be forecast now is featured.
409 not_featured: This question is not featured; feature it first.
409 features_full: All places at the top of the home page are taken; free one first.
409 nothing_proposed: There is no proposal to confirm or to challenge.
409 another_version: What waits is another version than the one you read; read it first.
409 challenge_closed: The challenge window has passed.
409 already_challenged: This correction was challenged already; editors decide.
409 not_decided: Only the answer of a resolved or final question is corrected.
409 correction_waits: A correction waits already; confirm, decline or withdraw it first.
409 no_correction_waits: No correction waits on this question.
409 nothing_corrected: The correction or amendment says the same as what it would replace.
409 nothing_to_retry: The settlement does not wait after a failure.
409 link_decided: The suggested link was already confirmed or rejected.
409 draft_decided: The draft was already taken up or rejected.
409 draft_rejected: The draft was rejected; take up another.
404 resolver_not_found: There is no such resolver.
409 resolver_busy: The resolver is being run at this moment; try again later.
409 resolver_paused: The resolver is paused; resume it first.
422 invalid_resolver: The settings of a resolver do not fit each other or its question.
422 rule_unreadable: A rule has parts such as 12=yes, joined by and, or, not and brackets.
422 resolver_cycle: A question cannot follow from its own answer.
404 suggestion_not_found: There is no such suggestion.
409 suggestion_decided: The suggestion was already taken up or declined.
409 no_forecasts: Nobody's forecast stands, so there is no crowd.

# Articles that are brought in
409 fetching_is_off: This site does not fetch; paste the text instead.
422 url_invalid: The address is not one of a page on the web.
422 scheme_refused: Only http and https addresses without a user name are fetched.
422 port_refused: Only the ports of ordinary sites are fetched from.
422 address_refused: The host is not on the public internet; paste the text instead.
422 too_many_redirects: The page sends its readers on too often; give its last address.
422 content_type_refused: What answers is not a page; give the article's own address.
422 response_too_large: The page is larger than an article may be; paste the text.
422 page_unavailable: The site has no such page, or not for us; paste the text.
503 fetch_timed_out: The site did not answer in time; try again later.
503 fetch_failed: The site could not be reached; try again later.
422 wall_instead: The address shows a wall instead of its article; paste the text.
422 page_too_large: The page is larger than an article may be; paste the text.
422 page_too_complex: The page takes too long to read; paste the text.
422 entities_refused: The page declares entities, which no article needs.
422 not_an_article: The page holds nothing to read; paste the text.
422 text_empty: The text holds nothing to read.
422 text_too_short: A headline is not an article; give the whole text.
422 text_too_long: The text is longer than an article may be; cut it.
422 text_has_nul: The text holds a NUL character, so it is no text; leave it out.
422 text_not_unicode: The text holds half of a character; send whole ones.
422 published_invalid: A date of publication has a zone and does not lie ahead.
422 tags_invalid: A tag has 2 to 40 characters, and an article has at most eight.
422 instant_invalid: An instant has a zone and lies in a year that has articles.

# Feeds
404 feed_not_found: There is no such feed.
409 feed_exists: A feed with this address is here already.
409 feed_busy: The feed is being polled at this moment; try again later.
409 feed_disabled: The feed is switched off; switch it on first.
422 not_a_feed: What answers is neither RSS nor Atom; give the feed's own address.
422 feed_malformed: The feed is not well-formed XML, or in no known charset.
422 feed_declares_types: The feed has a document type, which no feed needs.
422 feed_too_complex: The feed is nested too deep or too wide, or takes too long to read.
422 feed_too_large: The feed is larger than a feed may be.
422 opml_invalid: The file is no list of feeds in OPML, or too large a one.

# The language model
409 model_is_off: No language model is configured here.
422 model_refused: The language model does not want to answer about this article.
422 model_answer_invalid: The language model did not keep to the form that it was asked for.
503 model_misconfigured: What answers is no language model, or does not let us in; ask the operator.
503 model_busy: The language model has been asked too much; try again later.
503 model_unavailable: The language model did not answer; try again later.

# Us
503 busy: Too many orders wait here; send the same request again after Retry-After.
503 unavailable: The database does not answer; send the same request again after Retry-After.
500 internal_error: The fault is ours and is logged; quote the request_id when you report it.
"""


@dataclass(frozen=True)
class Meaning:
    """What goes with a code: its status, a sentence that says what to do, its chapter."""

    code: str
    status: HTTPStatus
    sentence: str
    chapter: str


def _meanings() -> Iterator[Meaning]:
    ours = {refusal.code: refusal for refusal in ApiRefusal.__subclasses__()}
    chapter = ""
    for line in filter(None, _TABLE.splitlines()):
        head, _, sentence = line.partition(": ")
        if line.startswith("# "):
            chapter = line.removeprefix("# ")
        elif sentence:
            status, code = head.split()
            yield Meaning(code, HTTPStatus(int(status)), sentence, chapter)
        else:
            yield Meaning(line, ours[line].status, ours[line].sentence, chapter)


CODES: Mapping[str, Meaning] = {meaning.code: meaning for meaning in _meanings()}
