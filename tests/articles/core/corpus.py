"""Short texts of every kind that an editor pastes, and the titles that must come out of them."""

import datetime as dt
from dataclasses import dataclass

NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Case:
    """A text, published at NOON, and the titles of its drafts, best first."""

    name: str
    text: str
    titles: tuple[str, ...] = ()


FORECASTABLE = (
    Case(
        "economy: a monthly rate and a central bank's next decision",
        "Kenya's central bank said inflation was 4.1% in October. The bank is expected to cut its "
        "key rate in December.",
        (
            "What will inflation in Kenya be in November 2026?",
            "Will Kenya's central bank cut its key rate by 31 December 2026?",
        ),
    ),
    Case(
        "economy: a yearly amount asks for that of the next year",
        "Oil exports from Guyana rose to $12.4 billion in 2025.",
        ("What will oil exports from Guyana be in 2026?",),
    ),
    Case(
        "economy: a growth rate asks for that of the next quarter",
        "Finland's economy grew 0.4% in the third quarter, the statistics office said.",
        ("By how much will Finland's economy grow in the fourth quarter of 2026?",),
    ),
    Case(
        "economy: somebody's forecast becomes a bound",
        "The World Bank forecasts that the economy of Ghana will grow 5.2% in 2027.",
        ("Will the economy of Ghana grow by at least 5.2% in 2027?",),
    ),
    Case(
        "economy: the next column of a table",
        "Trade at a glance for the members of the pact, in current prices and without services.\n"
        "Indicator | 2024 | 2025 |\nExports from Chile | $98 billion | $104 billion |",
        ("What will exports from Chile be in 2026?",),
    ),
    Case(
        "economy: a plan with an amount",
        "Brazil aims to launch a forest fund worth $25 billion by the end of 2027.",
        ("Will Brazil launch a forest fund worth $25 billion by 31 December 2027?",),
    ),
    Case(
        "elections: named candidates",
        "Maria Lopez, Ana Torres and Juan Perez are the candidates in Chile's presidential "
        "election on 14 December 2026.",
        ("Who will win the presidential election in Chile on 14 December 2026?",),
    ),
    Case(
        "elections: the date stands in the next sentence",
        "President Amina Okello, opposition leader Peter Mugisha and former minister Grace Atim "
        "are running for president. The presidential election in Uganda is scheduled for "
        "14 January 2027.",
        (
            "Who will win the presidential election in Uganda on 14 January 2027?",
            "Will the presidential election in Uganda take place by 14 January 2027?",
        ),
    ),
    Case(
        "elections: a scheduled vote",
        "Norway will hold parliamentary elections on 8 September 2029.",
        ("Will Norway hold parliamentary elections by 8 September 2029?",),
    ),
    Case(
        "votes: a parliament votes on a bill",
        "Lawmakers in Estonia will vote on the Digital Identity Act on 3 March 2027.",
        ("Will lawmakers in Estonia approve the Digital Identity Act by 3 March 2027?",),
    ),
    Case(
        "votes: the present tense of a calendar",
        "Germany's Bundesrat votes on the Climate Fund Act on 18 December.",
        ("Will Germany's Bundesrat approve the Climate Fund Act by 18 December 2026?",),
    ),
    Case(
        "votes: a pronoun is resolved to its country",
        "Malta is under pressure. Its parliament is expected to approve the Seabed Act by "
        "15 December.",
        ("Will Malta's parliament approve the Seabed Act by 15 December 2026?",),
    ),
    Case(
        "transport: a month becomes its last day",
        "The Queensferry Tunnel is expected to open to traffic in June 2027, the transport "
        "ministry said on Monday.",
        ("Will the Queensferry Tunnel open to traffic by 30 June 2027?",),
    ),
    Case(
        "transport: almost done, behind a pronoun",
        "Trucks will one day use the Samana Corridor. Its construction along the northern coast "
        "is almost done.",
        ("Will the Samana Corridor be operational by 31 December 2027?",),
    ),
    Case(
        "transport: a relative clause belongs to the phrase before it",
        "The minister said the new hospital in Aarhus, which is expected to open in 2027, would "
        "cost 3 billion kroner.",
        ("Will the new hospital in Aarhus open by 31 December 2027?",),
    ),
    Case(
        "transport: a shortened relative clause",
        "The Mekong Bridge, due to open in May 2027, will link Nong Khai and Vientiane.",
        ("Will the Mekong Bridge open by 31 May 2027?",),
    ),
    Case(
        "transport: a table of projects",
        "The ministry published this overview of what is being built, with figures of last month.\n"
        "Project | Status |\nCoastal Railway | 85% complete |",
        ("Will the Coastal Railway be operational by 31 December 2027?",),
    ),
    Case(
        "transport: two verbs share a subject",
        "Norden Air has ordered 24 jets and plans to open a base in Gdansk next summer.",
        ("Will Norden Air open a base in Gdansk by 31 August 2027?",),
    ),
    Case(
        "transport: who has to deliver stands one sentence before",
        "Fjordlink has won another year to deliver ferries for the Hardanger route.The county "
        "council said on Wednesday that the company now has until 30 April 2028 to put the first "
        "two vessels into service.",
        ("Will Fjordlink put the first two vessels into service by 30 April 2028?",),
    ),
    Case(
        "technology: a launch with a source",
        "Apple is set to launch a foldable iPhone in September 2027, according to Bloomberg.",
        ("Will Apple launch a foldable iPhone by 30 September 2027?",),
    ),
    Case(
        "technology: scheduled for launch, early in a year",
        "The lunar lander Selene 2 is scheduled for launch in early 2027.",
        ("Will the lunar lander Selene 2 be launched by 30 April 2027?",),
    ),
    Case(
        "technology: announced plans",
        "Nokia announced plans to sell its network unit by the end of 2027.",
        ("Will Nokia sell its network unit by 31 December 2027?",),
    ),
    Case(
        "technology: time at the head of the sentence",
        "In 2027, Toyota will launch a solid-state battery car in Japan, the company said.",
        ("Will Toyota launch a solid-state battery car in Japan by 31 December 2027?",),
    ),
    Case(
        "sport: the year in the name of a contest",
        "Barcelona is due to host the 2029 Ryder Cup.",
        ("Will Barcelona host the 2029 Ryder Cup by 31 December 2029?",),
    ),
    Case(
        "sport: a sale begins",
        "Ticket sales for the Rugby World Cup in Australia begin on 18 February 2027.",
        ("Will ticket sales for the Rugby World Cup in Australia begin by 18 February 2027?",),
    ),
    Case(
        "economy: an adverb at the head of a sentence is no name",
        "The Bank of Norland left its rate alone on Thursday. Afterwards the Bank of Norland is "
        "scheduled to publish its stability report by 20 December 2026.",
        ("Will the Bank of Norland publish its stability report by 20 December 2026?",),
    ),
    Case(
        "climate: a projected fall",
        "Emissions in Germany are projected to fall by 5% in 2027.",
        ("Will emissions in Germany fall by at least 5% in 2027?",),
    ),
    Case(
        "climate: the next of a series",
        "The 12th Arctic Climate Forum ended in Tromso on Friday with a call for deeper cuts.",
        ("Will the 13th Arctic Climate Forum take place by 31 December 2027?",),
    ),
    Case(
        "climate: the parties to a protocol",
        "The 39th Meeting of the Parties to the Montreal Protocol ended in Bangkok on Friday.",
        (
            (
                "Will the 40th Meeting of the Parties to the Montreal Protocol take place by "
                "31 December 2027?"
            ),
        ),
    ),
    Case(
        "health: an institution's goal",
        "The World Health Organization aims to certify Egypt as malaria-free by the end of next "
        "year.",
        ("Will the World Health Organization certify Egypt as malaria-free by 31 December 2027?",),
    ),
    Case(
        "health: a report on a day",
        "The Centers for Disease Control and Prevention is expected to update its national count "
        "on November 30.",
        (
            (
                "Will the Centers for Disease Control and Prevention update its national count by "
                "30 November 2026?"
            ),
        ),
    ),
    Case(
        "courts: a ruling",
        "The Supreme Court is expected to rule on the Meadow Pipeline case by June 2027.",
        ("Will the Supreme Court rule on the Meadow Pipeline case by 30 June 2027?",),
    ),
    Case(
        "courts: a trial opens",
        "The trial of former minister Anton Varga is set to begin on 11 January 2027 in Budapest.",
        ("Will the trial of former minister Anton Varga begin in Budapest by 11 January 2027?",),
    ),
    Case(
        "courts: a list of briefs",
        "Court briefs\n"
        "• The High Court in Nairobi will deliver its ruling in the Lamu coal case on 9 December.\n"
        "• A Madrid court ordered Banco Sur to pay 1,200 customers by 31 January 2027.\n"
        "• The trial of Marek Nowak, charged with fraud, has been adjourned.",
        (
            "Will Banco Sur pay 1,200 customers by 31 January 2027?",
            (
                "Will the High Court in Nairobi deliver its ruling in the Lamu coal case by "
                "9 December 2026?"
            ),
        ),
    ),
    Case(
        "courts: an order with a last day",
        "Broadcaster RTVS has until 30 June 2027 to sell its radio arm.",
        ("Will broadcaster RTVS sell its radio arm by 30 June 2027?",),
    ),
    Case(
        "diplomacy: a bid to join a body named before",
        "Russia and China shape the region through the Steppe Security Organisation (SSO). "
        "Armenia has tried to join as an observer.",
        (
            (
                "Will Armenia become an observer in the Steppe Security Organisation by "
                "31 December 2027?"
            ),
        ),
    ),
    Case(
        "diplomacy: observer status",
        "Turkey has sought observer status in the Arctic Council.",
        ("Will Turkey become an observer in the Arctic Council by 31 December 2027?",),
    ),
    Case(
        "diplomacy: an agreement that runs out",
        "The ceasefire between Ruritania and Freedonia expires on 31 January 2027.",
        (
            (
                "Will the ceasefire between Ruritania and Freedonia be extended or renewed by "
                "31 January 2027?"
            ),
        ),
    ),
    Case(
        "diplomacy: an agreement under negotiation",
        "A free trade agreement between India and the European Union is under negotiation.",
        (
            (
                "Will a free trade agreement between India and the European Union be signed by "
                "31 December 2027?"
            ),
        ),
    ),
    Case(
        "diplomacy: a proposal in a table",
        "The ministers took stock of what the members of the bloc have put forward so far.\n"
        'Topic | State |\nProposed Common Label | "Grown in the Andes" under consideration. |',
        ('Will the proposed common label "Grown in the Andes" be adopted by 31 December 2027?',),
    ),
    Case(
        "transport: reported speech",
        "The energy minister told reporters on Thursday that the Baltic Wind Park would "
        "start production in June 2027.",
        ("Will the Baltic Wind Park start production by 30 June 2027?",),
    ),
    Case(
        "economy: whoever speaks is meant by it",
        "Volvo said it would end production of its diesel cars in Torslanda by March 2027.",
        ("Will Volvo end production of its diesel cars in Torslanda by 31 March 2027?",),
    ),
    Case(
        "economy: whoever speaks owns what is its",
        "Nestle confirmed that its factory in Kumasi would close by the end of 2027.",
        ("Will Nestle's factory in Kumasi close by 31 December 2027?",),
    ),
    Case(
        "transport: what should happen",
        "The repaired Tacora Bridge should open to traffic in April 2027, the roads agency said.",
        ("Will the repaired Tacora Bridge open to traffic by 30 April 2027?",),
    ),
    Case(
        "courts: somebody is given until a day",
        "A court in Lagos gave Shell until 30 April 2027 to clean up the Bodo creek.",
        ("Will Shell clean up the Bodo creek by 30 April 2027?",),
    ),
    Case(
        "transport: an expectation of one's own",
        "Ryanair expects to open a base in Tirana by May 2027.",
        ("Will Ryanair open a base in Tirana by 31 May 2027?",),
    ),
    Case(
        "climate: a pledge made somewhere",
        "Kenya pledged at a summit in Nairobi to ban single-use plastic by the end of 2027.",
        ("Will Kenya ban single-use plastic by 31 December 2027?",),
    ),
    Case(
        "health: an approval by a body without a name",
        "The agency must decide by 31 March 2027 whether to approve Novavax's new vaccine.",
        ("Will Novavax's new vaccine be approved by 31 March 2027?",),
    ),
    Case(
        "votes: whether to",
        "The city council of Ghent decides on 14 December whether to close the Dampoort tunnel.",
        ("Will the city council of Ghent close the Dampoort tunnel by 14 December 2026?",),
    ),
    Case(
        "courts: a sentence",
        "Sentencing of the banker Ivo Marin is scheduled for 12 January 2027 in Split.",
        ("Will sentencing of the banker Ivo Marin take place in Split by 12 January 2027?",),
    ),
    Case(
        "elections: a date is set",
        "Cyprus's electoral office has set 24 January 2027 as the date of the "
        "presidential election.",
        ("Will the presidential election in Cyprus take place by 24 January 2027?",),
    ),
    Case(
        "sport: two sides of a final",
        "Real Madrid meet Bayern Munich in the final of the Alpine Cup on 15 May 2027.",
        ("Who will win the final of the Alpine Cup on 15 May 2027?",),
    ),
    Case(
        "economy: a company says its own revenue",
        "Siemens said revenue came to 19.4 billion euros in the third quarter.",
        ("What will Siemens’s revenue be in the fourth quarter of 2026?",),
    ),
    Case(
        "economy: a number of visitors",
        "The number of tourists visiting Morocco reached 17.4 million in 2025.",
        ("What will the number of tourists visiting Morocco be in 2026?",),
    ),
    Case(
        "transport: is to, for the first time",
        "The Lisbon airport express is to run for the first time before the end of the "
        "second quarter of 2027, Portugal Rail said.",
        ("Will the Lisbon airport express run for the first time by 30 June 2027?",),
    ),
    Case(
        "economy: a deadline that somebody faces",
        "Thames Water faces a deadline of 31 January 2027 to publish its rescue plan.",
        ("Will Thames Water publish its rescue plan by 31 January 2027?",),
    ),
    Case(
        "transport: late again",
        "After three delays the Baltic Freight Line is now expected to open in the "
        "autumn of 2028, Rail Estonia said.",
        ("When will the Baltic Freight Line open?",),
    ),
    Case(
        "messy page: only the story counts",
        "Home\nNews\nSport\n1. News\n2. /\n3. Rail link delayed again\nRail link delayed again\n"
        "By Joan Smith\n5 hours ago4 min read\n"
        "The Harbour Line in Cork was to open this year.The Harbour Line is now expected to open "
        "in March 2028, Transport Ireland said.Costs have risen to €1.9 billion.\n"
        "#rail #Ireland\nStay Informed.\nRelated News\nIreland is set to ban vapes by 2027\n"
        "1 week ago\nIreland is set to ban vapes by 2027\nComments\nLoading comments...\n"
        "© 2026 Example Ltd. All rights reserved.",
        ("When will the Harbour Line open?",),
    ),
    Case(
        "messy page: abbreviations and an agency's dateline",
        "WASHINGTON, Nov. 20 (Newswire) - The U.S. Senate is expected to vote on the Space Safety "
        "Act in the coming weeks. Dr. Ann Lee of the U.S. Space Board said that the Act has wide "
        "support.",
        ("Will the U.S. Senate approve the Space Safety Act by 3 January 2027?",),
    ),
    Case(
        "messy page: lines wrapped at a margin",
        "Subject: new line\n\nThe operator told passengers this week that works go to plan.\n"
        "The Lobito Corridor will start carrying passengers in the second half\n"
        "of 2027, and the ministry says that the last of four bridges has been\n"
        "finished, that tracks are being laid, and that stations are painted.\n",
        ("Will the Lobito Corridor start carrying passengers by 31 December 2027?",),
    ),
)

