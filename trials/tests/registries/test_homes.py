import pytest

from trials.records import IdentifierRecord
from trials.registries.homes import home, identifier


@pytest.mark.parametrize(
    ("written", "registry", "number"),
    [
        ("NCT01234567", "CTGOV", "NCT01234567"),
        ("nct 01234567", "CTGOV", "NCT01234567"),
        ("CTIS2023-501234-11-00", "CTIS", "2023-501234-11-00"),
        ("2023-501234-11-00", "CTIS", "2023-501234-11-00"),
        ("2023\u2011501234\u201111\u201100", "CTIS", "2023-501234-11-00"),
        ("EUCTR2019-001234-28-FR", "EUCTR", "2019-001234-28"),
        ("EUCTR2019-001234-28-Outside-EU/EEA", "EUCTR", "2019-001234-28"),
        ("2019-001234-28", "EUCTR", "2019-001234-28"),
        ("ChiCTR2000012345", "ICTRP", "ChiCTR2000012345"),
        ("CTRI/2020/04/012345", "ICTRP", "CTRI/2020/04/012345"),
        ("NCT012345678", "ICTRP", "NCT012345678"),
    ],
)
def test_a_number_is_told_by_its_form(written, registry, number):
    assert home(written) == (registry, number)


@pytest.mark.parametrize(
    ("written", "kind", "value", "domain"),
    [
        ("NCT01234567", "REGISTRY", "NCT01234567", "ClinicalTrials.gov"),
        ("2019-001234-28-DE", "EUDRACT_NUMBER", "2019-001234-28", ""),
        ("2023-501234-11-00", "CTIS", "2023-501234-11-00", ""),
        ("U1111-1234-5678", "REGISTRY", "U1111-1234-5678", "WHO Universal Trial Number"),
        ("JapicCTI-123456", "REGISTRY", "JapicCTI-123456", "JPRN"),
        ("jRCTs031200001", "REGISTRY", "jRCTs031200001", "JPRN"),
        ("RBR-3abc3w", "REGISTRY", "RBR-3abc3w", "REBEC"),
    ],
)
def test_a_registry_number_is_filed_as_one(written, kind, value, domain):
    assert identifier(written) == IdentifierRecord(kind, value, domain)


@pytest.mark.parametrize(
    "written", ["R01NS012345", "146070", "2017-37", "BTR 06-2018", "75,061; 125,097", "NL12345.042.08"]
)
def test_a_sponsors_or_a_grants_number_is_never_taken_for_a_registrys(written):
    assert identifier(written, "IND") == IdentifierRecord("OTHER", written, "IND")
