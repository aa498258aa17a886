"""The page docs/faults.md: its program does what it says, and a test holds each row of its tables."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "faults.md"

# The beginning of each row, as far as it is its own, and the tests that hold it.
HELD = {
    "The server refuses the connection": """
        faults/test_connections.py::test_a_refused_connection
        faults/test_security.py::test_tls_is_verified
        services/test_jobs.py::test_what_never_left_is_sent_again
        transport/test_every_client.py::test_a_host_without_a_server_or_a_name
        transport/test_remedies.py::test_behind_a_proxy_a_failed_connection_says_what_to_write""",
    "A proxy refuses the connection": "transport/test_routed.py::test_a_proxy_that_refuses",
    "The connection is not made within": """
        services/test_jobs.py::test_a_connection_that_takes_too_long_is_tried_again
        transport/test_client.py::test_a_connection_that_is_not_made_in_time""",
    "The server closes or resets the connection before": """
        faults/test_connections.py::test_hung_up_before_an_answer
        services/test_retry.py::test_a_broken_connection_is_tried_again""",
    "The server closes or resets it inside": """
        faults/test_connections.py::test_cut_inside_the_framing
        faults/test_connections.py::test_cut_inside_a_chunk
        services/test_retry.py::test_nothing_is_tried_again_after_content""",
    "The server sends something that is not HTTP": """
        faults/test_connections.py::test_what_is_not_http
        faults/test_connections.py::test_a_head_that_never_ends
        services/test_retry.py::test_a_broken_connection_is_tried_again""",
    "The `content-length` is too large": "faults/test_connections.py::test_a_wrong_content_length",
    "The `content-length` is too small": "faults/test_connections.py::test_a_wrong_content_length",
    "The framing breaks": "transport/test_connection.py::test_framing_that_breaks",
    "Bytes follow the end of the answer": """
        faults/test_connections.py::test_surplus_bytes_are_not_the_next_answer
        transport/test_one_call_never_meets_another.py::test_surplus_is_no_ones_answer""",
    "The server has closed an idle connection": """
        transport/test_idle.py::test_a_stale_connection_is_replaced_at_once_and_is_no_attempt""",
    "The server answers with an error status while": """
        transport/test_asking.py::test_an_answer_is_seen_while_its_request_is_being_sent""",
    "The server says `transfer-encoding: identity`": """
        transport/test_head.py::test_transfer_encoding_identity
        transport/test_one_call_never_meets_another.py::test_each_call_gets_its_own_answer""",
    "The server redirects": """
        faults/test_answers.py::test_a_redirect_is_refused_and_nothing_follows_it
        faults/test_harmless.py::test_a_redirect_names_the_place
        faults/test_security.py::test_a_redirect_takes_neither_key_nor_prompt_elsewhere""",
    "The library can send nothing": "transport/test_asking.py::test_a_request_that_nobody_reads",
    "No content comes for `first_content`": """
        faults/test_connections.py::test_a_stall
        services/test_retry.py::test_a_stall_before_content_is_tried_again
        transport/test_asking.py::test_the_clock_of_the_first_content_starts_when_the_request_was_sent""",
    "No byte comes for `byte_idle`": "faults/test_connections.py::test_a_stall",
    "Only keep-alives come": """
        faults/test_connections.py::test_keep_alives_alone_never_feed_the_content_clock""",
    "No text comes, but server tools": """
        faults/test_shapes.py::test_progress_feeds_the_content_clock_and_forbids_no_retry""",
    "The end mark comes, and the connection stays open": """
        faults/test_answers.py::test_an_end_mark_is_enough_though_the_server_stays_silent""",
    "A finish reason comes, and then neither": """
        faults/test_clocks.py::test_a_finish_reason_and_then_silence""",
    "The answer comes one byte at a time": """
        faults/test_connections.py::test_a_good_answer_is_whole_in_every_framing_and_cutting""",
    "The answer ends without the provider's end mark": """
        faults/test_connections.py::test_an_answer_without_its_end_mark
        faults/test_connections.py::test_a_cut_at_every_byte_is_never_silent_and_loses_nothing
        services/test_retry.py::test_a_truncated_answer_without_content_is_truncated_at_last""",
    "Content follows a finish reason": """
        faults/test_shapes.py::test_gemini_goes_on_after_stop
        faults/test_shapes.py::test_a_reason_on_each_chunk_is_no_end_in_silence
        providers/openai_chat/test_reading.py::test_an_answer_that_goes_on_takes_its_end_back""",
    "An HTML page, a JSON document or 204": """
        faults/test_answers.py::test_status_200_without_a_stream
        faults/test_answers.py::test_status_200_with_some_json
        faults/test_answers.py::test_status_204
        services/test_retry.py::test_a_page_is_not_tried_again""",
    "A stream is labelled as HTML or JSON": """
        faults/test_shapes.py::test_a_stream_is_known_by_its_first_bytes""",
    "A JSON error comes with status 200": """
        faults/test_shapes.py::test_an_error_document_with_status_200""",
    "An `event: error` has plain text": "faults/test_shapes.py::test_an_error_event_in_plain_text",
    "Nothing comes, with status 200": """
        faults/test_answers.py::test_status_200_without_a_stream
        services/test_retry.py::test_a_truncated_answer_without_content_is_truncated_at_last""",
    "An error event comes": """
        faults/test_answers.py::test_an_error_event_after_text
        services/test_retry.py::test_an_error_in_the_stream_before_content_is_tried_again""",
    "The status is 400, 401": """
        faults/test_answers.py::test_each_status_with_each_body
        services/test_retry.py::test_what_does_not_pass_is_not_tried_again""",
    "The status is 408, 429": """
        faults/test_answers.py::test_each_status_with_each_body
        services/test_retry.py::test_a_status_that_may_pass_is_tried_again""",
    "The server says `x-should-retry`": """
        services/test_retry.py::test_the_server_may_say_whether_to_try_again
        services/test_retry.py::test_a_wrong_request_is_never_repeated""",
    "A 429 says that a quota is spent": """
        services/test_retry.py::test_a_quota_of_a_day_is_spent
        services/test_retry.py::test_a_spent_quota_is_never_tried_again""",
    "The server names a delay": """
        services/test_retry.py::test_the_delay_that_the_provider_names
        services/test_retry.py::test_a_date_is_a_delay_too
        services/test_retry.py::test_gemini_names_its_delay_in_the_document
        services/test_retry.py::test_a_delay_above_the_cap_is_raised_at_once""",
    "The JSON is broken": "faults/test_answers.py::test_malformed_json_after_text",
    "The JSON has a wrong type": """
        faults/test_answers.py::test_json_of_a_wrong_type_is_one_typed_error_or_passes
        faults/test_answers.py::test_any_field_of_a_wrong_type_is_one_typed_error_or_passes""",
    "Two end marks come": "faults/test_answers.py::test_what_follows_the_end_mark_does_not_count",
    "A `data:` has nothing in it": """
        faults/test_harmless.py::test_data_with_nothing_in_it
        faults/test_harmless.py::test_an_error_that_says_nothing
        faults/test_harmless.py::test_a_container_that_is_null""",
    "An error object has no type": """
        providers/anthropic/test_reading.py::test_an_error_needs_no_type_of_its_own
        providers/openai_responses/test_end.py::test_an_error_needs_no_type_of_its_own""",
    "Tool calls or thoughts come under one index": """
        providers/anthropic/test_reading.py::test_a_new_block_closes_the_one_before_on_its_index
        providers/openai_chat/test_calls.py::test_whole_calls_with_ids_on_one_index""",
    "Only `.done` or terminal events tell": """
        providers/openai_responses/test_reading.py::test_a_text_is_told_once_whichever_events_tell_it
        providers/openai_responses/test_reading.py::test_a_refusal_is_told_once
        providers/openai_responses/test_reading.py::test_reasoning_is_told_once_and_sealed_once
        providers/openai_responses/test_items.py::test_a_call_is_told_once""",
    "Client tool calls, or items that wait": """
        providers/anthropic/test_reading.py::test_calls_wait_for_the_client_whatever_the_reason
        providers/openai_chat/test_reading.py::test_calls_outweigh_the_reason
        providers/gemini/test_reading.py::test_calls_wait_for_the_client_whatever_the_reason
        providers/openai_responses/test_end.py::test_what_waits_for_the_client_is_a_use_of_tools""",
    "`[DONE]` comes in a stream of another API": """
        providers/anthropic/test_reading.py::test_an_end_mark_of_another_api_means_nothing
        providers/gemini/test_reading.py::test_an_end_mark_of_another_api_means_nothing
        providers/gemini/test_reading.py::test_strange_parts_pass""",
    "An escape is a lone surrogate": """
        faults/test_answers.py::test_hard_characters
        faults/test_answers.py::test_a_character_cut_in_two_escapes""",
    "The bytes are no UTF-8": "faults/test_answers.py::test_bytes_that_are_no_utf8",
    "The text has NUL": """
        faults/test_answers.py::test_hard_characters
        faults/test_answers.py::test_a_bom_before_the_stream
        services/test_answer.py::test_a_byte_order_mark_before_an_answer_that_is_whole""",
    "The body is gzip or deflate": """
        faults/test_hostile.py::test_a_compressed_answer_is_read_all_the_same
        transport/test_inflate.py::test_a_content_encoding_that_encodes_nothing""",
    "The body has another `content-encoding`": "faults/test_hostile.py::test_an_unknown_encoding",
    "The compression is broken": """
        faults/test_hostile.py::test_broken_compression
        transport/test_inflate.py::test_compression_that_breaks""",
    "A line or an event is longer": """
        faults/test_hostile.py::test_one_line_of_100_mb
        faults/test_hostile.py::test_an_event_of_many_lines""",
    "A whole answer is longer": "faults/test_answers.py::test_whole_answers_that_are_none",
    "An error document has 300 MB": """
        faults/test_answers.py::test_each_status_with_each_body
        faults/test_answers.py::test_an_error_document_that_never_ends_is_not_waited_for""",
    "The JSON has over 256 levels": "faults/test_hostile.py::test_100_000_levels_of_nesting",
    "An integer has thousands of digits": "faults/test_hostile.py::test_an_integer_of_6000_digits",
    "Over `max_blocks`": "faults/test_hostile.py::test_too_many_open_tool_calls",
    "A reply is longer than `max_kept_chars`": """
        faults/test_hostile.py::test_a_reply_that_is_kept_is_bounded
        faults/test_hostile.py::test_a_long_reply_is_flat_without_keeping_it""",
    "A million tiny events": "faults/test_hostile.py::test_many_tiny_events",
    "A body inflates": "faults/test_hostile.py::test_a_gzip_bomb",
    "Comments or unknown fields": """
        faults/test_hostile.py::test_comments_and_unknown_fields_without_end
        faults/test_connections.py::test_keep_alives_alone_never_feed_the_content_clock""",
    "You read slowly": """
        faults/test_connections.py::test_a_slow_consumer_never_trips_a_clock
        transport/test_every_client.py::test_a_slow_consumer_reads_little_ahead""",
    "You leave the block": """
        services/test_imodel.py::test_leaving_the_block_early_closes_the_socket
        services/test_imodel.py::test_the_callers_exception_comes_out_as_it_is_and_the_socket_closes
        transport/test_cancelling.py::test_cancelled_at_every_step""",
    "You cancel a `receive`": """
        services/test_imodel.py::test_a_cancelled_receive_loses_nothing_and_can_be_asked_again""",
    "You pass an `httpx`": """
        transport/test_every_client.py::test_errors_are_the_same_with_every_client
        transport/test_every_client.py::test_leaving_early_closes_the_connection""",
}


def rows():
    """The first cell of each row of the page's tables."""
    lines = re.findall(r"^\| (.+?) \|", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return [line for line in lines if not line.startswith("what ")]


@pytest.mark.parametrize("row", rows())
def test_a_test_holds_each_row(row):
    assert len([begins for begins in HELD if row.startswith(begins)]) == 1


def test_the_tests_that_hold_the_rows_are_there():
    assert not [begins for begins in HELD if not any(row.startswith(begins) for row in rows())]
    for name in " ".join(HELD.values()).split():
        path, _, test = name.partition("::")
        tree = ast.parse((ROOT / "tests" / path).read_text(encoding="utf-8"))
        names = {getattr(node, "name", None) for node in tree.body}
        assert test in names, name


async def test_the_example_runs(capsys):
    code = PAGE.read_text(encoding="utf-8").split("```python\n")[1].split("```")[0]
    names = {}
    exec(compile(code, str(PAGE), "exec"), names)
    await names["main"]()
    assert capsys.readouterr().out == "Hel\ncut after Hel\n"
