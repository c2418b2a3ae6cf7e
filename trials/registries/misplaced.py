"""Towns for which ClinicalTrials.gov gives the coordinates of another place of a like name.

The registry itself adds coordinates to what a record says of town and country, so a mistake comes again with every site
of that town: most of those in Milan lie in Umbria. Found by comparing each town and point of some 14,000 sites with the
towns of that name in GeoNames (more than 30 km apart), and each checked by hand against postcodes and hospitals.
"""

from __future__ import annotations

from typing import NamedTuple

from trials.registries.values import key


class Town(NamedTuple):
    """A town of GeoNames (https://www.geonames.org, CC BY 4.0): its number there, degrees north and east (WGS 84)."""

    geoname: int
    name: str
    latitude: float
    longitude: float


_MILAN = Town(3173435, "Milan", 45.46427, 9.18951)
_ROME = Town(3169070, "Rome", 41.89193, 12.51133)
_TURIN = Town(3165524, "Turin", 45.07049, 7.68682)
_GENOA = Town(3176219, "Genoa", 44.40478, 8.94439)
_MUNICH = Town(2867714, "Munich", 48.13743, 11.57549)
_FRANKFURT = Town(2925533, "Frankfurt am Main", 50.11552, 8.68417)
_HANNOVER = Town(2910831, "Hannover", 52.37052, 9.73322)
_KEMPTEN = Town(2891621, "Kempten (Allgäu)", 47.72674, 10.31389)
_XIAN = Town(1790630, "Xi’an", 34.25833, 108.92861)
_TIANJIN = Town(1792947, "Tianjin", 39.14222, 117.17667)
_CHENGDU = Town(1815286, "Chengdu", 30.66667, 104.06667)
_CHANGCHUN = Town(2038180, "Changchun", 43.88, 125.32278)
_NANJING = Town(1799962, "Nanjing", 32.06167, 118.77778)
_KOZHIKODE = Town(1265873, "Kozhikode", 11.24802, 75.7804)
_ANSAN = Town(1846918, "Ansan-si", 37.32361, 126.82194)
_SEONGNAM = Town(1897000, "Seongnam-si", 37.43861, 127.13778)
_CEBU = Town(1717512, "Cebu City", 10.31672, 123.89071)
_FUKUI = Town(1863985, "Fukui-shi", 36.06443, 136.22257)
_NAGOYA = Town(1856057, "Nagoya", 35.18147, 136.90641)
_OTA = Town(8469289, "Ōta", 35.56126, 139.71605)
_MOSCOW = Town(524901, "Moscow", 55.75204, 37.61781)
_ZANJAN = Town(111453, "Zanjan", 36.67642, 48.49628)
_ZAPORIZHZHIA = Town(687700, "Zaporizhzhya", 47.85167, 35.11714)

# By country, town as the registry writes it, and the registry's point; None where a province stands in place of a town
# (Aichi, Henan, Kocaeli), GeoNames has no such town of 5,000 people (Kasuya in Fukuoka), or the hospital is in another
# town than the record says (Tottori).
_TOWNS: dict[tuple[str, str, float, float], Town | None] = {
    ("IT", "Milan", 42.78235, 12.59836): _MILAN,
    ("IT", "Roma", 44.99364, 11.10642): _ROME,
    ("IT", "Torino", 44.88856, 11.99138): _TURIN,
    ("IT", "Genova", 45.21604, 11.87211): _GENOA,
    ("DE", "München", 51.60698, 13.31243): _MUNICH,
    ("DE", "Frankfurt", 49.68333, 10.53333): _FRANKFURT,
    ("DE", "Hannover", 53.1742, 8.50694): _HANNOVER,
    ("DE", "Kempten", 49.96729, 7.93702): _KEMPTEN,
    ("CN", "Xi’an", 35.99785, 113.52486): _XIAN,
    ("CN", "Tianjing", 31.46583, 120.77196): _TIANJIN,
    ("CN", "Chendu", 30.92504, 121.03163): _CHENGDU,
    ("CN", "Changchun", 24.91341, 118.50932): _CHANGCHUN,
    ("CN", "Nanjin", 31.75772, 121.74055): _NANJING,
    ("CN", "Henan", 39.46731, 115.13706): None,
    ("CN", "Henan", 37.92189, 112.22494): None,
    ("IN", "Calicut", 11.6, 92.73333): _KOZHIKODE,
    ("KR", "Ansan", 37.21795, 127.55845): _ANSAN,
    ("KR", "Seongnam", 35.54127, 127.39683): _SEONGNAM,
    ("PH", "Cebu", 16.75187, 121.5961): _CEBU,
    ("JP", "Fukui", 34.84214, 135.54836): _FUKUI,
    ("JP", "Ota-ku", 36.3, 139.36667): _OTA,
    ("JP", "Aichi", 32.51879, 130.62158): None,
    ("JP", "Aichi, Nagoya", 32.51879, 130.62158): _NAGOYA,
    ("JP", "Kasuya", 35.66253, 139.60746): None,
    ("JP", "Tottori", 34.24877, 134.67796): None,
    ("RU", "Moskva", 56.91775, 32.16579): _MOSCOW,
    ("IR", "Zanjān", 35.70327, 51.35748): _ZANJAN,
    ("TR", "Kocaeli", 39.62497, 27.51145): None,
    ("UA", "Zaporizhzhia", 47.15214, 35.74246): _ZAPORIZHZHIA,
}
_BY_KEY = {(country, key(city), *point): town for (country, city, *point), town in _TOWNS.items()}


class Spot(NamedTuple):
    """Where a site lies, as far as is known, and our remark where that is not what the registry gives."""

    latitude: float | None
    longitude: float | None
    remark: str = ""


def spot(country: str, city: str, latitude: float, longitude: float) -> Spot:
    """The registry's point of a town, or the town itself where that point is known to be another place."""
    known = (country, key(city), latitude, longitude)
    if known not in _BY_KEY:
        return Spot(latitude, longitude)
    town = _BY_KEY[known]
    given = f"The registry’s coordinates ({latitude}, {longitude}) are of another place"
    if town is None:
        return Spot(None, None, f"{given} and are left out.")
    return Spot(town.latitude, town.longitude, f"{given}; {town.name} stands where GeoNames has it.")
