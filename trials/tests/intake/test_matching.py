"""Which numbers are one trial: claims in, groups out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trials.intake.matching import Links, Number, claims_of, group, node_of, rank, register_of
from trials.records import IdentifierRecord, TrialRecord

N1, N2 = ("CTGOV", "NCT00000001"), ("CTGOV", "NCT00000002")
C1, C2 = ("CTIS", "2022-500001-11-00"), ("CTIS", "2022-500002-11-00")
E1 = ("EUCTR", "2019-000001-11")


def groups(
    numbers: list[Number], edges: list[tuple[Number, Number]], **decisions: list[frozenset[str]]
) -> set[frozenset]:
    links = Links(frozenset(edges), **{name: frozenset(pairs) for name, pairs in decisions.items()})
    return set(group(numbers, links).groups)


def pair(first: Number, second: Number) -> frozenset[str]:
    return frozenset((first[1], second[1]))


def test_numbers_that_nobody_links_are_trials_of_their_own():
    assert groups([N1, N2], []) == {frozenset({N1}), frozenset({N2})}


def test_one_side_naming_the_other_is_enough():
    assert groups([N1, C1], [(N1, C1)]) == groups([N1, C1], [(C1, N1)]) == {frozenset({N1, C1})}


def test_two_records_that_name_the_same_third_number_are_one_trial_even_if_nobody_holds_it():
    assert groups([N1, C1], [(N1, E1), (C1, E1)]) == {frozenset({N1, C1, E1})}


def test_two_numbers_of_one_registry_that_name_the_same_number_stay_apart_and_are_suggested():
    links = Links(frozenset({(N1, E1), (N2, E1)}))
    grouping = group([N1, N2, E1], links)
    assert set(grouping.groups) == {frozenset({N1}), frozenset({N2}), frozenset({E1})}
    assert grouping.contested == {(N1, E1), (N2, E1)}


def test_a_contested_number_does_not_part_what_is_not_contested():
    assert groups([N1, N2, C1], [(N1, E1), (N2, E1), (C1, N1)]) == {
        frozenset({N1, C1}),
        frozenset({N2}),
        frozenset({E1}),
    }


def test_a_chain_that_would_join_two_numbers_of_one_registry_joins_nothing():
    assert groups([N1, N2, C1], [(N1, E1), (E1, C1), (C1, N2)]) == {
        frozenset({N1}),
        frozenset({N2}),
        frozenset({C1}),
        frozenset({E1}),
    }


def test_an_editor_may_part_what_records_join():
    assert groups([N1, C1], [(N1, C1)], different=[pair(N1, C1)]) == {frozenset({N1}), frozenset({C1})}


def test_an_editor_may_even_join_two_numbers_of_one_registry():
    assert groups([N1, N2], [], same=[pair(N1, N2)]) == {frozenset({N1, N2})}


def test_an_editor_may_join_two_registries():
    assert groups([N1, C1], [], same=[pair(N1, C1)]) == {frozenset({N1, C1})}


def test_a_copy_names_its_original_and_other_registers_behind_ictrp_are_told_apart():
    copy = TrialRecord(registry="CTGOV", number="NCT00000001", source="ICTRP")
    assert node_of(copy) == ("copy of CTGOV", "NCT00000001")
    assert claims_of(copy) == [("CTGOV", "NCT00000001")]
    assert register_of("ICTRP", "ChiCTR2000001", "") != register_of("ICTRP", "ISRCTN00000001", "")


def test_only_trial_numbers_of_other_registries_are_claims():
    record = TrialRecord(
        registry="CTGOV",
        number="NCT00000001",
        source="CTGOV",
        identifiers=(
            IdentifierRecord("ORG_STUDY_ID", "ABC-1"),
            IdentifierRecord("NIH", "R01HL000001"),
            IdentifierRecord("OTHER", "NCT00000002"),
            IdentifierRecord("EUDRACT_NUMBER", "2019-000001-11"),
            IdentifierRecord("CTIS", "2022-500001-11-00"),
        ),
    )
    assert claims_of(record) == [("EUCTR", "2019-000001-11"), ("CTIS", "2022-500001-11-00")]


NODES = st.sampled_from([N1, N2, C1, C2, E1, ("EUCTR", "2019-000002-11"), ("ICTRP:ISRCTN", "ISRCTN00000001")])
EDGES = st.lists(st.tuples(NODES, NODES).filter(lambda edge: edge[0][0] != edge[1][0]), max_size=8)


@given(EDGES)
def test_no_group_ever_holds_two_numbers_of_one_registry(edges):
    for found in groups([N1, N2], edges):
        registries = [registry for registry, _ in found]
        assert len(registries) == len(set(registries))


@given(EDGES, st.randoms())
def test_the_order_of_claims_does_not_matter(edges, random):
    shuffled = list(edges)
    random.shuffle(shuffled)
    assert groups([N1, N2], edges) == groups([N2, N1], shuffled)


@given(EDGES)
def test_every_number_is_in_exactly_one_group(edges):
    found = [number for members in groups([N1, N2], edges) for number in members]
    assert sorted(found) == sorted({N1, N2, *(number for edge in edges for number in edge)})


def test_copies_of_one_number_have_one_order():
    copies = [(register_of("EUCTR", E1[1], f"WHO ICTRP ({country})"), E1[1]) for country in ("FR", "ES", "DE")]
    assert [register for register, _ in sorted(copies, key=rank)] == [
        "copy of EUCTR (DE)",
        "copy of EUCTR (ES)",
        "copy of EUCTR (FR)",
    ]
