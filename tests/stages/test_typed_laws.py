"""Typed answers keep their laws, for drawn types and for those that users write."""

import pytest
from hypothesis import settings, strategies as st

from lionpride_trio.stages import Partial, TypedElements, TypedOutput
from lionpride_trio.testing import check_elements, check_stage, check_typed
from tests.typed_data.shapes import ROUND, Recipe, Step

FEW = settings(max_examples=8)


def test_answers_of_drawn_types_come_back():
    check_typed(settings=settings(max_examples=100))


@pytest.mark.parametrize(("hint", "value"), ROUND)
def test_answers_of_each_kind_of_type_come_back(hint, value):
    if value is not None:
        check_typed(hint, st.just(value), settings=FEW)


@pytest.mark.parametrize(
    "make",
    [
        lambda: TypedOutput(list[int], max_hold=1000),
        lambda: TypedOutput(Recipe, max_hold=1000),
        lambda: TypedElements(Step, at="steps", max_hold=1000),
    ],
)
def test_the_stages_keep_the_laws_of_stages(make):
    def outputs(given):
        return [each.output if isinstance(each, Partial) else each for each in given][-1:]

    check_stage(make, meaning=outputs, max_hold=3000, settings=FEW)


def test_elements_of_drawn_types_are_those_of_the_list():
    check_elements(settings=settings(max_examples=100))


def test_elements_of_a_class_are_those_of_the_list():
    check_elements(Step, st.lists(st.builds(Step, what=st.text(max_size=5)), max_size=4))
