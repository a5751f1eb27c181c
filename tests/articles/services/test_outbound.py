import gzip
import ssl
import time
import zlib
from dataclasses import replace

import pytest

from articles.core.errors import UrlInvalid
from articles.services import outbound
from articles.services.outbound import (
    BODY_BYTES_MAX,
    STRICT,
    AddressRefused,
    ContentTypeRefused,
    FetchFailed,
    FetchTimedOut,
    Guard,
    PageUnavailable,
    PortRefused,
    ResponseTooLarge,
    SchemeRefused,
    TooManyRedirects,
    endpoint_guard,
)
from tests.articles.services.hosts import (
    CERTIFICATE,
    PAGE,
    answer,
    broken_off,
    dripping,
    dripping_headers,
    endless,
    redirect,
    site,
    zipped,
)


@pytest.fixture
def news():
    with site() as running:
        yield running


def refusal_of(error, url, **options):
    with pytest.raises(error) as refusal:
        outbound.get(url, **options)
    return refusal.value


def test_a_page_comes_back_with_its_type_and_its_bytes(news):
    news.answers["/story"] = answer(PAGE)

    fetched = outbound.get(news.url("/story"), guard=news.guard())

    assert fetched.status == 200
    assert fetched.content_type == "text/html"
    assert fetched.charset == "utf-8"
    assert fetched.body == PAGE
    assert fetched.url == fetched.final_url == news.url("/story")


def test_a_zipped_page_comes_back_unpacked(news):
    news.answers["/"] = zipped(PAGE)

    assert outbound.get(news.url(), guard=news.guard()).body == PAGE


def test_the_client_names_itself_and_sends_no_cookies(news):
    news.answers["/"] = answer(PAGE)

    outbound.get(news.url(), guard=news.guard())

    headers = news.requests[0][1]
    assert headers["user-agent"].startswith("Oddsdesk/")
    assert headers["accept-encoding"] == "gzip"
    assert "cookie" not in headers
    assert "authorization" not in headers


def test_the_name_is_kept_for_the_site_while_the_connection_goes_to_the_judged_address(news):
    news.answers["/"] = answer(PAGE)
    guard = news.guard(resolve=lambda host, port: ["127.0.0.1"])

    fetched = outbound.get(news.url(host="news.example"), guard=guard)

    assert fetched.body == PAGE
    assert news.requests[0][1]["host"] == f"news.example:{news.port}"


def test_a_certificate_is_checked_against_the_name_and_not_against_the_address():
    trust = ssl.create_default_context(cafile=str(CERTIFICATE))
    with site(tls=True) as news:
        news.answers["/"] = answer(PAGE)
        guard = news.guard(resolve=lambda host, port: ["127.0.0.1"], ssl_context=trust)

        fetched = outbound.get(news.url(host="news.example", scheme="https"), guard=guard)

        assert fetched.body == PAGE
        assert news.names == ["news.example"]


def test_a_certificate_of_another_site_is_refused():
    trust = ssl.create_default_context(cafile=str(CERTIFICATE))
    with site(tls=True) as news:
        guard = news.guard(resolve=lambda host, port: ["127.0.0.1"], ssl_context=trust)

        error = refusal_of(FetchFailed, news.url(host="other.example", scheme="https"), guard=guard)

        assert error.code == "fetch_failed"
        assert news.requests == []


def test_proxies_from_the_environment_are_not_used(news, monkeypatch):
    news.answers["/"] = answer(PAGE)
    with site() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url())

        fetched = outbound.get(news.url(), guard=news.guard())

        assert fetched.body == PAGE
        assert proxy.requests == []


@pytest.mark.parametrize(
    "url",
    ["ftp://news.example/a", "file:///etc/passwd", "gopher://news.example/", "//news.example/a"],
)
def test_only_the_web_is_fetched(url):
    assert refusal_of(SchemeRefused, url).code == "scheme_refused"


def test_an_address_with_a_user_name_is_refused():
    assert refusal_of(SchemeRefused, "http://eve:secret@news.example/").code == "scheme_refused"


@pytest.mark.parametrize("url", ["http://", "http://[::1", "\x00"])
def test_what_is_no_address_is_refused(url):
    with pytest.raises((UrlInvalid, SchemeRefused)):
        outbound.get(url)


@pytest.mark.parametrize("port", [22, 25, 5432, 6379, 8080, 99999])
def test_only_the_ports_of_sites_are_fetched(port):
    assert refusal_of(PortRefused, f"http://news.example:{port}/").code == "port_refused"


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.1", "0x7f000001", "2130706433", "[::1]", "[::ffff:127.0.0.1]", "0"]
)
def test_the_resolved_address_is_judged_however_it_is_written(host):
    error = refusal_of(AddressRefused, f"http://{host}/")

    assert error.code == "address_refused"
    assert error.field == "url"
    assert not error.retryable


