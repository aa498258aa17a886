"""Typed answers keep their laws, for drawn types and for those that users write."""

import pytest
from hypothesis import settings, strategies as st

from lionpride_trio.testing import check_elements, check_typed
from tests.typed_data.shapes import ROUND, Step

FEW = settings(max_examples=8)


def test_answers_of_drawn_types_come_back():
    check_typed(settings=settings(max_examples=100))


@pytest.mark.parametrize(("hint", "value"), ROUND)
def test_answers_of_each_kind_of_type_come_back(hint, value):
    if value is not None:
        check_typed(hint, st.just(value), settings=FEW)


def test_elements_of_drawn_types_are_those_of_the_list():
    check_elements(settings=settings(max_examples=100))


def test_elements_of_a_class_are_those_of_the_list():
    check_elements(Step, st.lists(st.builds(Step, what=st.text(max_size=5)), max_size=4))
