"""The first page of forty questions, judged by hand: numbers of the made trials, names of the seed trials, in order.

Ranked by tier, then by the date of the last update, then by id.
"""

from __future__ import annotations

from trials.models import Registration, Trial
from trials.search.text.matching import find
from trials.tests.search.text import judged
from trials.tests.search.text.making import StandIn, written
from trials.tests.seed_trials.base import ALS, CX611, NKG2D, RACE, SCLERODERMA, SeedTrialsCase

NAMES = {RACE: "RACE", SCLERODERMA: "ULCERS", CX611: "CX611", NKG2D: "NKG2D", ALS: "ELAII"}
PAGE = 20

QUESTIONS = """
ALS: 6 7 ELAII 9
amyotrophic lateral sclerosis: 6 7 ELAII 9
"amyotrophic lateral sclerosis": 7 ELAII 6 9
MSC: 6 2 25 RACE 1 27 51 CX611 54 53 52 59 26 46 29 ULCERS 3
mesenchymal stem cells knee: 2 1
mesench* knee: 1
CB-MSC: 6 2 25 RACE 1 27 51 CX611 54 53 52 59 26 46 29 ULCERS 3
SDNS: RACE 28
nephrotic syndrome children: 28 RACE
nephrotic Naples: 28
scleroderma: 32 31 ULCERS
HSC scleroderma: 31 ULCERS
digital ulcer: 33 ULCERS
rheumatoid arthritis: 60 CX611 59
RA: 60 CX611 59
osteoarth: 2 1 3 CX611
knee osteoarthritis -adipose: 1
autologous chondrocyte implantation: 5 4
CAR-T: 11 15 12 18 13 NKG2D 19 16
CART: 11 15 12 18 13 NKG2D 19 16
CAR T cells lymphoma: 11 16
chimeric antigen receptor T cells neuroblastoma: 18
CD19: 11 12 13 14
CD-19 -CAR-T: 14
NKG2D: NKG2D 19
TIL melanoma: 20
tumor: 20 14 21 NKG2D 55 19 CX611 22 ULCERS
leukaemia: 12 23 24
10^6: 12 13 RACE
"cord blood": RACE 14 45 55 44
Wharton's jelly: 27 46 44 51 RACE
hematopoietic multiple sclerosis: 10
"multiple sclerosis" OR "multiple myeloma": 15 10 9
iPSC: 38 39 40 43
Crohn's: 53 54
thalassemia: 57
COVID19 msc: 51 52
Würzburg: 50
nct99000042: 42
RACE: RACE
tcim elaii: ELAII
2023-508432-53-00: ULCERS
Cx611: CX611
melanocite:
"""


class JudgedTest(SeedTrialsCase):
    index: StandIn

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        judged.make()
        cls.index = written()

    def test_the_first_page_of_each_question(self) -> None:
        expected = dict(line.rsplit(":", 1) for line in QUESTIONS.strip().splitlines())
        updated = _updated()
        slug_of = dict(Trial.objects.values_list("pk", "slug"))

        def first_page(question: str) -> str:
            tiers = find(question, self.index).tiers
            tier_of = {pk: place for place, tier in reversed(list(enumerate(tiers))) for pk in tier}
            ordered = sorted(tier_of, key=lambda pk: (tier_of[pk], -updated[pk], pk))
            return " ".join(NAMES.get(slug_of[pk]) or slug_of[pk][-2:].lstrip("0") for pk in ordered[:PAGE])

        assert {question: first_page(question) for question in expected} == {
            question: page.strip() for question, page in expected.items()
        }

    def test_what_was_meant_is_offered(self) -> None:
        assert find("melanocite", self.index).suggestion == "melanocyte"
        assert find("nefrotic sindrome", self.index).suggestion == "nephrotic syndrome"


def _updated() -> dict[int, int]:
    """The day of the last update of each trial, as any of its documents has it."""
    dates = [
        *Trial.objects.values_list("pk", "last_update_posted"),
        *Registration.objects.values_list("trial", "updated"),
    ]
    days: dict[int, int] = {}
    for pk, date in dates:
        days[pk] = max(days.get(pk, 0), date.first_day.toordinal() if date else 0)
    return days