def test_one_private_answer_among_public_ones_is_enough_to_refuse():
    guard = Guard(resolve=lambda host, port: ["93.184.215.14", "10.0.0.1"])

    refusal_of(AddressRefused, "http://news.example/", guard=guard)


def test_a_name_is_asked_for_once_so_that_it_cannot_change_its_mind(news):
    news.answers["/"] = answer(PAGE)
    asked = []

    def rebinding(host, port):
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    fetched = outbound.get(news.url(host="news.example"), guard=news.guard(resolve=rebinding))

    assert fetched.body == PAGE
    assert asked == ["news.example"]


def test_an_allowed_port_does_not_open_it_on_other_addresses(news):
    guard = news.guard(resolve=lambda host, port: ["93.184.215.14"])

    refusal_of(AddressRefused, news.url(host="news.example"), guard=guard)


def test_the_strict_guard_allows_no_private_address():
    assert STRICT.allowed_addresses == frozenset()


def test_redirects_are_followed_to_the_end(news):
    news.answers["/a"] = redirect("/b", status=301)
    news.answers["/b"] = redirect(news.url("/c"), status=307)
    news.answers["/c"] = redirect("/d?x=1", status=308)
    news.answers["/d?x=1"] = answer(PAGE)

    fetched = outbound.get(news.url("/a"), guard=news.guard())

    assert fetched.body == PAGE
    assert fetched.url == news.url("/a")
    assert fetched.final_url == news.url("/d?x=1")


def test_a_page_has_moved_as_far_as_redirects_are_permanent(news):
    news.answers["/a"] = redirect("/b", status=301)
    news.answers["/b"] = redirect("/c", status=308)
    news.answers["/c"] = redirect("/d", status=302)
    news.answers["/d"] = redirect("/e", status=301)
    news.answers["/e"] = answer(PAGE)
    news.answers["/x"] = redirect("/e", status=303)

    moved = outbound.get(news.url("/a"), redirects_max=4, guard=news.guard())
    stayed = outbound.get(news.url("/x"), guard=news.guard())

    assert moved.permanent_url == news.url("/c")
    assert moved.final_url == news.url("/e")
    assert stayed.permanent_url == news.url("/x")


def test_what_tells_a_change_is_handed_on_and_sent_back(news):
    news.answers["/"] = answer(PAGE, ETag='W/"1"', Last_Modified="Fri, 20 Nov 2026 08:00:00 GMT")
    fetched = outbound.get(news.url(), guard=news.guard())
    assert (fetched.etag, fetched.last_modified) == ('W/"1"', "Fri, 20 Nov 2026 08:00:00 GMT")

    news.answers["/"] = answer(b"", status=304, content_type="")
    unchanged = outbound.get(
        news.url(), conditions={"If-None-Match": fetched.etag}, guard=news.guard()
    )

    assert (unchanged.status, unchanged.body) == (304, b"")
    assert news.requests[-1][1]["if-none-match"] == 'W/"1"'


def test_an_unchanged_page_that_was_not_asked_for_is_no_answer(news):
    news.answers["/"] = answer(b"", status=304)

    assert refusal_of(PageUnavailable, news.url(), guard=news.guard()).status == 304


def test_another_limit_of_size_holds_packed_and_unpacked(news):
    news.answers["/packed"] = zipped(PAGE * 3)
    news.answers["/plain"] = answer(PAGE * 3)
    limit = 2 * len(PAGE)

    for path in ("/packed", "/plain"):
        refusal_of(ResponseTooLarge, news.url(path), bytes_max=limit, guard=news.guard())
        assert outbound.get(news.url(path), bytes_max=3 * len(PAGE), guard=news.guard()).body


def test_an_answer_that_means_later_says_how_much_later(news):
    news.answers["/"] = answer(b"", status=503, Retry_After="120")

    error = refusal_of(FetchFailed, news.url(), guard=news.guard())

    assert (error.status, error.retry_after) == (503, "120")


def test_a_fourth_redirect_is_refused(news):
    news.answers["/"] = redirect("/")

    error = refusal_of(TooManyRedirects, news.url(), guard=news.guard())

    assert error.code == "too_many_redirects"
    assert len(news.requests) == 4


