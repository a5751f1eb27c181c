"""Texts on which no rule was ever tuned, and what a good editor would ask after reading them.

They were written before they were first tried, and are only counted (python -m
tests.articles.core.report). Whoever changes a rule looks at corpus.py, never at single failures
here; a text that has been looked at belongs there and needs a successor.
"""

import re
from dataclasses import dataclass

from tests.articles.core.corpus import NOON

PUBLISHED_AT = NOON


_YEAR = re.compile(r"\b20\d\d\b")


@dataclass(frozen=True)
class Wanted:
    """A question by the words that its title must hold; "open|be operational" is either."""

    words: tuple[str, ...]

    def is_asked_by(self, title: str) -> bool:
        """Whether a title has one of each, whatever the capitals; "when" needs no last day."""
        lower = title.lower()
        asks_when = lower.startswith("when ")
        return all(
            any(one in lower for one in each.split("|"))
            for each in self.words
            if not (asks_when and _YEAR.search(each))
        )


@dataclass(frozen=True)
class HeldOut:
    """A text, published at NOON; wanted are the good questions, also those that do no harm."""

    subject: str
    text: str
    wanted: tuple[Wanted, ...] = ()
    also: tuple[Wanted, ...] = ()


def _asks(*words: str) -> Wanted:
    return Wanted(words)


