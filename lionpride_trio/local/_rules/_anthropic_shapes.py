"""The shape of a request for a message: the fields of Anthropic's client (``anthropic.types``).

Fields of its beta client (``anthropic.types.beta``) are taken where the request names a beta.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ._shapes import Kinds, Shape, merge, shape

_CACHE: Final = Kinds({"ephemeral": shape("type! ttl")})
_TEXT: Final = "text$! type! cache_control citations"
_IMAGE: Final = "source! type! cache_control transformations"
_DOCUMENT: Final = "source! type! cache_control citations context title"
_BLOCKS: Final = {
    "text": _TEXT,
    "image": _IMAGE,
    "document": _DOCUMENT,
    "search_result": "content! source! title! type! cache_control citations",
    "thinking": "signature$! thinking$! type!",
    "redacted_thinking": "data$! type!",
    "tool_use": "id$! input! name$! type! cache_control caller toolset_name",
    "tool_result": "tool_use_id$! type! cache_control content is_error toolset_name",
    "server_tool_use": "id! input! name! type! cache_control caller",
    "web_search_tool_result": "content! tool_use_id! type! cache_control caller",
    "web_fetch_tool_result": "content! tool_use_id! type! cache_control caller",
    "code_execution_tool_result": "content! tool_use_id! type! cache_control",
    "bash_code_execution_tool_result": "content! tool_use_id! type! cache_control",
    "text_editor_code_execution_tool_result": "content! tool_use_id! type! cache_control",
    "tool_search_tool_result": "content! tool_use_id! type! cache_control",
    "container_upload": "file_id! type! cache_control",
}
_BETA_BLOCKS: Final = {
    "advisor_tool_result": "content! tool_use_id! type! cache_control",
    "compaction": "type! cache_control content encrypted_content signature tool_changes",
    "fallback": "from! to! type! trigger",
    "mcp_tool_listing": "mcp_server_name! tools! type!",
    "mcp_tool_result": "tool_use_id! type! cache_control content is_error",
    "mcp_tool_use": "id! input! name! server_name! type! cache_control",
    "tool_addition": "tool! type! cache_control",
    "tool_removal": "tool! type! cache_control",
}
_BUILT_IN: Final = "name$! type! allowed_callers cache_control defer_loading strict"
_SEARCH: Final = f"{_BUILT_IN} allowed_domains blocked_domains max_uses user_location"
_FETCH: Final = (
    f"{_BUILT_IN} allowed_domains blocked_domains citations max_content_tokens max_uses url_sources"
)
_EDITOR: Final = f"{_BUILT_IN} input_examples"
_SCREEN: Final = f"{_EDITOR} display_height_px! display_number display_width_px!"
_TOOLS: Final = {
    "custom": "input_schema! name$! type allowed_callers cache_control defer_loading description"
    " eager_input_streaming input_examples strict",
    "bash_20250124": _EDITOR,
    "browser_toolset_20260801": "type! cache_control configs",
    "code_execution_20250522": _BUILT_IN,
    "code_execution_20250825": _BUILT_IN,
    "code_execution_20260120": _BUILT_IN,
    "code_execution_20260521": _BUILT_IN,
    "computer_toolset_20260801": "type! cache_control configs",
    "memory_20250818": _EDITOR,
    "text_editor_20250124": _EDITOR,
    "text_editor_20250429": _EDITOR,
    "text_editor_20250728": f"{_EDITOR} max_characters",
    "tool_search_tool_bm25": _BUILT_IN,
    "tool_search_tool_bm25_20251119": _BUILT_IN,
    "tool_search_tool_regex": _BUILT_IN,
    "tool_search_tool_regex_20251119": _BUILT_IN,
    "web_fetch_20250910": _FETCH,
    "web_fetch_20260209": _FETCH,
    "web_fetch_20260309": f"{_FETCH} use_cache",
    "web_fetch_20260318": f"{_FETCH} response_inclusion use_cache",
    "web_search_20250305": _SEARCH,
    "web_search_20260209": _SEARCH,
    "web_search_20260318": f"{_SEARCH} response_inclusion",
}
_BETA_TOOLS: Final = {
    "advisor_20260301": f"{_BUILT_IN} caching max_tokens max_uses model!",
    "bash_20241022": _EDITOR,
    "computer_20241022": _SCREEN,
    "computer_20250124": _SCREEN,
    "computer_20251124": f"{_SCREEN} enable_zoom",
    "mcp_toolset": "mcp_server_name! type! cache_control configs default_config tools",
    "text_editor_20241022": _EDITOR,
}
_SOURCES: Final = {
    "image": Kinds({
        "base64": shape("data! media_type! type!"),
        "url": shape("type! url!"),
        "file": shape("file_id! type!"),
    }),
    "document": Kinds({
        "base64": shape("data! media_type! type!"),
        "text": shape("data! media_type! type!"),
        "content": shape("content! type!"),
        "url": shape("type! url!"),
        "file": shape("file_id! type!"),
    }),
}
_RESULTS: Final = ("text", "image", "search_result", "document")


def _kinds(names: Mapping[str, str]) -> dict[str, Shape]:
    made = {kind: shape(fields) for kind, fields in names.items()}
    for kind, made_shape in made.items():
        if "cache_control" in made_shape.fields:
            made_shape.inside["cache_control"] = _CACHE
        if kind in _SOURCES:
            made_shape.inside["source"] = _SOURCES[kind]
    if "tool_result" in made:
        within = {kind: made[kind] for kind in _RESULTS}
        within["tool_reference"] = shape("tool_name! type! cache_control")
        within["browser_state"] = shape("tabs! type! cache_control state_changes")
        made["tool_result"].inside["content"] = Kinds(within)
    return made


BLOCKS: Final = Kinds(_kinds(_BLOCKS))
_TEXT_BLOCKS: Final = Kinds({"text": BLOCKS.shapes["text"]})
_DISPLAYED: Final = {
    "enabled": shape("budget_tokens! type! display"),
    "disabled": shape("type!"),
    "between_tools": shape("type!"),
    "adaptive": shape("type! display"),
}
_OUTPUT: Final = shape("effort format", format=Kinds({"json_schema": shape("schema! type!")}))

MESSAGE: Final[Shape] = shape(
    "max_tokens! messages!* model!$ cache_control container diagnostics inference_geo metadata"
    " output_config service_tier speed stop_sequences* stream system temperature thinking"
    " tool_choice tools* top_k top_p user_profile_id workspace_id",
    cache_control=_CACHE,
    messages=shape("content! role!", content=BLOCKS),
    container=shape("id skills"),
    diagnostics=shape("previous_message_id"),
    metadata=shape("user_id"),
    output_config=_OUTPUT,
    system=_TEXT_BLOCKS,
    thinking=Kinds(_DISPLAYED),
    tool_choice=Kinds({
        "auto": shape("type! disable_parallel_tool_use"),
        "any": shape("type! disable_parallel_tool_use"),
        "tool": shape("name$! type! disable_parallel_tool_use"),
        "none": shape("type!"),
    }),
    tools=Kinds(_kinds(_TOOLS), otherwise="custom"),
)
BETA: Final[Shape] = merge(
    MESSAGE,
    "billing_policy compaction context_management fallback_credit_token fallbacks mcp_servers"
    " thread",
    messages=shape(
        "content role! clear_at output_config",
        content=Kinds(_kinds({**_BLOCKS, **_BETA_BLOCKS})),
    ),
    context_management=shape("edits"),
    mcp_servers=Kinds({"url": shape("name! type! url! authorization_token tool_configuration")}),
    output_config=merge(_OUTPUT, "task_budget"),
    thinking=Kinds({
        kind: merge(each, "block_binding") if "display" in each.fields else each
        for kind, each in _DISPLAYED.items()
    }),
    tools=Kinds(_kinds({**_TOOLS, **_BETA_TOOLS}), otherwise="custom"),
)