@pytest.mark.parametrize(
    ("location", "error"),
    [
        ("http://127.0.0.1/", AddressRefused),
        ("http://169.254.169.254/latest/meta-data/", AddressRefused),
        ("http://127.1/", AddressRefused),
        ("http://[::1]/", AddressRefused),
        ("http://127.0.0.1:6379/", PortRefused),
        ("file:///etc/passwd", SchemeRefused),
        ("http://eve:secret@127.0.0.1/", SchemeRefused),
    ],
)
def test_each_redirect_is_judged_anew(news, location, error):
    news.answers["/"] = redirect(location)

    refusal_of(error, news.url(), guard=news.guard())

    assert len(news.requests) == 1


def test_another_private_server_is_not_reached_by_redirect(news):
    with site() as inner:
        inner.answers["/"] = answer(b"secret")
        news.answers["/"] = redirect(inner.url())

        refusal_of(PortRefused, news.url(), guard=news.guard())

        assert inner.requests == []


@pytest.mark.parametrize(
    "content_type", ["application/pdf", "image/png", "application/json", "text/htmlx", ""]
)
def test_what_is_no_page_is_refused(news, content_type):
    news.answers["/"] = answer(PAGE, content_type=content_type)

    error = refusal_of(ContentTypeRefused, news.url(), guard=news.guard())

    assert error.code == "content_type_refused"


def test_a_declared_length_over_the_limit_is_refused_before_it_is_read(news):
    news.answers["/"] = broken_off(declared=BODY_BYTES_MAX + 1)

    error = refusal_of(ResponseTooLarge, news.url(), guard=news.guard())

    assert error.code == "response_too_large"


def test_the_largest_page_is_read_and_one_byte_more_is_not(news):
    news.answers["/largest"] = answer(b"x" * BODY_BYTES_MAX)
    news.answers["/endless"] = endless

    assert len(outbound.get(news.url("/largest"), guard=news.guard()).body) == BODY_BYTES_MAX
    refusal_of(ResponseTooLarge, news.url("/endless"), guard=news.guard())


def test_a_zip_bomb_is_seen_before_it_has_gone_off(news):
    news.answers["/"] = zipped(b"\x00" * 50_000_000)

    started = time.process_time()
    refusal_of(ResponseTooLarge, news.url(), guard=news.guard())

    assert time.process_time() - started < 2


def test_a_page_that_unpacks_a_hundredfold_is_a_bomb_even_below_the_limit(news):
    bomb = gzip.compress(b"\x00" * (BODY_BYTES_MAX - 1))
    news.answers["/"] = answer(bomb, Content_Encoding="gzip")

    assert len(bomb) * 100 < BODY_BYTES_MAX
    refusal_of(ResponseTooLarge, news.url(), guard=news.guard())


@pytest.mark.parametrize(
    ("packed", "encoding"),
    [
        (gzip.compress(PAGE)[:-9], "gzip"),
        (b"not gzip at all", "gzip"),
        (zlib.compress(PAGE), "deflate"),
        (PAGE, "br"),
        (gzip.compress(gzip.compress(PAGE)), "gzip, gzip"),
    ],
    ids=["cut short", "not packed", "another packing", "an unknown packing", "packed twice"],
)
def test_a_page_packed_badly_or_unasked_is_refused(news, packed, encoding):
    news.answers["/"] = answer(packed, Content_Encoding=encoding)

    assert refusal_of(FetchFailed, news.url(), guard=news.guard()).code == "fetch_failed"


@pytest.mark.parametrize("slow", [dripping, dripping_headers])
def test_a_site_that_drips_runs_out_of_time(news, slow):
    news.answers["/"] = slow

    started = time.monotonic()
    error = refusal_of(FetchTimedOut, news.url(), guard=news.guard(total_seconds=0.3))

    assert error.code == "fetch_timed_out"
    assert error.retryable
    assert time.monotonic() - started < 2


def test_redirects_do_not_buy_more_time(news):
    def slow_redirect(handler):
        time.sleep(0.2)
        redirect("/")(handler)

    news.answers["/"] = slow_redirect

    refusal_of(FetchTimedOut, news.url(), guard=news.guard(total_seconds=0.3))


def test_a_name_server_that_sleeps_runs_out_of_time():
    guard = Guard(resolve=lambda host, port: time.sleep(1) or [], connect_seconds=0.1)

    refusal_of(FetchTimedOut, "http://news.example/", guard=guard)


def test_the_second_address_is_tried_when_the_first_does_not_answer(news):
    news.answers["/"] = answer(PAGE)
    guard = Guard(
        allowed_addresses=frozenset({("::1", news.port), ("127.0.0.1", news.port)}),
        resolve=lambda host, port: ["::1", "127.0.0.1"],
    )

    assert outbound.get(news.url(host="news.example"), guard=guard).body == PAGE


