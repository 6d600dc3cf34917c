"""What teachers type finds what they want. `make bench` prints the same figures beside those of other searches."""

import pytest

from techfinder.activities import search
from tests.search.quality import DEPTH, corpus, load, measure, ndcg, questions

pytestmark = pytest.mark.django_db


def test_the_set_is_whole():
    ids = [row["id"] for row in corpus()["activities"]]
    asked = questions()
    assert len(ids) == len(set(ids)) >= 220
    assert len({question.text for question in asked}) == len(asked) >= 60
    assert {each for question in asked for each in question.wanted} <= set(ids)


def test_the_measure_knows_the_best_order_and_the_worst():
    wanted = {"a": 3, "b": 1}
    assert ndcg(["a", "b"], wanted) == 1
    assert 0 < ndcg(["c", "b", "a"], wanted) < ndcg(["b", "a"], wanted) < 1
    assert ndcg(["c"], wanted) == 0


def test_teachers_find_what_they_want():
    names = load()
    quality = measure(lambda text: [names[found] for found in search.find(search.Criteria(text=text), limit=DEPTH).ids])
    assert quality.ndcg >= 0.7
    assert quality.nothing_found <= 0.1


def test_what_nobody_offers_is_not_found():
    load()
    nothing = [question.text for question in questions() if not question.wanted]
    assert [search.count(search.Criteria(text=text)) for text in nothing] == [0, 0]
