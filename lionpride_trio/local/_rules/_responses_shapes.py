"""The shape of a request of Responses: the fields of OpenAI's client (``openai.types.responses``).

Items and tools that are run by OpenAI itself are looked into no further than their own fields.
"""

from __future__ import annotations

from typing import Final

from ._shapes import Kinds, Shape, shape

_CACHE: Final = shape("mode! ttl")
_USERS: Final = Kinds({
    "input_text": shape("text$! type! prompt_cache_breakpoint", prompt_cache_breakpoint=_CACHE),
    "input_image": shape(
        "type! detail file_id image_url prompt_cache_breakpoint", prompt_cache_breakpoint=_CACHE
    ),
    "input_file": shape(
        "type! detail file_data file_id file_url filename prompt_cache_breakpoint",
        prompt_cache_breakpoint=_CACHE,
    ),
})
_ASSISTANTS: Final = Kinds({
    "output_text": shape("text$! type! annotations logprobs"),
    "refusal": shape("refusal! type!"),
})
CONTENT: Final = {"assistant": _ASSISTANTS, "user": _USERS, "system": _USERS, "developer": _USERS}
"""The parts that a message may hold, by its role."""

_ITEMS: Final = {
    "message": "content! role$! id$ phase status type",
    "file_search_call": "id! queries! status! type! results",
    "computer_call": "call_id! id! pending_safety_checks! status! type! action actions",
    "computer_call_output": "call_id! output! type! acknowledged_safety_checks id status",
    "web_search_call": "action! id! status! type!",
    "function_call": "arguments$! call_id$! name$! type! async caller id$ namespace status",
    "function_call_output": "call_id$ output! type! caller id$ name namespace status",
    "tool_search_call": "arguments! type! call_id execution id status",
    "tool_search_output": "tools! type! call_id execution id status",
    "additional_tools": "role! tools! type! id",
    "configuration_update": "type! id reasoning text",
    "reasoning": "id$! summary!* type! content encrypted_content$ status",
    "compaction": "encrypted_content! type! id",
    "image_generation_call": "id! result status! type! action background error output_format"
    " quality revised_prompt size svg_usage",
    "code_interpreter_call": "code container_id! id! outputs status! type!",
    "local_shell_call": "action! call_id! id! status! type!",
    "local_shell_call_output": "id! output! type! status",
    "shell_call": "action! call_id! type! caller environment id status",
    "shell_call_output": "call_id! output! type! caller id max_output_length status",
    "apply_patch_call": "call_id! operation! status! type! caller id",
    "apply_patch_call_output": "call_id! status! type! caller id output",
    "mcp_list_tools": "id! server_label! tools! type! error",
    "mcp_approval_request": "arguments! id! name! server_label! type!",
    "mcp_approval_response": "approval_request_id! approve! type! id reason",
    "mcp_call": "arguments! id! name! server_label! type! approval_request_id error output status",
    "custom_tool_call_output": "call_id! output! type! caller id",
    "custom_tool_call": "call_id! input! name! type! async caller id namespace",
    "compaction_trigger": "type! id",
    "item_reference": "id$! type",
    "program": "call_id! code! fingerprint! id! type!",
    "program_output": "call_id! id! result! status! type!",
}
_TOOLS: Final = {
    "function": "name$! parameters strict type! allowed_callers async defer_loading description"
    " output_schema",
    "file_search": "type! vector_store_ids! filters max_num_results ranking_options",
    "computer": "type!",
    "computer_use_preview": "display_height! display_width! environment! type!",
    "web_search": "type! external_web_access filters search_context_size user_location",
    "web_search_2025_08_26": "type! external_web_access filters search_context_size user_location",
    "mcp": "server_label! type! allowed_callers allowed_tools authorization connector_id"
    " defer_loading headers require_approval server_description server_url tunnel_id",
    "code_interpreter": "container! type! allowed_callers",
    "programmatic_tool_calling": "type!",
    "image_generation": "type! action background complexity frame_count frame_duration_ms"
    " input_fidelity input_image_mask model moderation output_compression output_format"
    " partial_images quality size svg",
    "local_shell": "type!",
    "shell": "type! allowed_callers environment",
    "custom": "name$! type! allowed_callers async defer_loading description format",
    "namespace": "description! name! tools! type!",
    "tool_search": "type! description execution parameters",
    "web_search_preview": "type! search_content_types search_context_size user_location",
    "web_search_preview_2025_03_11": "type! search_content_types search_context_size user_location",
    "apply_patch": "type! allowed_callers",
}
_HOSTED: Final = (
    "file_search web_search_preview computer computer_use_preview computer_use"
    " web_search_preview_2025_03_11 image_generation code_interpreter programmatic_tool_calling"
    " apply_patch shell"
)
ITEMS: Final = Kinds({kind: shape(names) for kind, names in _ITEMS.items()}, otherwise="message")
ITEMS.shapes["function_call_output"].inside["output"] = _USERS
ITEMS.shapes["reasoning"].inside.update({
    "summary": Kinds({"summary_text": shape("text! type!")}),
    "content": Kinds({"reasoning_text": shape("text! type!")}),
})
TOOLS: Final = Kinds({kind: shape(names) for kind, names in _TOOLS.items()})
TOOL_CHOICE: Final = Kinds({
    **{kind: shape("type!") for kind in _HOSTED.split()},
    "allowed_tools": shape("mode! tools!* type!"),
    "function": shape("name$! type!"),
    "mcp": shape("server_label! type! name"),
    "custom": shape("name! type!"),
})
_MODERATED: Final = shape("mode!")

RESPONSES: Final[Shape] = shape(
    "access_programs background background_options context_management conversation image include*"
    " input instructions max_output_tokens max_tool_calls metadata model moderation"
    " parallel_tool_calls previous_response_id$ prompt prompt_cache_key prompt_cache_options"
    " prompt_cache_retention reasoning safety_identifier service_tier store stream stream_options"
    " temperature text tool_choice tools* top_logprobs top_p truncation user",
    input=ITEMS,
    moderation=shape(
        "model! policy", policy=shape("input output", input=_MODERATED, output=_MODERATED)
    ),
    prompt=shape("id! variables version"),
    prompt_cache_options=shape("comparison_response_id mode prewarm ttl"),
    reasoning=shape("context effort generate_summary mode summary"),
    stream_options=shape("include_obfuscation"),
    text=shape(
        "format verbosity",
        format=Kinds({
            "text": shape("type!"),
            "json_schema": shape("name$! schema! type! description strict"),
            "json_object": shape("type!"),
        }),
    ),
    tool_choice=TOOL_CHOICE,
    tools=TOOLS,
)
