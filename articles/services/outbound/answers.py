"""What a site answered, unpacked no further than it may be long."""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

import httpx

from articles.services.outbound.refusals import FetchFailed, ResponseTooLarge

# Real pages shrink to a fifth or a tenth; a page that shrinks to a hundredth is a bomb, unless it
# is so small that the ratio says nothing.
RATIO_MAX: Final = 100
RATIO_FREE_BYTES: Final = 100_000
CHUNK_BYTES: Final = 65_536


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a site answered, unpacked; `charset` is what its headers claim, or empty.

    `permanent_url` is where the site says that the page has moved for good: the last address that
    was reached by permanent redirects alone, or `url` itself. `etag` and `last_modified` are what
    to send back as `conditions` next time. The status is 200 to 299, or 304 without a body.
    """

    url: str
    final_url: str
    status: int
    content_type: str
    charset: str
    body: bytes = field(repr=False)
    permanent_url: str = ""
    etag: str = ""
    last_modified: str = ""


def bounded_body(response: httpx.Response, bytes_max: int) -> bytes:
    """The whole body, or a refusal as soon as there is more of it than allowed."""
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    declared = response.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > bytes_max:
        raise _too_large(bytes_max)
    chunks = response.iter_raw(CHUNK_BYTES)
    if encoding in {"gzip", "x-gzip"}:
        chunks = _unpacked(chunks, bytes_max)
    elif encoding not in {"", "identity"}:
        raise FetchFailed(
            "The site packs its pages in a way that was not asked for; paste the text instead."
        )
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > bytes_max:
            raise _too_large(bytes_max)
    return bytes(body)


def _unpacked(chunks: Iterable[bytes], bytes_max: int) -> Iterator[bytes]:
    """The gzip stream in small pieces, so that a bomb is seen before it has gone off."""
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    packed_bytes = unpacked_bytes = 0
    try:
        for chunk in chunks:
            packed_bytes += len(chunk)
            pending = chunk
            while pending and not unpacker.eof:
                piece = unpacker.decompress(pending, CHUNK_BYTES)
                pending = unpacker.unconsumed_tail
                unpacked_bytes += len(piece)
                if unpacked_bytes > max(RATIO_FREE_BYTES, RATIO_MAX * packed_bytes):
                    raise _too_large(bytes_max)
                yield piece
    except zlib.error as error:
        raise FetchFailed("The page arrived damaged; try again, or paste its text.") from error
    if not unpacker.eof:
        raise FetchFailed("The page broke off before its end; try again, or paste its text.")


def _too_large(bytes_max: int) -> ResponseTooLarge:
    return ResponseTooLarge(
        f"The page holds more than {bytes_max // 1_000_000} MB; "
        "paste the text of the article instead."
    )
