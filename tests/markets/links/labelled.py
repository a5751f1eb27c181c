"""Articles and questions with how much they have to do with each other, judged by a person.

2: what the question asks for is what the article tells of. 1: a forecaster would want to read it.
0, which is not written down: nothing, however many words the two share. Many of the articles are
there to mislead: the same country and another subject, the same subject in another year, the same
names, a digest that has a word on everything.

The two halves share no subject. Whatever is tuned is tuned on `TUNING`; `HELD_OUT` is only for
reports.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

TUNING: Final = "tuning"
HELD_OUT: Final = "held out"


@dataclass(frozen=True)
class LabelledQuestion:
    key: str
    half: str
    title: str
    criteria: str
    resolve_by: datetime


@dataclass(frozen=True)
class LabelledArticle:
    half: str
    title: str
    published_at: datetime
    text: str
    grades: Mapping[str, int] = field(default_factory=dict)


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC, hour=9)


def _q(half: str, key: str, title: str, criteria: str, by: str) -> LabelledQuestion:
    return LabelledQuestion(key, half, title, " ".join(criteria.split()), day(by))


def _a(half: str, at: str, title: str, text: str, **grades: int) -> LabelledArticle:
    return LabelledArticle(half, title, day(at), " ".join(text.split()), grades)


QUESTIONS: Final = (
    _q(TUNING, "corridor", "Will the Zangezur corridor be operational by 31 December 2026?",
       """Resolves YES if at least one freight train has carried cargo along the whole Zangezur
       corridor between Azerbaijan and Nakhchivan by 23:59 UTC on 31 December 2026, according to
       the railways of either country. Resolves NO otherwise.""", "2026-12-31"),
    _q(TUNING, "treaty", "Will Armenia and Azerbaijan sign a peace treaty by 30 June 2027?",
       """Resolves YES if the leaders or foreign ministers of Armenia and Azerbaijan have signed a
       bilateral peace treaty by 23:59 UTC on 30 June 2027. An initialled draft does not count.
       Resolves NO otherwise.""", "2027-06-30"),
    _q(TUNING, "visas", "Will the European Union grant Armenia visa-free travel by 1 July 2027?",
       """Resolves YES if citizens of Armenia may enter the Schengen area without a visa for short
       stays by 1 July 2027, as published in the Official Journal. Resolves NO otherwise.""",
       "2027-07-01"),
    _q(TUNING, "tenge", "Will annual inflation in Kazakhstan exceed 11% in December 2026?",
       """Resolves YES if the Bureau of National Statistics of Kazakhstan first reports consumer
       price inflation above 11.0% for December 2026, year on year. Resolves NO otherwise.""",
       "2027-01-20"),
    _q(TUNING, "reactor",
       "Will Kazakhstan start building its first nuclear power plant by 30 June 2027?",
       """Resolves YES if first concrete has been poured for the nuclear power plant at Ulken on
       Lake Balkhash by 30 June 2027, according to the government or the contractor. Resolves NO
       otherwise.""", "2027-06-30"),
    _q(TUNING, "lander", "Will the Boreas lander touch down on the Moon by 30 April 2027?",
       """Resolves YES if the Boreas spacecraft lands on the lunar surface in one piece and sends
       a signal afterwards by 30 April 2027, according to its operator. Resolves NO otherwise.""",
       "2027-04-30"),
    _q(TUNING, "ecb", "Will the European Central Bank cut its deposit rate in January 2027?",
       """Resolves YES if the Governing Council announces a deposit facility rate below the
       present one after its monetary policy meeting of January 2027. Resolves NO otherwise.""",
       "2027-01-31"),
    _q(TUNING, "bridge", "Will the Lark Bridge open to traffic by 1 March 2027?",
       """Resolves YES if private cars may cross the Lark Bridge over the Marrow by 23:59 UTC on 1
       March 2027, according to the road authority. Resolves NO otherwise.""", "2027-03-01"),
    _q(TUNING, "mayor", "Will Maria Okafor be elected mayor of Port Alden on 14 February 2027?",
       """Resolves YES if the city's electoral office declares Maria Okafor the winner of the
       mayoral election in Port Alden. Resolves NO otherwise.""", "2027-02-20"),
    _q(TUNING, "oil",
       "Will Norway's crude oil production exceed 1.9 million barrels a day in January 2027?",
       """Resolves YES if the Norwegian Offshore Directorate's first report shows more than 1.9
       million barrels of crude oil a day for January 2027. Resolves NO otherwise.""",
       "2027-02-28"),
    _q(TUNING, "strike", "Will the strike at the Venner steel works end by 15 December 2026?",
       """Resolves YES if the metal workers' union calls off its strike at Venner's blast furnaces
       by 15 December 2026. Resolves NO otherwise.""", "2026-12-15"),
    _q(TUNING, "vaccine", "Will the dengue vaccine Tavaxin be approved in Europe by 31 May 2027?",
       """Resolves YES if the European Commission grants a marketing authorisation for Tavaxin by
       31 May 2027. A recommendation of the medicines agency alone does not count. Resolves NO
       otherwise.""", "2027-05-31"),
    _q(TUNING, "cars",
       "Will Tesmar Motors deliver more than 500,000 cars in the fourth quarter of 2026?",
       """Resolves YES if Tesmar Motors' first statement on deliveries of October to December 2026
       gives a number above 500,000. Resolves NO otherwise.""", "2027-01-10"),
    _q(HELD_OUT, "pipeline", "Will Turkey and Egypt sign a gas pipeline agreement by 30 June 2027?",
       """Resolves YES if ministers of Turkey and Egypt have signed an agreement to build a
       natural gas pipeline between the two countries by 30 June 2027. Resolves NO otherwise.""",
       "2027-06-30"),
    _q(HELD_OUT, "pound", "Will the Egyptian pound fall below 60 to the dollar by 31 March 2027?",
       """Resolves YES if the official rate of the Central Bank of Egypt is above 60 pounds for
       one United States dollar on any day until 31 March 2027. Resolves NO otherwise.""",
       "2027-03-31"),
    _q(HELD_OUT, "wind",
       "Will the Ras Gharib wind farm deliver electricity to Egypt's grid by 30 April 2027?",
       """Resolves YES if the first turbines of the Ras Gharib extension feed power into the
       national grid by 30 April 2027, according to the operator or the ministry. Resolves NO
       otherwise.""", "2027-04-30"),
    _q(HELD_OUT, "boj", "Will the Bank of Japan raise its policy rate by 31 January 2027?",
       """Resolves YES if the Bank of Japan announces a higher target for the overnight call rate
       at a monetary policy meeting held by 31 January 2027. Resolves NO otherwise.""",
       "2027-01-31"),
    _q(HELD_OUT, "restart", "Will a reactor at Kashiwazaki-Kariwa be restarted by 31 March 2027?",
       """Resolves YES if a reactor at the Kashiwazaki-Kariwa nuclear power station in Japan
       reaches criticality by 31 March 2027, according to its operator. Resolves NO otherwise.""",
       "2027-03-31"),
    _q(HELD_OUT, "finance", "Will Kenya's parliament pass the Finance Bill 2027 by 30 June 2027?",
       """Resolves YES if the National Assembly of Kenya passes the Finance Bill 2027 at its third
       reading by 30 June 2027. Resolves NO otherwise.""", "2027-06-30"),
    _q(HELD_OUT, "runner", "Will Amina Oduor break the marathon world record by 31 May 2027?",
       """Resolves YES if Amina Oduor runs an eligible marathon faster than the women's world
       record by 31 May 2027, as ratified or listed as pending by World Athletics. Resolves NO
       otherwise.""", "2027-05-31"),
    _q(HELD_OUT, "tunnel", "Will the Selkirk Tunnel be broken through by 1 May 2027?",
       """Resolves YES if the two boring machines of the Selkirk Tunnel meet by 1 May 2027,
       according to the builder Corrie Works. Resolves NO otherwise.""", "2027-05-01"),
    _q(HELD_OUT, "dam", "Will the removal of the Halden Dam begin by 31 March 2027?",
       """Resolves YES if demolition work on the concrete of the Halden Dam on the Isker river has
       begun by 31 March 2027. Drawing down the reservoir does not count. Resolves NO
       otherwise.""", "2027-03-31"),
    _q(HELD_OUT, "lumio",
       "Will Lumio report more than 100 million subscribers for the end of 2026?",
       """Resolves YES if the streaming service Lumio states more than 100 million paying
       subscribers as of 31 December 2026 in its first report on that quarter. Resolves NO
       otherwise.""", "2027-02-28"),
    _q(HELD_OUT, "phones",
       "Will the Supreme Court of Harwick rule against police searches of phones by 30 April 2027?",
       """Resolves YES if the Supreme Court of Harwick holds by 30 April 2027 that police need a
       judge's warrant to search the phone of somebody they arrest. Resolves NO otherwise.""",
       "2027-04-30"),
    _q(HELD_OUT, "amazon",
       "Will deforestation in the Brazilian Amazon be below 5,000 square kilometres in 2026?",
       """Resolves YES if the space research institute INPE first reports less than 5,000 square
       kilometres of clear-cut forest for the season that ended in July 2026. Resolves NO
       otherwise.""", "2026-12-31"),
    _q(HELD_OUT, "reform",
       "Will Brazil's Senate approve the income tax reform by 28 February 2027?",
       """Resolves YES if the plenary of the Senate of Brazil approves the income tax bill in its
       final vote by 28 February 2027. Resolves NO otherwise.""", "2027-02-28"),
)  # fmt: skip

