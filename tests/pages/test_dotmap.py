import re

from techfinder.pages import dotmap
from techfinder.taxonomy import hexagons


def test_more_schools_make_a_larger_dot():
    one = dotmap.draw([(52.1, 5.1, 1)])
    many = dotmap.draw([(52.1, 5.1, 1)] * 20)
    assert [size for size, _path in one.paths] == ["1.7"]
    assert [size for size, _path in many.paths] == ["4.6"]


def test_a_point_outside_the_country_is_left_out():
    assert sum(hexagons.hexagons([(12.2, -68.3, 1), (52.1, 5.1, 2)]).values()) == 2


def test_dots_lie_within_the_drawing():
    drawn = dotmap.draw(hexagons.atlas_points())
    for _size, path in drawn.paths:
        for x, y in re.findall(r"M(-?[\d.]+) (-?[\d.]+)h0", path):
            assert -5 <= float(x) <= drawn.width + 5
            assert -5 <= float(y) <= drawn.height + 5


def test_the_atlas_helps_until_the_schools_show_the_country():
    few = [(52.1, 5.1, 1)]
    assert len(hexagons.home_points(few)) > 400
    country = [(50.8 + row / 20, 4.0 + column / 20, 1) for row in range(40) for column in range(40)]
    assert hexagons.home_points(country) == country


def test_a_trace_bends_at_45_degrees():
    path, x1, y1, x2, y2 = dotmap.trace((52.5, 6.0), (52.2, 6.9))
    (ax, ay), (bx, by), (cx, cy) = [tuple(map(float, p)) for p in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", path)]
    assert (ax, ay, cx, cy) == (x1, y1, x2, y2)
    assert ax == bx or ay == by
    assert abs(abs(cx - bx) - abs(cy - by)) < 0.2


def test_a_dot_lies_where_its_schools_are():
    for lat, lon in ((51.44, 3.57), (53.22, 6.57), (50.85, 5.69), (52.37, 4.90)):
        (place,) = hexagons.hexagons([(lat, lon, 1)])
        there = hexagons.on_earth(*hexagons.centre(*place))
        assert abs(there[0] - lat) * hexagons.KM_PER_DEGREE < hexagons.CELL_KM * 0.6
        assert abs(there[1] - lon) * 68 < hexagons.CELL_KM * 0.6
