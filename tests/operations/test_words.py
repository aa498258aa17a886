"""A builder refuses a word that it does not have, and a value of a wrong kind, when it is written."""

import pytest

from lionpride_trio import ConfigurationError, Session, iModel
from lionpride_trio.flow import Operation
from lionpride_trio.operations import Builder, flow, flow_stream
from lionpride_trio.session import Branch
from lionpride_trio.testing import ScriptedProvider
from lionpride_trio.transformers import sentences


async def one(context):
    return 1


@pytest.fixture
def builder():
    session = Session()
    for endpoint in ("chat", "responses"):
        session.services.register(model_of(endpoint))
    return Builder(session=session)


def model_of(endpoint):
    return iModel("openai", "m", endpoint, api_key="k-test-key", name=endpoint)


METHODS = {
    "add": lambda builder, first, **options: builder.add(one, **options),
    "aggregate": lambda builder, first, **options: builder.aggregate(first, **options),
    "transform": lambda builder, first, **options: builder.transform(first, sentences(), **options),
    "subflow": lambda builder, first, **options: builder.subflow([], **options),
    "parallel": lambda builder, first, **options: builder.parallel(one, **options),
    "communicate": lambda builder, first, **options: builder.communicate(
        instruction="hi", imodel="chat", **options
    ),
    "communicate_each": lambda builder, first, **options: builder.communicate_each(
        stream_from=first, template="{item}", imodel="chat", **options
    ),
}
ASKS = ["communicate", "communicate_each"]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("word", ["depend_on", "dependson", "depends_onn"])
@pytest.mark.parametrize("given", [True, False])
def test_a_misspelt_edge_is_refused_and_not_lost(builder, method, word, given):
    first = builder.add(one)
    with pytest.raises(ConfigurationError, match=f"no option '{word}': did you mean 'depends_on'"):
        METHODS[method](builder, first, **{word: [first] if given else None})


@pytest.mark.parametrize("method", ["add", "subflow", *ASKS])
@pytest.mark.parametrize("word", ["context_form", "contextfrom"])
def test_so_is_a_misspelt_context(builder, method, word):
    first = builder.add(one)
    with pytest.raises(ConfigurationError, match="did you mean 'context_from'"):
        METHODS[method](builder, first, **{word: [first]})


@pytest.mark.parametrize("method", ASKS)
@pytest.mark.parametrize(
    ("word", "meant"), [("retries", "retry"), ("streamfrom", "stream_from"), ("on_cuts", "on_cut")]
)
@pytest.mark.parametrize("value", [3, None])
def test_an_option_of_the_call_is_not_taken_for_one_of_the_request(
    builder, method, word, meant, value
):
    first = builder.add(one)
    with pytest.raises(ConfigurationError, match=f"no option '{word}': did you mean '{meant}'"):
        METHODS[method](builder, first, **{word: value})


def test_options_of_the_request_that_look_like_the_builders_go_to_the_model(builder):
    asked = builder.communicate(instruction="hi", imodel="responses", instructions="be brief")
    assert asked.parameters["instructions"] == "be brief"


def test_a_word_that_is_like_none_says_what_there_is(builder):
    first = builder.add(one)
    with pytest.raises(ConfigurationError, match=r"parameters=\{'city': …\}"):
        builder.add(one, city="Oslo")
    assert builder.add(one, parameters={"city": "Oslo"}).parameters == {"city": "Oslo"}
    with pytest.raises(ConfigurationError, match="it takes stream_from, transformer, reduce, name"):
        builder.transform(first, sentences(), city="Oslo")


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ({"timeout": "5"}, "timeout of operation 'n' must be a positive number of seconds"),
        ({"timeout": True}, "must be a positive number of seconds, not True"),
        ({"timeout": float("nan")}, "must be a positive number of seconds, not nan"),
        ({"retry": True}, "retry of operation 'n' must be a whole number of at least 0, not True"),
        ({"retry": "2"}, "must be a whole number of at least 0"),
        ({"retry": -1}, "must be a whole number of at least 0"),
        (
            {"stream_size": True},
            "stream_size of operation 'n' must be a whole number of at least 1",
        ),
        ({"stream_size": 0}, "must be a whole number of at least 1"),
        ({"id": 3}, "id of an operation must be a str, not 'n' and 3"),
        ({"id": ""}, "id of an operation must be a str, not 'n' and ''"),
    ],
)
def test_numbers_have_one_wording_and_true_is_none(builder, setting, words):
    with pytest.raises(ConfigurationError, match=words):
        builder.add(one, name="n", **setting)
    with pytest.raises(ConfigurationError, match=words):
        Operation(work=one, **{"name": "n", **setting})


@pytest.mark.parametrize(
    "wrong",
    [
        lambda builder: builder.add(one, depends_on=None),
        lambda builder: builder.add(one, depends_on=3),
        lambda builder: builder.communicate(instruction="hi", imodel="chat", context=None),
        lambda builder: builder.communicate(instruction="hi", imodel="chat", context="one text"),
        lambda builder: builder.subflow(None),
        lambda builder: Builder(session="session"),
        lambda builder: flow_stream(None),
        lambda builder: flow_stream(builder.session),
        lambda builder: flow_stream(builder.add(one)),
        lambda builder: flow_stream("one"),
    ],
)
def test_what_is_no_list_is_refused(builder, wrong):
    with pytest.raises(ConfigurationError, match=r"list of|takes a Session"):
        wrong(builder)


async def test_a_run_finds_an_operation_by_itself_and_by_its_id(builder):
    first = builder.add(one, id="first")
    async with flow_stream(builder) as run:
        assert [item async for item in run] == []
        assert run.operation("first") is first
        assert run.operation(first) is first
        assert run.results[first] == run.results["first"] == 1
        for wrong in (run.results, run.status):
            with pytest.raises(
                KeyError, match="no id 'one': the keys are operations, or their ids"
            ):
                wrong["one"]
        with pytest.raises(KeyError, match="no id 'one': the keys are operations, or their ids"):
            run.operation("one")
    with pytest.raises(KeyError, match="no id 'one'"):
        (await flow(builder))["one"]


@pytest.mark.parametrize("wrong", ["m", None, ScriptedProvider, 3])
def test_what_is_no_model_is_not_registered(wrong):
    services = Session().services
    with pytest.raises(ConfigurationError, match=r"write services\.register\(iModel"):
        services.register(wrong)
    if not isinstance(wrong, str):
        with pytest.raises(ConfigurationError, match="named by a str"):
            services.get(wrong)


@pytest.mark.parametrize("wrong", [3, ""])
def test_the_name_of_a_branch_is_a_str(wrong):
    with pytest.raises(ConfigurationError, match="name of a branch must be a str"):
        Branch(name=wrong)
