"""Articles written for these tests: as an editor would paste them, and as a site serves them."""

import json

BRIDGE_TITLE = "The strait bridge enters its last winter"
BRIDGE_BODY = """\
HALVIK — Nine winters of work end with this one. The bridge over the Halvik strait is expected to \
open to traffic by 30 June 2027, the ministry of transport said.

The last of its 41 spans was lifted into place in October, and crews are now laying asphalt on \
the western half. Ferries will go on carrying lorries until the summer, said the harbour master, \
who has run the crossing since he was a young man and does not expect to miss it.

Critics have called the toll of 14 crowns too high for commuters. The Regional Council of Halvik \
is scheduled to vote on a lower toll by 15 March 2027, after two earlier attempts were put off \
for want of a majority among its members."""
BRIDGE = f"""\
{BRIDGE_TITLE}

20 November 2026

{BRIDGE_BODY}

#transport
#halvik
"""
BRIDGE_OPENING = "expected to open to traffic by 30 June 2027"

FERRY = """\
The ferry company of Halvik has not decided what becomes of its five ships.

The oldest of them, built in 1974, may end as a museum in the inner harbour, where a society of \
friends has collected money for two years. The others are for sale, and yards on three coasts \
have sent people to look at their engines. Halvik Ferries plans to sell two of its ships by \
31 August 2027, its chairwoman told shareholders. The market for old ferries does not become \
any better while every strait in the north is being bridged."""

RAILWAY = """\
Trade and rails: what the statistics office of Ghana counted

20 November 2026

Exports from Ghana rose to $10.7 billion in 2025, the statistics office said on Thursday, and \
most of that was gold and cocoa. Farmers in the west had a good year, and the ports were busy \
from January until the rains came.

After two delays, the Volta Railway in Ghana is now expected to open in May 2027, the transport \
ministry said. Crews are laying the last rails north of the dam, and the stations have been \
painted in the colours that the children of Tema chose."""

GERMAN = """\
Die Brücke über den Sund ist nach neun Jahren fast fertig, und der Winter ist der letzte, den \
die Fähren allein bestreiten. Das Ministerium teilte mit, dass der Verkehr im kommenden Sommer \
rollen soll, sobald die Geländer geprüft sind. Kritiker halten die Maut von vierzehn Kronen für \
zu hoch und fordern, dass Pendler weniger bezahlen. Der Regionalrat wird im März darüber \
abstimmen, nachdem zwei Versuche an der fehlenden Mehrheit gescheitert sind und die Parteien \
einander seit Monaten Vorwürfe machen."""

BOT_WALL = """<html><head><title>Just a moment...</title></head><body>
<h2>Checking your browser before accessing the site</h2>
<p>Please enable JavaScript and cookies to continue. This takes a few seconds.</p></body></html>"""


def paragraphs(text: str) -> str:
    return "\n".join(f"<p>{part}</p>" for part in text.split("\n\n"))


def page(
    *,
    title: str = BRIDGE_TITLE,
    body: str = BRIDGE_BODY,
    head: str = "",
    above: str = "",
    linked: dict[str, object] | None = None,
    language: str = "en",
) -> bytes:
    """A news page around a text: a menu, an article, a footer with a copyright year."""
    script = f'<script type="application/ld+json">{json.dumps(linked)}</script>' if linked else ""
    return f"""<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><title>{title} | The Halvik Post</title>
{head}{script}</head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/sport">Sport</a></li></ul></nav>
<main><article><h1>{title}</h1>{above}{paragraphs(body)}</article></main>
<footer>© 2019 The Halvik Post. All rights reserved.</footer></body></html>""".encode()


def news_article(**changes: object) -> dict[str, object]:
    """The JSON-LD of a news article, with whatever a test changes."""
    return {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": BRIDGE_TITLE,
        "datePublished": "2026-11-20T08:30:00+01:00",
        "author": {"@type": "Person", "name": "Ingrid Moe"},
        "publisher": {"@type": "Organization", "name": "The Halvik Post"},
        **changes,
    }
