"""Places and roads against distances worked out by hand."""

import networkx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds import calm, case, make_case, start

from sim.errors import InputError
from sim.geography import HOST, all_pairs, build_geography, edge_matrix, great_circle_km
from sim.phases.routing import todays_routes
from sim.rules import rules_of_facts

SQUARE = [("A", "B", 3), ("B", "C", 4), ("C", "D", 1), ("D", "A", 10)]


def square(roads=SQUARE, **places):
    """Return the geography of four towns on a square of roads."""
    towns = [(name, "theatre", places.get(name, {})) for name in "ABCD"]
    return build_geography(make_case(towns, roads, [("A", "resident", 5)]))


def shortest(n, roads, closed=()):
    """Return the lengths of the shortest routes and of the cheapest ones' kilometres."""
    a, b, km = (np.array(column) for column in zip(*roads, strict=True))
    cost = edge_matrix(n, a, b, km.astype(float))
    length = cost.copy()
    all_pairs(cost, length, ~np.isin(np.arange(n), closed))
    return cost, length


def test_shortest_way_round_a_square_is_taken():
    assert square().road_km.tolist() == [[0, 3, 7, 8], [3, 0, 4, 5], [7, 4, 0, 1], [8, 5, 1, 0]]


def test_shortest_of_two_roads_between_the_same_places_counts():
    assert square([*SQUARE, ("D", "A", 2)]).road_km[0].tolist() == [0, 3, 3, 2]


def test_closed_place_can_be_left_and_reached_but_not_passed():
    roads = [(0, 1, 3), (1, 2, 4), (2, 3, 1), (3, 0, 10)]
    cost, _ = shortest(4, roads, closed=[1])
    assert cost[0].tolist() == [0, 3, 11, 10]
    assert cost[1].tolist() == [3, 0, 4, 5]


def test_place_without_a_road_is_infinitely_far():
    cost, _ = shortest(4, [(0, 1, 3)])
    assert cost[0].tolist() == [0, 3, np.inf, np.inf]


def test_kilometres_follow_the_cheapest_route_not_the_shortest():
    a, b = np.array([0, 0, 1]), np.array([1, 2, 2])
    cost, km = edge_matrix(3, a, b, np.array([9.0, 2.0, 3.0])), edge_matrix(3, a, b, np.array([1.0, 2.0, 3.0]))
    all_pairs(cost, km, np.ones(3, bool))
    assert cost[0, 1] == 5.0  # by way of 2
    assert km[0, 1] == 5.0  # though the direct road is 1 km


roads_at_random = st.lists(
    st.tuples(st.integers(0, 7), st.integers(0, 7), st.integers(1, 50)).filter(lambda road: road[0] != road[1]),
    min_size=1,
    max_size=25,
)


@given(roads_at_random)
def test_shortest_routes_are_those_of_dijkstra(roads):
    graph = networkx.Graph()
    graph.add_nodes_from(range(8))
    for a, b, km in roads:
        if not graph.has_edge(a, b) or graph[a][b]["weight"] > km:
            graph.add_edge(a, b, weight=km)
    cost, length = shortest(8, roads)
    expected = np.full((8, 8), np.inf)
    for a, reach in networkx.all_pairs_dijkstra_path_length(graph):
        for b, km in reach.items():
            expected[a, b] = km
    np.testing.assert_array_equal(cost, expected)
    np.testing.assert_array_equal(length, expected)


def test_great_circle_has_the_length_of_a_degree_and_of_a_known_pair():
    degree = np.radians([0.0, 1.0])
    assert great_circle_km(degree[0], 0.0, degree[1], 0.0) == pytest.approx(111.19, abs=0.01)
    london, paris = np.radians([51.5074, -0.1278]), np.radians([48.8566, 2.3522])
    assert great_circle_km(*london, *paris) == pytest.approx(344, abs=1)


def test_distance_to_the_border_is_that_to_the_nearest_crossing():
    towns = [("A", "theatre", {"lat": 35.0}), ("B", "theatre", {"lat": 36.0})]
    gates = [("North", "entry_gate", {"lat": 37.0}), ("Far", "entry_gate", {"lat": 45.0})]
    geography = build_geography(make_case(towns + gates, [("A", "B", 120)], [("A", "resident", 1)]))
    np.testing.assert_allclose(geography.border_km, [222.39, 111.19], atol=0.01)


