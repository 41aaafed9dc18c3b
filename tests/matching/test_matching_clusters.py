"""Series from proposals: what officers keep apart stays apart, order does not matter, and no chain of links joins two series."""

from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clew.matching.cluster_links import Decided, Link, Rules, pair_of
from clew.matching.cluster_reasons import why_together
from clew.matching.clusters import Clustering, Hindrance, clusters_of

MEDIA = st.integers(0, 15)
PAIRS = st.tuples(MEDIA, MEDIA).filter(lambda pair: pair[0] != pair[1])
LINKS = st.lists(st.tuples(MEDIA, MEDIA, st.floats(-5, 5)).map(lambda row: Link(*row)), max_size=60)
#: Media that the first two of so many series claim.
SERIES = st.lists(st.lists(MEDIA, max_size=4, unique=True).map(tuple), max_size=3).map(
    lambda groups: {f"series {at}": members for at, members in enumerate(groups)}
)
DECIDED = st.builds(
    Decided,
    together=st.frozensets(PAIRS, max_size=8),
    apart=st.frozensets(PAIRS, max_size=8),
    series=SERIES,
)


def members_of(clustering):
    return [cluster.members for cluster in clustering.clusters]


def clique(members, log10_odds=3.0):
    return [Link(one, other, log10_odds) for one, other in combinations(members, 2)]


@settings(max_examples=300, deadline=None)
@given(LINKS, DECIDED)
def test_what_is_kept_apart_is_never_together_and_every_media_has_one_cluster(links, decided):
    found = clusters_of(range(16), links, decided)
    assert sorted(member for members in members_of(found) for member in members) == list(range(16))
    labels = found.labels()
    for first, second in decided.apart:
        assert labels[first] != labels[second]


@settings(max_examples=200, deadline=None)
@given(LINKS, DECIDED, st.randoms(use_true_random=False))
def test_the_order_and_direction_of_what_comes_in_do_not_matter(links, decided, shuffler):
    expected = clusters_of(range(16), links, decided)
    turned = [Link(link.second, link.first, link.log10_odds) if shuffler.random() < 0.5 else link for link in links]
    shuffler.shuffle(turned)
    media = list(range(16))
    shuffler.shuffle(media)
    turned_decided = Decided(
        frozenset((second, first) for first, second in decided.together),
        frozenset((second, first) for first, second in decided.apart),
        dict(reversed(decided.series.items())),
    )
    assert clusters_of(media, turned, turned_decided) == expected


@settings(max_examples=200, deadline=None)
@given(
    st.integers(3, 8),
    st.integers(3, 8),
    st.integers(0, 9),
    st.floats(0.01, 4),
    st.floats(0.5, 4),
    st.randoms(use_true_random=False),
)
def test_a_chain_of_links_never_makes_one_of_two_dense_groups(ours, theirs, length, chain_log10, dense, shuffler):
    first, second = list(range(ours)), list(range(100, 100 + theirs))
    chain = [first[0], *range(200, 200 + length), second[0]]
    links = [*clique(first, dense), *clique(second, dense)]
    links += [Link(one, other, chain_log10) for one, other in pairwise(chain)]
    shuffler.shuffle(links)
    for members in members_of(clusters_of([], links)):
        assert not (set(members) & set(first) and set(members) & set(second))


@settings(max_examples=100, deadline=None)
@given(LINKS, DECIDED)
def test_confirmed_series_never_become_one_by_themselves(links, decided):
    found = clusters_of(range(16), links, decided)
    claimed = [name for name, members in decided.series.items() if members]
    held = [cluster.series for cluster in found.clusters if cluster.series is not None]
    assert len(held) == len(set(held))
    assert set(held) <= set(claimed)
    labels = found.labels()
    for cluster in found.clusters:
        begun = [
            min(decided.series[name]) for name in claimed if labels[min(decided.series[name])] == labels[cluster.medoid]
        ]
        # Two series in one cluster only where they claim one media, or an officer said so of a pair of them.
        if len({*begun}) > 1 and not decided.together:
            claims = [set(decided.series[name]) for name in claimed]
            assert any(one & other for one, other in combinations(claims, 2))


@settings(max_examples=100, deadline=None)
@given(LINKS, DECIDED)
def test_clusters_found_before_stay_as_they_are_when_nothing_is_new(links, decided):
    found = clusters_of(range(16), links, decided)
    again = clusters_of(range(16), links, decided, begun=members_of(found))
    together = {pair for members in members_of(found) for pair in combinations(members, 2)}
    still = {pair for members in members_of(again) for pair in combinations(members, 2)}
    assert together <= still


def test_nothing_makes_no_cluster_and_an_unlinked_media_one_of_its_own():
    assert clusters_of([], []) == Clustering((), (), (), Rules())
    assert members_of(clusters_of([7, 3], [])) == [(3,), (7,)]


def test_a_dense_group_is_one_cluster_with_its_figures():
    (cluster,) = clusters_of([], [Link(1, 2, 3.0), Link(2, 3, 2.0), Link(3, 1, -0.5)]).clusters
    assert (cluster.members, cluster.medoid, cluster.linked_pairs) == ((1, 2, 3), 2, 3)
    assert (cluster.median_log10, cluster.worst_log10) == (2.0, -0.5)


def test_a_pair_that_is_linked_twice_counts_by_the_weaker():
    assert members_of(clusters_of([], [Link(1, 2, 3.0), Link(2, 1, -1.0)])) == [(1,), (2,)]