ARTICLES: Final = (
    _a(TUNING, "2026-11-18", "Rails reach the border on the Zangezur corridor",
       """Workers have laid the last stretch of track on the Azerbaijani side of the Zangezur
       corridor, the railway said on Tuesday. Signals and power lines are still missing on nine
       kilometres. The first freight train to Nakhchivan is planned for the second half of
       December. Officials in Yerevan warned that customs posts may not be ready by then.""",
       corridor=2),
    _a(TUNING, "2026-11-20", "Shippers are already booking wagons to Nakhchivan",
       """Three forwarders in Baku say that they take orders for the new route through the south
       of Armenia. They count on January rather than on December. The line is to save four days
       against the way through Iran. Insurance for the corridor is not settled.""", corridor=2),
    _a(TUNING, "2026-11-12", "Foreign ministers of Armenia and Azerbaijan meet in Geneva",
       """The two foreign ministers spoke for six hours about the text of a peace treaty. Two of
       seventeen articles are still open, both about the constitution of Armenia. Neither side
       named a date for signing. Transport links were not on the agenda.""", treaty=2),
    _a(TUNING, "2026-11-21", "What a peace would be worth to the South Caucasus",
       """Economists reckon that open borders would add a tenth to Armenia's output in ten years.
       Azerbaijan would gain from transit, above all through the Zangezur corridor. All of it
       depends on whether a treaty is signed and kept. Trade between the two is close to nothing
       today.""", treaty=1, corridor=1),
    _a(TUNING, "2026-11-15", "Armenia's apricot growers fear a late frost again",
       """Orchards in the Ararat valley lost half of their harvest to frost in April. The ministry
       of agriculture in Armenia has ordered two hundred wind machines. Growers want insurance
       instead. Most of the fruit is sold to Russia."""),
    _a(TUNING, "2026-11-19", "Brussels reports progress on visas for Armenians",
       """The European Commission says that Armenia meets five of seven conditions for travel
       without visas. Biometric passports and the law on data are missing. A decision of the
       member states could come in spring. Short stays in the Schengen area would then need no
       visa.""", visas=2),
    _a(TUNING, "2026-11-17", "Prices in Kazakhstan rise faster than wages",
       """Consumer prices in Kazakhstan were 10.8 per cent higher in October than a year before,
       the Bureau of National Statistics reported. Food rose most. The national bank expects the
       peak of inflation around the turn of the year. It left its base rate at 16.5 per cent.""",
       tenge=2),
    _a(TUNING, "2019-01-11", "Inflation in Kazakhstan slowed down in December",
       """Annual inflation in Kazakhstan was 5.3 per cent in December 2018, according to the
       statistics committee. Utility tariffs had been cut by decree. The national bank kept its
       corridor for 2019 between four and six per cent. Food became dearer by five per cent."""),
    _a(TUNING, "2026-11-10", "At Lake Balkhash they dig for a nuclear plant",
       """Surveyors have finished drilling at Ulken, where Kazakhstan wants its first nuclear
       power plant. The contractor plans to pour the first concrete in early summer. Fishermen ask
       what warm water will do to the lake. A licence for construction has not been granted.""",
       reactor=2),
    _a(TUNING, "2026-11-13", "Kazakhstan sells more uranium, and for more",
       """The state company that mines uranium in Kazakhstan raised its output by eight per cent.
       Most of it goes to China and France. A nuclear power plant at home would need only a small
       part of it. Sulphuric acid remains scarce at the mines.""", reactor=1),
    _a(TUNING, "2026-11-16", "Boreas has left Earth's orbit for the Moon",
       """The lander Boreas fired its engine for nineteen minutes and is on its way to the Moon.
       Its operator wants to try the landing in early March near the southern rim of Mare
       Frigoris. A valve that leaked last month has been closed for good. Fuel is enough for one
       attempt.""", lander=2),
    _a(TUNING, "2026-11-14", "Why so many landings on the Moon fail",
       """Of the last ten robotic attempts to touch down on the Moon four ended in pieces. Dust
       blinds the sensors in the last metres, and a signal to Earth takes over a second. Engineers
       now test lander legs on slopes. Cheap missions accept the risk.""", lander=1),
    _a(TUNING, "2026-11-09", "Boreas, the north wind, comes to the opera in Oslo",
       """A new opera about Boreas and Oreithyia has its first night in Oslo in January. The
       soprano sings from a crane above the stage. Norway's arts council paid for half of it.
       Seats for the first week are gone."""),
    _a(TUNING, "2026-11-19", "Two governors argue for waiting with the next rate cut",
       """Two members of the Governing Council of the European Central Bank see no hurry to lower
       rates again. Services are still too dear, they said in Frankfurt. Markets give a cut of the
       deposit rate at the January meeting one chance in three. New projections come in
       December.""", ecb=2),
    _a(TUNING, "2026-11-11", "Norway's central bank leaves its key rate alone",
       """Norges Bank kept its key policy rate at four per cent. The krone gained a little. The
       bank sees a first cut in spring. House prices in Oslo rose by six per cent in a year."""),
    _a(TUNING, "2026-11-20", "The Lark Bridge gets its last deck segment",
       """A floating crane has lifted the last segment of the Lark Bridge into place. Asphalt and
       railings follow until January. The road authority speaks of an opening to cars at the end
       of February. The ferry over the Marrow will stop a week later.""", bridge=2),
    _a(TUNING, "2026-11-08", "Larks are back on the meadows along the Marrow",
       """Birdwatchers counted sixty pairs of larks on the meadows beside the river. Mowing late
       has helped them. A bridge for walkers lets people watch without leaving the path. The
       reserve is open on Sundays."""),
    _a(TUNING, "2026-11-18", "Okafor leads in Port Alden, but not by much",
       """A poll for the Alden Courier sees Maria Okafor at 38 per cent before the mayoral
       election in February. Her nearest rival, the harbour master Lund, has 34. One voter in six
       has not decided. A run-off is not foreseen.""", mayor=2),
    _a(TUNING, "2026-11-07", "Port Alden's harbour deepens its channel",
       """Dredgers will work in Port Alden until spring. Ships with fourteen metres of draught can
       then call at the harbour. The city pays a third of the cost. The mayor spoke of the largest
       investment in decades."""),
    _a(TUNING, "2026-11-17", "Field off Norway goes quiet for repairs",
       """One of the largest fields on the Norwegian shelf stops for three weeks because of cracks
       in a riser. Crude production falls by a hundred thousand barrels a day as long as that
       lasts. The Norwegian Offshore Directorate expects the field back before January. Gas is not
       affected.""", oil=2),
    _a(TUNING, "2026-11-20", "Talks at Venner break off in the fourth week of the strike",
       """The metal workers' union left the talks with Venner on Thursday night. Management offers
       four per cent, the union wants seven. The blast furnaces are kept warm by forty people. A
       mediator has asked both sides back for Monday.""", strike=2),
    _a(TUNING, "2026-11-16", "A dengue vaccine asks Europe for permission",
       """The maker of Tavaxin has handed in its papers at the European medicines agency. A
       recommendation takes about seven months, unless the agency stops the clock. In trials the
       vaccine prevented three of four cases of dengue. Brazil approved it last year.""",
       vaccine=2),
    _a(TUNING, "2026-11-19", "Tesmar Motors cuts prices to empty its yards",
       """Tesmar Motors sells its smallest car for a tenth less until New Year. Analysts had
       expected 480,000 deliveries in the fourth quarter. The price cut may bring it above half a
       million, some now think. The margin will suffer.""", cars=2),
    _a(TUNING, "2026-11-14", "Armenia and Azerbaijan exchange prisoners",
       """Armenia handed over four prisoners to Azerbaijan, and got two in return. The Red Cross
       looked after the exchange at the border. Both governments called it a gesture. Families
       waited in Yerevan and Baku.""", treaty=1),
    _a(TUNING, "2026-11-13", "Why the road south of Sisian is full of lorries",
       """Lorries queue for nine hours on the road to Iran because a landslide closed one lane.
       Armenia has no railway in the south, so everything travels on wheels. The ministry wants to
       open the lane before the snow. Drivers sleep in their cabins."""),
    _a(TUNING, "2026-11-12", "Commission blames the steel makers of three countries",
       """The European Commission suspects seven makers of steel of having agreed on prices.
       Venner and two others had their offices searched. The metal workers' union asked who will
       pay for a fine. An answer takes years."""),
    _a(TUNING, "2026-11-06", "Dengue comes further north each summer",
       """Mosquitoes that carry dengue live in Paris now. Doctors in Europe counted eight hundred
       cases caught at home, more than ever. Draining flower pots helps. A vaccine is given to
       travellers only.""", vaccine=1),
    _a(TUNING, "2026-11-10", "Tesmar opens a battery plant",
       """Tesmar Motors has begun to make cells in a plant on the coast. It is to supply a million
       cars a year by 2030. The region paid for the roads. Six hundred people work there."""),
    _a(TUNING, "2026-11-15", "A lock and a kilometre of asphalt",
       """The crossing over the Marrow is nearly done. Cars should be able to use it from the last
       week of February, says the head of the road authority. Cyclists have to wait for the ramps.
       The old ferry is for sale.""", bridge=2),
    _a(TUNING, "2026-11-21", "The week in brief",
       """Armenia's parliament debated the budget. The European Central Bank published a paper on
       stablecoins. In Norway snow closed several roads. Kazakhstan opened an embassy in Dublin.
       The Moon will be full on Tuesday. Car makers met in Geneva, and steel was a little
       cheaper."""),
    _a(HELD_OUT, "2026-11-18", "Ankara and Cairo talk about a pipe under the sea",
       """The energy ministers of Turkey and Egypt want to build a gas pipeline between their
       coasts. A study is to say by March what it would cost. An agreement could be signed at the
       summit in May, the Turkish minister said. Cyprus protests.""", pipeline=2),
    _a(HELD_OUT, "2026-11-13", "Turkish airports count more passengers than ever",
       """Turkey's airports handled 230 million passengers by October. Istanbul alone had a third
       of them. Flights to Egypt doubled. A second terminal in Antalya opens next year."""),
    _a(HELD_OUT, "2026-11-20", "Egypt burns more gas than it pumps",
       """Output of the Zohr field has fallen again, and Egypt buys liquefied gas at high prices.
       The ministry speaks with Turkey about imports by pipeline, and with Israel about larger
       ones. Factories fear a summer with cuts. Exports have stopped.""", pipeline=1),
    _a(HELD_OUT, "2026-11-19", "The Egyptian pound slips again",
       """A dollar cost 54.7 Egyptian pounds at the banks on Wednesday, more than ever. Traders
       expect the Central Bank of Egypt to let it slide until the next loan is paid out. Some see
       60 before spring. Bread stays subsidised.""", pound=2),
    _a(HELD_OUT, "2016-11-04", "Egypt floats its pound",
       """The Central Bank of Egypt gave up its fixed rate on Thursday. The pound lost almost half
       of its worth against the dollar within hours. The loan of the Monetary Fund needed this
       step. Petrol became dearer overnight."""),
    _a(HELD_OUT, "2026-11-17", "First turbines stand at Ras Gharib",
       """Twenty of seventy turbines of the new wind farm at Ras Gharib have been put up. The
       cable to the substation follows in January. Egypt's ministry of electricity expects the
       first power in the grid in March. Migrating storks stop the blades by radar.""", wind=2),
    _a(HELD_OUT, "2026-11-12", "Egypt finds a painted tomb in Saqqara",
       """Archaeologists in Egypt opened a tomb of the fifth dynasty in Saqqara. Its colours look
       as if they were new. The owner had been a judge of the pharaoh. Visitors can see it from
       April."""),
    _a(HELD_OUT, "2026-11-20", "Ueda hints at December",
       """The governor of the Bank of Japan said that conditions for raising the policy rate are
       being met. Wages grow by more than three per cent. Most economists expect a step in
       December or January. The yen rose after the speech.""", boj=2),
    _a(HELD_OUT, "2026-11-14", "Japan's rice is dearer than ever",
       """A bag of rice costs twice as much in Japan as two years ago. The government sells from
       its reserve. Farmers are old and fields are small. Higher prices of food also worry the
       central bank."""),
    _a(HELD_OUT, "2026-11-16", "Niigata's governor lets the reactors run",
       """The governor of Niigata agreed to the restart of two reactors at Kashiwazaki-Kariwa. The
       assembly votes in December. The operator has loaded fuel into unit six and could reach
       criticality in January. It would be the first since Fukushima for this company.""",
       restart=2),
    _a(HELD_OUT, "2026-11-09", "What Japan does with its old reactors",
       """Eighteen nuclear reactors in Japan are being taken apart. It takes thirty years and
       there is no place for the waste. Operators would rather restart newer ones. Steel from the
       plants may become benches.""", restart=1),
    _a(HELD_OUT, "2026-11-18", "Nairobi plans taxes with more care this time",
       """Kenya's treasury has sent its ideas for the Finance Bill 2027 to parliament. There is no
       levy on bread. The National Assembly begins hearings in April and has to pass the bill by
       the end of June. Young people call for protests all the same.""", finance=2),
    _a(HELD_OUT, "2024-06-27", "Kenya's president withdraws the Finance Bill",
       """After deadly protests the president of Kenya refused to sign the Finance Bill 2024. The
       National Assembly had passed it two days before. Parliament was stormed on Tuesday. The
       treasury has to save instead."""),
    _a(HELD_OUT, "2026-11-15", "Oduor runs a half marathon like nobody before",
       """Amina Oduor won in Valencia in 62 minutes and 20 seconds. She will run the marathon in
       Tokyo in March, and speaks openly of the world record. Her trainer wants three pace makers.
       World Athletics has ratified her shoes.""", runner=2),
    _a(HELD_OUT, "2026-11-10", "Amina Oduor opens a school in Eldoret",
       """The runner Amina Oduor gave the money for six classrooms in Eldoret. Two hundred
       children started on Monday. She told them to read more than she did. Kenya's minister of
       education came too."""),
    _a(HELD_OUT, "2026-11-19", "Four hundred metres to go under Selkirk",
       """The boring machines of the Selkirk Tunnel are four hundred metres apart. Hard rock
       slowed the northern one down to three metres a day. Corrie Works expects them to meet in
       March. Rails are laid a year later.""", tunnel=2),
    _a(HELD_OUT, "2026-11-11", "Corrie Works wins the contract for a metro line",
       """The builder Corrie Works will dig a metro line in Leeds. Its two boring machines come
       from Germany. The works take five years. Shares of the company rose by three per cent."""),
    _a(HELD_OUT, "2026-11-17", "Salmon wait below Halden",
       """The court has thrown out the last appeal against taking down the Halden Dam. The
       reservoir is to be drawn down in January. Demolition of the concrete could begin in March
       if the Isker does not flood. Salmon have not passed the dam for ninety years.""", dam=2),
    _a(HELD_OUT, "2026-11-18", "Lumio adds a cheaper offer with advertisements",
       """The streaming service Lumio has 96 million subscribers, six million more than in summer.
       A plan with advertisements for half the price starts in December. Analysts think that the
       year could end above 100 million. Film studios ask for more money.""", lumio=2),
    _a(HELD_OUT, "2026-11-20", "Harwick's judges ask hard questions about phones",
       """The Supreme Court of Harwick heard the case of a courier whose phone was searched after
       an arrest. Four of seven judges seemed to want a warrant. The police say that searches
       solve crimes quickly. A ruling is expected in spring.""", phones=2),
    _a(HELD_OUT, "2026-11-08", "Harwick bans phones from its schools",
       """Pupils in Harwick have to leave their phones at the door from January. Teachers asked
       for it. Parents can call the office. The court has not been asked about it yet."""),
    _a(HELD_OUT, "2026-11-16", "Fewer trees felled in the Amazon, says an early count",
       """Satellite alerts point to less deforestation in the Brazilian Amazon than in any season
       since 2012. The space research institute INPE gives its yearly number in the last week of
       November. Fires burned more than usual. Soy growers claim part of the credit.""", amazon=2),
    _a(HELD_OUT, "2026-11-19", "Brazil's Senate puts the income tax on its agenda",
       """The president of the Senate wants a final vote on the income tax reform before the
       recess. People with small wages would pay nothing, those with large dividends more. The
       lower house approved the bill in October. Governors ask for compensation.""", reform=2),
    _a(HELD_OUT, "2026-11-15", "Brazil harvests a record of soy",
       """Farmers in Brazil brought in 172 million tonnes of soy. Ports are full of lorries. The
       taxes on exports stay as they are. In the Amazon new terminals are being built on the
       river."""),
    _a(HELD_OUT, "2026-11-14", "Turkey and Egypt bring their fleets together",
       """Warships of Turkey and Egypt trained side by side for the first time in a decade.
       Ministers of both watched from a frigate. They signed an agreement on saving people at sea.
       Greece observed from a distance."""),
    _a(HELD_OUT, "2026-11-12", "Japan's ten-year bonds find few buyers",
       """Yields on Japanese bonds rose to the highest in seventeen years. Investors expect the
       central bank to move again soon. The ministry of finance shortens its loans. Life insurers
       wait.""", boj=1),
    _a(HELD_OUT, "2026-11-11", "Kenya borrows to repay what it borrowed",
       """Kenya sold a bond to pay back an older one. Interest takes a third of its taxes. The
       treasury says that next year's budget needs new revenue. Rating agencies are patient.""",
       finance=1),
    _a(HELD_OUT, "2026-11-10", "Wind for Morocco's desalination",
       """Morocco builds a wind farm to make drinking water from the sea. The turbines come from
       the same maker as those in Egypt. Electricity for the grid is left over at night. It starts
       in 2028."""),
    _a(HELD_OUT, "2026-11-18", "A river gets its bed back",
       """What will the Isker look like without a wall across it? Ecologists have drawn maps of
       the valley as it was before 1935. They expect gravel banks within two years of the first
       blow of the hammer, which is planned for spring.""", dam=1),
    _a(HELD_OUT, "2026-11-13", "Cattle and soy in the Amazon: who clears the land",
       """Most of the forest that is felled in the Brazilian Amazon becomes pasture. A new law
       makes slaughterhouses prove where their cattle grazed. Prosecutors found gaps in every
       second certificate. Satellites see all of it.""", amazon=1),
    _a(HELD_OUT, "2026-11-21", "Seven days, seven lines",
       """Egypt's parliament discussed rents. In Japan the emperor opened a bridge. Kenya's
       runners won in Turin. Brazil's Senate honoured a singer. Turkey changed its clocks. A
       tunnel near Selkirk was closed for cleaning. The dollar fell, and films were watched as
       ever."""),
)  # fmt: skip