HELD_OUT = (
    # --- Economy ---
    HeldOut(
        "economy",
        "Portugal's consumer prices rose 2.3% in October from a year earlier, the national "
        "statistics institute said on Thursday, after 2.4% in September. Economists had looked "
        "for 2.5%. Food was the main reason for the slowdown.",
        (_asks("portugal", "prices|inflation", "november 2026"),),
    ),
    HeldOut(
        "economy",
        "Lake Shore Foods said revenue came to $3.1 billion in the third quarter, up 8 percent. "
        "The group, based in Chicago, plans to close two of its seven canneries by the end of "
        "March. Shares fell on the news.",
        (
            _asks("lake shore foods", "revenue", "fourth quarter"),
            _asks("lake shore foods", "close", "cann", "march 2027"),
        ),
    ),
    HeldOut(
        "economy",
        "The Bank of Canada left its policy rate at 2.25% on Wednesday. Its next decision is due "
        "on 9 December, and most analysts polled see no change. Governor Tiff Macklem said that "
        "trade remained the main risk.",
        (_asks("bank of canada", "rate", "9 december 2026|december 2026"),),
    ),
    HeldOut(
        "economy",
        "Key figures for the first nine months\n"
        "Figure | Value |\n"
        "Coffee exports of Honduras (2025) | $2.1 billion |\n"
        "Remittances to Honduras (2025) | $11.4 billion |\n"
        "The central bank collects both from customs and from banks.",
        (
            _asks("coffee exports", "honduras", "2026"),
            _asks("remittances", "honduras", "2026"),
        ),
    ),
    HeldOut(
        "economy",
        "Bulgaria's finance minister told parliament that the deficit would be brought below 3 "
        "percent of output next year. The cabinet must hand the 2027 budget to lawmakers by "
        "15 December, and the coalition is still arguing about pensions.",
        (
            _asks("bulgaria", "deficit", "2027"),
            _asks("budget", "15 december 2026"),
        ),
    ),
    # --- Elections ---
    HeldOut(
        "elections",
        "Kosovo's voters return to the polls on 28 December after parties failed to form a "
        "government. It will be the second early vote in a year. Turnout was 41% last time.",
        (_asks("kosovo", "28 december 2026"),),
        (_asks("kosovo", "turnout"),),
    ),
    HeldOut(
        "elections",
        "Three names will be on the ballot when Ghent chooses a mayor on 7 March 2027: Liesbeth "
        "Maes, Tom De Wilde and Farid Benali. Polls put Maes ahead by four points.",
        (_asks("who will win|mayor", "ghent", "7 march 2027"),),
    ),
    HeldOut(
        "elections",
        "Zambia's electoral commission has set 12 August 2027 as the date of the general "
        "election. Registration of voters closes on 31 January. President Hakainde Hichilema has "
        "not said whether he will run again.",
        (
            _asks("zambia", "election", "12 august 2027"),
            _asks("regist", "31 january 2027"),
        ),
    ),
    # --- Transport ---
    HeldOut(
        "transport",
        "After four delays the ring railway in Bogota should carry its first passengers in "
        "September 2027, the mayor's office promised. Some 82% of the track has been laid. Each "
        "train will hold 1,200 people.",
        (_asks("bogota", "rail", "30 september 2027|september 2027"),),
    ),
    HeldOut(
        "transport",
        "Works on the Brenner Base Tunnel, now three quarters finished, will go on until 2032, "
        "its builder says. Testing of the southern stretch is scheduled to start in spring 2028. "
        "Local people complain of dust.",
        (
            _asks("brenner base tunnel", "2032"),
            _asks("southern stretch|brenner", "test|start", "2028"),
        ),
    ),
    HeldOut(
        "transport",
        "Air Baltic intends to resume flights between Riga and Tbilisi from 1 May. The route was "
        "dropped in 2022. Tickets go on sale next week.",
        (_asks("air baltic", "flights", "tbilisi", "may 2027"),),
        (_asks("tickets", "sale", "2026"),),
    ),
    HeldOut(
        "transport",
        "The second crossing at Kazungula is nearly complete, engineers told visitors on Friday. "
        "Customs halls on the Zambian side still lack power. Lorries wait up to nine days at the "
        "old ferry.",
        (_asks("crossing", "kazungula"),),
    ),
    # --- Technology ---
    HeldOut(
        "technology",
        "Rocket Lab aims to fly its Neutron rocket for the first time before the end of the first "
        "quarter, chief executive Peter Beck told investors. The vehicle is to lift off from "
        "Wallops Island in Virginia.",
        (_asks("rocket lab|neutron", "fly|launch|lift", "31 march 2027|first quarter of 2027"),),
    ),
    HeldOut(
        "technology",
        "The European Commission has given Meta until 14 January to answer charges over its "
        "advertising. A fine could reach 10% of yearly sales. Meta denies that it broke the law.",
        (_asks("meta", "answer|respond|reply", "14 january 2027"),),
    ),
    HeldOut(
        "technology",
        "Intel confirmed that its second plant near Leixlip would begin making 14A chips in the "
        "second half of 2027. The company also agreed to sell a 30 percent stake in the site to "
        "Apollo.",
        (
            _asks("intel|leixlip", "14a", "2027"),
            _asks("intel", "stake", "apollo"),
        ),
    ),
    HeldOut(
        "technology",
        "Signal is working on a paid plan for backups, its president said, without naming a date. "
        "The messenger has about 70 million users. Donations pay most of its bills.",
    ),
    # --- Sport ---
    HeldOut(
        "sport",
        "Magnus Carlsen meets Fabiano Caruana in the final of the Freestyle Grand Slam in Cape "
        "Town on 12 December. They have met 14 times this year and Carlsen leads 8-4.",
        (_asks("carlsen|caruana|freestyle", "win|beat", "12 december 2026|december 2026"),),
    ),
    HeldOut(
        "sport",
        "The International Olympic Committee will decide in June 2027 which city hosts the winter "
        "games of 2038. Switzerland is the only country with which it is in talks. A vote of the "
        "people in Valais failed in 2018.",
        (_asks("olympic", "2038", "june 2027"),),
        (_asks("switzerland", "2038"),),
    ),
    HeldOut(
        "sport",
        "Leeds United expect to complete the rebuilding of the West Stand at Elland Road by "
        "August 2028, when capacity rises to 53,000. Planning papers went to the city council on "
        "Tuesday, and councillors vote on 18 December.",
        (
            _asks("west stand|leeds united|elland road", "2028"),
            _asks("council", "18 december 2026"),
        ),
    ),
    # --- Climate ---
    HeldOut(
        "climate",
        "Chile pledged at the talks in Antalya to shut its last coal plant by 2030, ten years "
        "sooner than planned. Six plants still run. Power from coal made up 16% of the total in "
        "2025.",
        (_asks("chile", "coal plant", "2030"),),
        (_asks("coal", "chile", "2026"),),
    ),
    HeldOut(
        "climate",
        "Forecasters at the Bureau of Meteorology say there is a 70 percent chance that El Nino "
        "forms by the end of January. Rain in eastern Australia was a third below normal in "
        "October. Farmers in Queensland have begun to sell cattle.",
        (_asks("el nino", "31 january 2027|january 2027"),),
    ),
    HeldOut(
        "climate",
        "Global sales of electric cars reached 20.7 million in 2025, a fifth more than the year "
        "before, the International Energy Agency said in a report on Monday. China bought more "
        "than half.",
        (_asks("electric cars", "2026"),),
    ),
    # --- Health ---
    HeldOut(
        "health",
        "Regulators in the United States must decide by 20 February whether to approve "
        "orforglipron, a pill for weight loss made by Eli Lilly. Britain's agency is looking at "
        "the drug as well.",
        (_asks("orforglipron", "approv", "20 february 2027"),),
    ),
    HeldOut(
        "health",
        "Uganda will be declared free of Ebola on 4 January if no new case appears, the health "
        "ministry said. The last patient left hospital on 23 November.",
        (_asks("uganda", "ebola", "4 january 2027"),),
    ),
    HeldOut(
        "health",
        "Hospitals in Wales had 612,000 people on their waiting lists at the end of September, "
        "the lowest number in two years. The health secretary wants the figure to be under "
        "550,000 by May 2027, when Wales votes.",
        (_asks("waiting list", "wales", "550,000|may 2027|october 2026"),),
    ),
    # --- Courts ---
    HeldOut(
        "courts",
        "Argentina has to hand over its shares in YPF by 15 January under an order of a court in "
        "New York, unless a higher court grants a stay. Judges hear the appeal on 9 December.",
        (_asks("argentina", "shares", "ypf", "15 january 2027"),),
        (_asks("appeal", "9 december 2026"),),
    ),
    HeldOut(
        "courts",
        "Sentencing of the former chief of Wirecard, Markus Braun, is expected in the spring of "
        "2027, a spokesman for the Munich court said. The trial began four years ago. Prosecutors "
        "want eleven years.",
        (_asks("braun|wirecard", "sentenc", "2027"),),
    ),
    HeldOut(
        "courts",
        "The Constitutional Court of Ecuador will rule before the end of the year on whether the "
        "referendum on foreign bases may go ahead. Indigenous groups had asked it to stop the "
        "vote.",
        (_asks("constitutional court", "ecuador", "rule", "31 december 2026"),),
    ),
    # --- Messy pages ---
    HeldOut(
        "messy pages",
        "Skip to content\nSubscribe\nHome > World > Africa\nShare\nMalawi to reopen uranium mine\n"
        "By Chikondi Banda\nUpdated 2 hours ago · 3 min read\n"
        "Malawi will reopen the Kayelekera uranium mine in February 2027, mines minister Ken "
        "Zikhale said on Saturday.The mine closed in 2014 when prices fell.It employed 750 "
        "people.\n"
        "Read more: Zambia is to build its first reactor by 2035\nMost read\n"
        "1 Gold is expected to hit $6,000 by June\n2 Kenya plans to tax cattle in 2027\n"
        "Sign up to our newsletter\nPrivacy | Terms | Contact",
        (_asks("kayelekera|malawi", "reopen", "february 2027"),),
    ),
    HeldOut(
        "messy pages",
        "Cookie settings Accept all Reject\nTHE HARBOUR GAZETTE\nLocal | Business | Tides\n"
        "Ferry firm orders two electric ships\n22 Nov 2026, 07:10\n"
        "Isle Line has ordered two electric ships from a yard in Gdynia. The first is due to enter "
        "service between Ardrossan and Brodick in autumn 2028.The order is worth £115m.\n"
        "Tags: ferries, Arran\nYou may also like\nTen walks on Arran\nAdvertisement\n"
        "© The Harbour Gazette 2026",
        (_asks("isle line|ship", "ardrossan|service", "2028"),),
    ),
    HeldOut(
        "messy pages",
        "Live blog\n14:05\nParliament in Sofia will vote on the media bill on 3 December, the "
        "speaker says.\n13:50\nThanks for staying with us. More follows.\n13:20\nThe finance "
        "committee has put off its session to Monday.\nShow older entries\nFollow us on social "
        "media",
        (_asks("media bill", "3 december 2026"),),
    ),
    # --- Nothing to ask ---
    HeldOut(
        "nothing",
        "My grandmother kept bees behind the house in Lublin. Every June she would open the hives "
        "and hum to them. I still plan to write down her recipes by Christmas, if my own children "
        "will let me.",
    ),
    HeldOut(
        "nothing",
        "The treaty of 1884 was due to expire in 1904, and Lord Salisbury was expected to renew "
        "it. Historians still ask why he did not. His papers were opened in 1972.",
    ),
    HeldOut(
        "nothing",
        "If Hungary had joined the eurozone in 2010, its debts would now be lower, argues a study. "
        "Its authors used a model of four countries.",
    ),
    HeldOut(
        "nothing",
        "Preheat the grill and slice two aubergines. They will be ready in 15 minutes. Serve with "
        "bread from Naples and, by the end of the evening, you will have made new friends.",
    ),
    HeldOut(
        "nothing",
        "What do cities owe the young? Rents in Paris have doubled. Leaders must think harder "
        "about the future, and Europe will have to show courage in the decade to come.",
    ),
    HeldOut(
        "nothing",
        "Match report: Ajax beat Feyenoord 3-1 on Sunday in front of 54,000 people. Brobbey scored "
        "twice. The visitors had 61% of the ball but only two shots on target.",
    ),
    HeldOut(
        "nothing",
        "Terms of service. We may change these terms at any time. Your subscription will renew on "
        "the first day of each month until you cancel it. Refunds are to be claimed within 14 "
        "days.",
    ),
    HeldOut(
        "nothing",
        "The film follows Captain Reyes, who must reach Mars by 2041 before her crew runs out of "
        "air. It is the director's best work since Tidewater, and it opens on a long silence.",
    ),
    HeldOut(
        "nothing",
        "The old harbour of Rostock was rebuilt between 1995 and 2003 at a cost of 140 million "
        "euros. Cranes from that time still stand. Visitors numbered 1.1 million then.",
    ),
    HeldOut(
        "nothing",
        "Quiz of the week: when will the Panama Canal open its third set of locks? (a) 2014 (b) "
        "2016 (c) it will open in 2030. Answers are on page 12.",
    ),
    HeldOut(
        "nothing",
        "Analysts say that the alliance could one day matter more than anyone expects. Ties are "
        "expected to deepen. Much will depend on trust between the capitals of the region.",
    ),
    HeldOut(
        "nothing",
        "Jobs: nurse wanted in Cork. The successful applicant will start in January 2027 and must "
        "hold a licence. Apply by 5 December with two references.",
    ),
)