def test_strong_evidence_against_a_pair_keeps_it_apart_until_an_officer_says_otherwise():
    links = [*clique(range(5)), Link(9, 0, -2.5), *(Link(9, other, 3.0) for other in range(1, 5))]
    labels = clusters_of([], links).labels()
    assert labels[0] != labels[9]
    said = Decided(together=frozenset({(0, 9)}))
    assert members_of(clusters_of([], links, said)) == [(0, 1, 2, 3, 4, 9)]


def test_two_confirmed_series_are_proposed_as_one_and_rejected_ones_never_again():
    series = {"Alder": (0, 1, 2), "Birch": (10, 11, 12)}
    between = [Link(one, other, 2.0) for one in range(3) for other in range(10, 13)]
    links = [*clique(range(3)), *clique(range(10, 13)), *between]
    found = clusters_of([], links, Decided(series=series))
    assert [(cluster.series, cluster.members) for cluster in found.clusters] == [
        ("Alder", (0, 1, 2)),
        ("Birch", (10, 11, 12)),
    ]
    (proposal,) = found.proposals
    assert (proposal.first, proposal.second, proposal.mean_log10, proposal.why_apart) == (
        0,
        1,
        2.0,
        Hindrance.CONFIRMED,
    )
    assert proposal.strongest == Link(0, 10, 2.0)
    assert clusters_of([], links, Decided(frozenset(), frozenset({(2, 10)}), series)).proposals == ()
    assert members_of(clusters_of([], links)) == [(0, 1, 2, 10, 11, 12)]


def test_one_strong_link_between_two_groups_is_proposed_not_followed():
    found = clusters_of([], [*clique(range(3)), *clique(range(10, 13)), Link(0, 10, 4.0)])
    assert members_of(found) == [(0, 1, 2), (10, 11, 12)]
    assert [proposal.why_apart for proposal in found.proposals] == [Hindrance.UNSUPPORTED]


def test_officers_who_contradict_each_other_are_told_and_apart_wins():
    decided = Decided(frozenset({(1, 2), (2, 3)}), frozenset({(1, 3)}))
    found = clusters_of([], [], decided)
    assert members_of(found) == [(1, 2), (3,)]
    assert found.contradicted == ((2, 3),)


def test_a_media_that_two_series_claim_stays_with_the_first_and_is_told():
    found = clusters_of([], [], Decided(series={"Birch": (2, 3), "Alder": (1, 2)}))
    assert [(cluster.series, cluster.members) for cluster in found.clusters] == [("Alder", (1, 2)), ("Birch", (3,))]
    assert found.contradicted == ((2, 3),)
    assert clusters_of([1], [], Decided(series={"Alder": ()})).clusters[0].series is None


def test_new_media_join_what_was_found_or_found_their_own():
    links = clique(range(4))
    begun = members_of(clusters_of([], links))
    new = [Link(20, 0, 3.0), Link(20, 1, 3.0), *clique((30, 31))]
    assert members_of(clusters_of([], [*links, *new], begun=begun)) == [(0, 1, 2, 3, 20), (30, 31)]
    # What was found before is parted by an officer alone.
    parted = Decided(apart=frozenset({(0, 3)}))
    assert members_of(clusters_of([], links, parted, begun=begun)) == [(0, 1, 2), (3,)]


@pytest.mark.parametrize("strict", [True, False])
def test_rules_are_those_given_and_told(strict):
    rules = Rules(mean_log10_min=2.5 if strict else 0.0)
    found = clusters_of([], clique(range(3), 2.0), rules=rules)
    assert members_of(found) == ([(0,), (1,), (2,)] if strict else [(0, 1, 2)])
    assert found.rules == rules


def test_why_two_media_are_together_is_the_path_whose_weakest_link_is_strongest():
    links = [Link(1, 2, 3.0), Link(2, 3, 2.0), Link(1, 3, 0.5), Link(3, 4, 1.0), Link(1, 5, 4.0), Link(5, 9, 4.0)]
    assert why_together((1, 2, 3, 4), links, 1, 4) == (Link(1, 2, 3.0), Link(2, 3, 2.0), Link(3, 4, 1.0))
    assert why_together((1, 2, 3, 4), links, 1, 5) == ()
    assert why_together((1, 2), [Link(1, 2, -1.0)], 1, 2) == ()
    assert why_together((1,), [], 1, 1) == ()


def test_what_officers_said_is_the_strongest_reason():
    said = why_together((1, 2, 3), [Link(1, 2, 3.0), Link(2, 3, 3.0)], 1, 3, Decided(series={"Alder": (1, 3)}))
    assert said == (Link(1, 3, float("inf")),)


@settings(max_examples=100, deadline=None)
@given(LINKS)
def test_a_path_of_reasons_exists_within_every_cluster_that_links_made(links):
    for cluster in clusters_of([], links).clusters:
        for other in cluster.members[1:]:
            path = why_together(cluster.members, links, cluster.members[0], other)
            assert (path[0].first, path[-1].second) == (cluster.members[0], other)
            assert all(link.log10_odds > 0 for link in path)
            assert len({pair_of(link.first, link.second) for link in path}) == len(path)


def test_a_copy_that_lies_in_another_series_does_not_join_both():
    ours, theirs = range(8), range(10, 13)
    hub = [Link(0, other, 4.0) for other in theirs]
    links = [*clique(ours), *clique(theirs), *hub]
    assert members_of(clusters_of([], links)) == [tuple(ours), tuple(theirs)]
    # A second media that says the same is another matter.
    assert members_of(clusters_of([], [*links, *(Link(1, other, 4.0) for other in theirs)])) == [(*ours, *theirs)]