def test_border_is_infinitely_far_without_a_crossing():
    assert np.isinf(square().border_km).all()


def test_camp_node_is_counted_in_its_sub_district():
    geography = square(C={"part_of": "A"})
    assert geography.parent.tolist() == [0, 1, 0, 3]


def test_highways_are_shared_by_places_that_name_one_in_common():
    geography = square(A={"highway": "M5"}, B={"highway": "M5;M4"}, C={"highway": "M4"})
    assert geography.same_highway.astype(int).tolist() == [[1, 1, 0, 0], [1, 1, 1, 0], [0, 1, 1, 0], [0, 0, 0, 0]]


def test_passages_keep_their_direction_share_and_length():
    places = [("Coast", "coast"), ("Isle", "island"), ("Rock", "island"), ("Gate", "exit_gate"), ("Post", "beyond")]
    places.append(("Ashford", "theatre"))
    roads = [
        ("Coast", "Isle", 12.5, "sea", 0.7),
        ("Coast", "Rock", 20, "sea", 0.3),
        ("Gate", "Post", 1, "land_border_gate", 1.0),
    ]
    geography = build_geography(make_case(places, roads))
    assert (geography.sea.start.tolist(), geography.sea.end.tolist()) == ([0, 0], [1, 2])
    assert geography.sea.share.tolist() == [0.7, 0.3]
    assert geography.sea.metres.tolist() == [12_500, 20_000]
    assert geography.gates.start.tolist() == [3]
    assert not len(geography.river.start)


def test_crossings_are_no_short_cut_between_theatre_and_host_country():
    towns = [("A", "theatre"), ("Gate", "entry_gate"), ("Host", "host")]
    geography = build_geography(make_case(towns, [("A", "Gate", 5), ("Gate", "Host", 10)], [("A", "resident", 1)]))
    assert np.isinf(geography.km[0, 2])
    assert geography.km[1, 2] == 10


def test_every_place_of_the_theatre_can_reach_a_crossing_at_the_start():
    geography = build_geography(case("idlib_2020"))
    inhabited = geography.people_start > 0
    assert np.isfinite(geography.road_km[np.ix_(inhabited, inhabited)]).all()
    assert (geography.nearest_gate >= 0).all()
    np.testing.assert_array_equal(geography.road_km, geography.road_km.T)


def test_greek_gates_can_be_reached_from_every_turkish_province():
    geography = build_geography(case("idlib_2020"))
    host = geography.role == HOST
    assert np.isfinite(geography.km[np.ix_(host, geography.gates.start)]).all()
    # Istanbul lies about 240 km by road from the gate at Pazarkule.
    istanbul, gate = geography.number("İstanbul"), geography.number("Pazarkule")
    assert 200 < geography.km[istanbul, gate] < 280


@pytest.mark.parametrize(("weight", "metres", "cost"), [(0.0, 20_000, 20.0), (0.3, 24_000, 24.0), (0.1, 20_000, 22.0)])
def test_danger_on_the_way_makes_people_take_the_longer_road(weight, metres, cost):
    roads = [("A", "B", 10), ("B", "D", 10), ("A", "C", 12), ("C", "D", 12)]
    places = [(name, "theatre") for name in "ABCD"]
    model = start(calm(1, route_danger=weight), make_case(places, roads, [("A", "resident", 1)]))
    rules = rules_of_facts(model.facts, model.geography, model.behaviour, 0)
    # A threat of 2 in B is 1 on average along the roads to it.
    routes = todays_routes(model.geography, rules, np.array([0.0, 2.0, 0.0, 0.0]), model.behaviour)
    assert routes.metres[0, 3] == metres
    assert routes.cost_km[0, 3] == pytest.approx(cost)


def test_case_without_a_place_to_flee_from_is_refused_in_a_sentence():
    with pytest.raises(InputError, match="no place has the role theatre"):
        build_geography(make_case([("Cedar", "host")]))