def test_a_site_that_refuses_connections_fails_to_be_fetched(news):
    closed = frozenset({("127.0.0.1", 1)})

    error = refusal_of(FetchFailed, "http://127.0.0.1:1/", guard=Guard(allowed_addresses=closed))

    assert error.code == "fetch_failed"
    assert error.retryable


def test_an_unknown_name_fails_to_be_fetched():
    def unknown(host, port):
        raise OSError("no such name")

    refusal_of(FetchFailed, "http://nowhere.example/", guard=Guard(resolve=unknown))
    refusal_of(FetchFailed, "http://nowhere.example/", guard=Guard(resolve=lambda host, port: []))


def test_an_answer_that_breaks_off_fails_to_be_fetched(news):
    news.answers["/"] = broken_off(declared=5000)

    refusal_of(FetchFailed, news.url(), guard=news.guard())


@pytest.mark.parametrize("status", [429, 500, 503])
def test_an_answer_that_means_later_may_be_tried_again(news, status):
    news.answers["/"] = answer(PAGE, status=status)

    error = refusal_of(FetchFailed, news.url(), guard=news.guard())

    assert error.retryable
    assert str(status) in str(error)


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_an_answer_that_means_never_is_not_tried_again(news, status):
    news.answers["/"] = answer(PAGE, status=status)

    error = refusal_of(PageUnavailable, news.url(), guard=news.guard())

    assert error.code == "page_unavailable"
    assert not error.retryable


# Endpoints that the operator has named


def post(url, *, guard, **options):
    return outbound.post_json(url, message={"say": "ä"}, guard=guard, **options)


def post_refusal(error, url, *, guard, **options):
    with pytest.raises(error) as refusal:
        post(url, guard=guard, **options)
    return refusal.value


def test_a_message_is_posted_in_json_to_a_private_host_that_is_named(news):
    news.answers["/v1/chat"] = answer(b'{"said": 1}', content_type="application/json")
    url = news.url("/v1/chat")

    answered = post(
        url, guard=endpoint_guard(url, seconds=5), headers={"Authorization": "Bearer x"}
    )

    assert answered.body == b'{"said": 1}'
    assert news.bodies == ['{"say":"ä"}'.encode()]
    _, headers = news.requests[0]
    assert (headers["content-type"], headers["accept"]) == ("application/json", "application/json")
    assert headers["authorization"] == "Bearer x"


def test_a_named_host_is_let_through_by_its_name_wherever_it_is(news):
    news.answers["/"] = answer(b"{}", content_type="application/json")
    url = news.url(host="model.internal")
    guard = replace(endpoint_guard(url, seconds=5), resolve=lambda host, port: ["127.0.0.1"])

    assert post(url, guard=guard).body == b"{}"


@pytest.mark.parametrize("other", ["127.0.0.2", "localhost", "example.org"])
def test_beside_the_named_host_nothing_is_reached_be_it_public_or_private(news, other):
    guard = endpoint_guard(news.url(), seconds=5)

    assert post_refusal(AddressRefused, news.url(host=other), guard=guard).code == "address_refused"
    post_refusal(AddressRefused, "http://127.0.0.1/", guard=guard)
    post_refusal(AddressRefused, f"https://127.0.0.1:{news.port + 1}/", guard=guard)
    assert news.requests == []


def test_the_strict_guard_posts_nothing_to_a_private_host(news):
    post_refusal(PortRefused, news.url(), guard=STRICT)
    post_refusal(AddressRefused, "http://127.0.0.1/", guard=STRICT)
    assert news.requests == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_message_is_not_sent_on(news, status):
    news.answers["/"] = redirect("/elsewhere", status=status)
    guard = endpoint_guard(news.url(), seconds=5)

    error = post_refusal(TooManyRedirects, news.url(), guard=guard)

    assert str(error) == "The endpoint redirects; give the address where it ends."
    assert [path for path, _ in news.requests] == ["/"]


def test_an_answer_to_a_message_is_bounded_like_a_page(news):
    guard = endpoint_guard(news.url(), seconds=5)
    news.answers["/"] = answer(b" " * 2_000, content_type="application/json")
    post_refusal(ResponseTooLarge, news.url(), guard=guard, bytes_max=1_999)

    news.answers["/"] = answer(PAGE)
    post_refusal(ContentTypeRefused, news.url(), guard=guard)

    news.answers["/"] = dripping_headers
    post_refusal(FetchTimedOut, news.url(), guard=replace(guard, total_seconds=0.3))


@pytest.mark.parametrize("url", ["http://host:port/v1", "mailto:eve@example.org", ""])
def test_an_endpoint_needs_an_address(url):
    with pytest.raises(UrlInvalid):
        endpoint_guard(url, seconds=5)
