"""How a Responses answer ended, and what it cost."""

import pytest

from lionpride_trio import ProviderError, ServerError, Usage, Verdict
from tests.providers.openai_responses.events import (
    BEGIN,
    OPEN,
    call,
    done,
    end,
    event,
    message,
    read,
)
from tests.providers.reading import read as read_stream, read_whole

CLIENT = [
    {"type": "computer_call", "call_id": "c", "action": {"type": "screenshot"}},
    {"type": "local_shell_call", "call_id": "c"},
    {"type": "shell_call", "call_id": "c"},
    {"type": "apply_patch_call", "call_id": "c"},
    {"type": "mcp_approval_request", "id": "c"},
    {"type": "tool_search_call", "call_id": "c", "execution": "client"},
]


@pytest.mark.parametrize("item", CLIENT, ids=lambda item: item["type"])
def test_what_waits_for_the_client_is_a_use_of_tools(item):
    assert read(done(item), end()).verdict is Verdict.TOOL_USE
    assert read(end(item)).verdict is Verdict.TOOL_USE
    whole, _ = read_whole("openai", end(item)["response"], "responses")
    assert whole.verdict is Verdict.TOOL_USE


def test_what_the_server_has_answered_itself_waits_for_nobody():
    output = {"type": "shell_call_output", "call_id": "c", "output": []}
    assert read(end({"type": "shell_call", "call_id": "c"}, output)).verdict is Verdict.COMPLETE
    answered = {"type": "function_call_output", "call_id": "c", "output": "1"}
    assert read(end(call("x", "c", "f", "{}"), answered)).verdict is Verdict.COMPLETE
    search = {"type": "web_search_call", "id": "w", "status": "completed"}
    assert read(end(search, message("Hi"))).verdict is Verdict.COMPLETE


@pytest.mark.parametrize(
    ("reason", "verdict"),
    [
        ("max_output_tokens", Verdict.LENGTH),
        ("content_filter", Verdict.BLOCKED),
        ("a_new_reason", Verdict.UNKNOWN),
    ],
)
@pytest.mark.parametrize("status", ["incomplete", "completed", None])
def test_the_response_says_how_it_ended_whatever_its_event_is_called(reason, verdict, status):
    details = {"reason": reason}
    last = end(message("Hi"), status=status, kind="completed", incomplete_details=details)
    response = read(last)
    assert response.verdict is verdict
    assert response.finish_reason == "incomplete"


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_a_failure_under_the_name_of_an_end_is_one(status):
    error = {"code": "server_error", "message": "boom"} if status == "failed" else None
    last = end(status=status, kind="completed", error=error)
    _, failure = read_stream("openai", BEGIN, last, endpoint="responses")
    assert isinstance(failure, ServerError if error else ProviderError)


@pytest.mark.parametrize("kind", [{}, {"type": "upstream"}, {"type": "response.error"}])
def test_an_error_needs_no_type_of_its_own(kind):
    document = {**kind, "error": {"message": "boom", "type": "server_error"}}
    _, failure = read_stream("openai", BEGIN, document, endpoint="responses")
    assert isinstance(failure, ServerError)


@pytest.mark.parametrize("status", ["queued", "in_progress"])
def test_an_answer_in_the_background_is_paused(status):
    value = {**OPEN, "status": status, "background": True, "error": None}
    response, failure = read_whole("openai", value, "responses")
    assert failure is None
    assert response.verdict is Verdict.PAUSED
    assert response.finish_reason == status


def test_usage_tells_of_the_cache():
    details = {"cached_tokens": 3, "cache_write_tokens": 2}
    usage = {"input_tokens": 9, "output_tokens": 1, "input_tokens_details": details}
    assert read(end(usage=usage)).usage == Usage(
        input_tokens=9, output_tokens=1, cached_tokens=3, cache_write_tokens=2
    )


def test_the_error_of_a_servers_tool_is_not_the_answers():
    failed = event("code_interpreter_call.failed", item_id="i", error={"message": "boom"})
    assert read(failed, end(message("Hi"))).verdict is Verdict.COMPLETE


@pytest.mark.parametrize(
    ("why", "verdict"),
    [
        ("max_tokens", Verdict.LENGTH),
        ("length", Verdict.LENGTH),
        ("content-filter", Verdict.BLOCKED),
        ("stop", Verdict.UNKNOWN),
        (None, Verdict.UNKNOWN),
    ],
)
def test_words_for_what_is_incomplete(why, verdict):
    details = {"incomplete_details": {"reason": why}}
    assert read(end(message("a"), status="incomplete", **details)).verdict is verdict


@pytest.mark.parametrize(
    "strange",
    [
        {"type": "response.output_item.done", "output_index": 7},
        {"type": "response.output_text.delta", "item_id": "m", "output_index": 0},
        {"type": "response.mcp_list_tools.failed", "error": "x"},
        {"type": "response.mcp_call.failed", "error": {"message": "x"}},
    ],
    ids=lambda event: event["type"],
)
def test_what_an_event_lacks_and_a_tools_failure_are_none_of_the_answers(strange):
    delta = event("output_text.delta", item_id="m", delta="Hello")
    assert read(delta, strange, end(message("Hello"))).text == "Hello"


def test_usage_under_the_names_of_chat_completions():
    report = {
        "prompt_tokens": 9,
        "completion_tokens": 2,
        "prompt_tokens_details": {"cached_tokens": 4},
    }
    usage = read(end(message("a"), usage=report)).usage
    assert usage == Usage(input_tokens=9, output_tokens=2, cached_tokens=4)