SILENT = (
    Case(
        "an opinion piece",
        "I gave up on cities long ago, and I will never go back. By 2050 most of us will live in "
        "small towns, or so I hope. Our planners should listen. You may disagree with me, but the "
        "Lake District is expected to win this race by 2030.",
    ),
    Case(
        "a counterfactual",
        "Had the Delta Bridge been built in 2020, traffic would have fallen by 20% by now.",
    ),
    Case("a question", "Is the Delta Bridge expected to open in 2027? Nobody knows."),
    Case(
        "a past plan",
        "Norway was expected to finish the Rogfast tunnel in 2025. The war was to end by 1914.",
    ),
    Case(
        "vague outcomes",
        "The Coastal Line will improve connectivity and boost growth across Ghana in 2027. Accra "
        "is expected to play an important role by 2030.",
    ),
    Case(
        "a subject that nobody could look up",
        "The government has until 15 January 2027 to appeal. The aim is to finish by 2028.",
    ),
    Case(
        "a denial",
        "Scientists say that asteroid Apophis will not hit Earth in 2029. Ford no longer expects "
        "to open its plant in Ohio in 2027.",
    ),
    Case("a recipe", "Heat the oven. The Victoria sponge should be ready in 40 minutes."),
    Case(
        "a death foretold",
        "Inmate John Doe is due to be executed on 12 January 2027 in Texas.",
    ),
    Case(
        "first person",
        "We will open our new store in Leeds in March 2027. I plan to visit Rome by June.",
    ),
    Case(
        "nothing but noise",
        "Menu\nSign in\nEU is set to ban old cars by 2027\n2 weeks ago\n"
        "EU is set to ban old cars by 2027\nSubscribe now and get weekly highlights in your inbox."
        "\n© 2026 Example",
    ),
    Case("shouting", "THE DELTA BRIDGE IS EXPECTED TO OPEN IN MARCH 2027. SUBSCRIBE NOW."),
    Case(
        "history",
        "Paris hosted the Olympics in 2024. Property prices in London have risen 40% since 2015.",
    ),
    Case(
        "a time that is over",
        "The Delta Bridge is expected to open on November 16. Kenya plans to join in 2025.",
    ),
    Case(
        "a price that belongs to no country",
        "Wales named 34 players in Cardiff. Wales lost. Ticket prices rose by 6% in 2025.",
    ),
    Case("a far horizon", "Sweden and Denmark have agreed to build a second link by 2060."),
    Case(
        "an outcome that leans on another sentence",
        "The Clean Rivers Bill goes to the Senate, which is expected to vote on it in January.",
    ),
    Case(
        "a fear in reported speech",
        "Critics said the plan would ruin Ghana by 2030. Analysts said that trade would "
        "suffer in Kenya in 2027.",
    ),
    Case(
        "advice",
        "Leaders in Europe should open their eyes by 2027. Britain should leave the "
        "Lisbon Treaty by 2027, campaigners said.",
    ),
    Case(
        "would, in the past",
        "In 1998 officials said the Delta Bridge would open in 2004. He said he would "
        "never open the door to Rome in 2027.",
    ),
    Case(
        "would not",
        "Minister Kofi Adu said the Volta Bridge would not open in 2027.",
    ),
    Case(
        "a private promise",
        "The writer Ann Lee told friends she would finish the novel by June 2027.",
    ),
    Case(
        "a decision of the mind",
        "The jury decides whether to believe the witness on 3 December.",
    ),
    Case(
        "a friendly of a nameless team",
        "The team will meet Spain in a friendly on 3 March 2027. He faces Rome in the "
        "final chapter of the book.",
    ),
)
