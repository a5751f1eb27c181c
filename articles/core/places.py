"""Countries and regions that headlines name, to say where an indicator without a place belongs."""

import re
from typing import Final

_COUNTRIES: Final = """
Afghanistan|Albania|Algeria|Andorra|Angola|Argentina|Armenia|Australia|Austria|Azerbaijan|Bahamas
|Bahrain|Bangladesh|Barbados|Belarus|Belgium|Belize|Benin|Bhutan|Bolivia|Bosnia|Botswana|Brazil
|Britain|Brunei|Bulgaria|Burkina Faso|Burundi|Cambodia|Cameroon|Canada|Chad|Chile|China|Colombia
|Congo|Costa Rica|Croatia|Cuba|Cyprus|Czechia|Czech Republic|Denmark|Djibouti|Dominican Republic
|Ecuador|Egypt|El Salvador|England|Eritrea|Estonia|Eswatini|Ethiopia|Fiji|Finland|France|Gabon
|Gambia|Georgia|Germany|Ghana|Greece|Greenland|Guatemala|Guinea|Guyana|Haiti|Honduras|Hong Kong
|Hungary|Iceland|India|Indonesia|Iran|Iraq|Ireland|Israel|Italy|Ivory Coast|Jamaica|Japan|Jordan
|Kazakhstan|Kenya|Kosovo|Kuwait|Kyrgyzstan|Laos|Latvia|Lebanon|Lesotho|Liberia|Libya
|Liechtenstein|Lithuania|Luxembourg|Madagascar|Malawi|Malaysia|Maldives|Mali|Malta|Mauritania
|Mauritius|Mexico|Moldova|Monaco|Mongolia|Montenegro|Morocco|Mozambique|Myanmar|Namibia|Nepal
|Netherlands|New Zealand|Nicaragua|Niger|Nigeria|North Korea|North Macedonia|Northern Ireland
|Norway|Oman|Pakistan|Palestine|Panama|Papua New Guinea|Paraguay|Peru|Philippines|Poland|Portugal
|Qatar|Romania|Russia|Rwanda|Saudi Arabia|Scotland|Senegal|Serbia|Seychelles|Sierra Leone
|Singapore|Slovakia|Slovenia|Somalia|South Africa|South Korea|South Sudan|Spain|Sri Lanka|Sudan
|Suriname|Sweden|Switzerland|Syria|Taiwan|Tajikistan|Tanzania|Thailand|Timor-Leste|Togo|Tunisia
|Turkey|Türkiye|Turkmenistan|Uganda|Ukraine|United Arab Emirates|UAE|United Kingdom|UK|U.K.
|United States|US|U.S.|USA|Uruguay|Uzbekistan|Venezuela|Vietnam|Wales|Yemen|Zambia|Zimbabwe
"""
_REGIONS: Final = """
Africa|Antarctica|Arctic|ASEAN|Asia|Asia-Pacific|Balkans|Baltic|Benelux|Caribbean|Caucasus
|Central Africa|Central America|Central Asia|Central Europe|East Africa|East Asia|Eastern Europe
|EU|Eurasia|Europe|European Union|eurozone|euro area|Gulf|Latin America|Maghreb|Middle East
|North Africa|North America|Oceania|Sahel|Scandinavia|Siberia|South America|South Asia
|South Caucasus|Southeast Asia|Southern Africa|Sub-Saharan Africa|West Africa|Western Balkans
|Western Europe
"""
_WITH_ARTICLE: Final = frozenset(
    {
        "Bahamas",
        "Czech Republic",
        "Dominican Republic",
        "Gambia",
        "Maldives",
        "Netherlands",
        "Philippines",
        "United Arab Emirates",
        "UAE",
        "United Kingdom",
        "UK",
        "U.K.",
        "United States",
        "US",
        "U.S.",
        "USA",
        "Arctic",
        "Balkans",
        "Baltic",
        "Caribbean",
        "Caucasus",
        "EU",
        "European Union",
        "eurozone",
        "euro area",
        "Gulf",
        "Maghreb",
        "Middle East",
        "Sahel",
        "South Caucasus",
        "Western Balkans",
    }
)

COUNTRIES: Final = frozenset(_COUNTRIES.replace("\n", "").split("|"))
REGIONS: Final = frozenset(_REGIONS.replace("\n", "").split("|"))
_PLACE: Final = re.compile(
    r"(?<![\w-])(?:"
    + "|".join(re.escape(name) for name in sorted(COUNTRIES | REGIONS, key=len, reverse=True))
    + r")(?![\w-])"
)


def find_places(text: str) -> list[str]:
    """The countries and regions that a text names, as often as it names them, in order."""
    return _PLACE.findall(text)


def with_article(place: str) -> str:
    """The name as a sentence uses it: "the United Kingdom", but "Kenya"."""
    return f"the {place}" if place in _WITH_ARTICLE else place
