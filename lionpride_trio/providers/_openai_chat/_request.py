"""What chat completions are asked: the fields of ``POST /chat/completions``, OpenAI's and others'.

OpenAI's are those of its reference (platform.openai.com); those of other services and servers
come from theirs: Groq, OpenRouter, vLLM, llama.cpp, Mistral, DeepSeek, Qwen, xAI.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from .._messages import checked, insert_system
from .._options import take_options
from .._protocol import HTTPRequest, ModelCall
from .._tools import read_choice, read_form, read_tools, with_properties
from ._messages import ReasoningRule, plain, write_messages

OPENAI: Final = frozenset([
    "audio",
    "frequency_penalty",
    "function_call",
    "functions",
    "logit_bias",
    "logprobs",
    "max_completion_tokens",
    "max_tokens",
    "metadata",
    "modalities",
    "moderation",
    "n",
    "parallel_tool_calls",
    "prediction",
    "presence_penalty",
    "prompt_cache_key",
    "prompt_cache_options",
    "prompt_cache_retention",
    "reasoning_effort",
    "response_format",
    "safety_identifier",
    "seed",
    "service_tier",
    "stop",
    "store",
    "stream_options",
    "temperature",
    "tool_choice",
    "tools",
    "top_logprobs",
    "top_p",
    "user",
    "verbosity",
    "web_search_options",
])
# Groq has none of the fields of OpenAI's own models: their audio, predictions, caches, searches.
GROQ: Final = (
    OPENAI
    - {
        "audio",
        "modalities",
        "moderation",
        "prediction",
        "prompt_cache_key",
        "prompt_cache_options",
        "prompt_cache_retention",
        "safety_identifier",
        "verbosity",
        "web_search_options",
    }
) | {
    "citation_options",
    "compound_custom",
    "disable_tool_validation",
    "documents",
    "exclude_domains",
    "include_domains",
    "include_reasoning",
    "reasoning_format",
    "search_settings",
}
OPENROUTER: Final = OPENAI | {
    "cache_control",
    "debug",
    "image_config",
    "include_reasoning",
    "min_p",
    "models",
    "plugins",
    "preset",
    "reasoning",
    "repetition_penalty",
    "route",
    "session_id",
    "structured_outputs",
    "top_a",
    "top_k",
    "trace",
    "transforms",
    "usage",
}
# api-docs.deepseek.com, "Create Chat Completion".
DEEPSEEK: Final = frozenset([
    "frequency_penalty",
    "logprobs",
    "max_tokens",
    "presence_penalty",
    "reasoning_effort",
    "response_format",
    "stop",
    "stream_options",
    "temperature",
    "thinking",
    "tool_choice",
    "tools",
    "top_logprobs",
    "top_p",
    "user_id",
])
_VLLM = (
    "add_generation_prompt add_special_tokens allowed_token_ids bad_words best_of"
    " cache_salt chat_template chat_template_kwargs continue_final_message documents"
    " ec_transfer_params echo guided_choice guided_decoding_backend guided_grammar"
    " guided_json guided_regex ignore_eos include_reasoning include_stop_str_in_output"
    " kv_transfer_params length_penalty logits_processors logprob_token_ids"
    " media_io_kwargs min_p min_tokens mm_processor_kwargs priority prompt_logprobs"
    " repetition_detection repetition_penalty request_id return_prompt_text"
    " return_token_ids return_token_offsets return_tokens_as_token_ids"
    " routed_experts_prompt_start session_id skip_special_tokens"
    " spaces_between_special_tokens stop_token_ids stream_interval structured_outputs"
    " thinking_token_budget top_k truncate_prompt_tokens truncation_side use_beam_search"
    " vllm_xargs watermarking"
)
_LLAMA_CPP = (
    "cache_prompt dry_allowed_length dry_base dry_multiplier dry_penalty_last_n"
    " dry_sequence_breakers dynatemp_exponent dynatemp_range grammar id_slot json_schema lora"
    " min_keep mirostat mirostat_eta mirostat_tau n_indent n_keep n_predict n_probs"
    " parse_tool_calls post_sampling_probs reasoning_format repeat_last_n repeat_penalty"
    " return_progress return_tokens samplers t_max_predict_ms thinking_forced_open"
    " timings_per_token typical_p xtc_probability xtc_threshold"
)
_OTHERS = (
    "deferred enable_search enable_thinking prompt_mode random_seed safe_prompt search_parameters"
    " thinking thinking_budget"
)
COMPATIBLE: Final = OPENAI | {*_VLLM.split(), *_LLAMA_CPP.split(), *_OTHERS.split()}

HINTS: Final[Mapping[str, str]] = {
    "max_output_tokens": "write max_tokens=, or max_completion_tokens="
}


def write_request(
    call: ModelCall,
    provider: str,
    fields: frozenset[str],
    hints: Mapping[str, str],
    *,
    extends: bool,
    reasoning: ReasoningRule,
) -> HTTPRequest:
    """The request for *call*; a stream asks for its usage unless ``stream_options`` says otherwise.

    *extends* says whether the service's messages have more fields than OpenAI's, such as Anthropic's
    ``cache_control`` and the names of results.  OpenAI refuses a field that it does not know.
    *reasoning* says what goes back of an answer's reasoning; the option ``send_reasoning`` overrules it.
    """
    options = take_options(
        call,
        provider,
        fields | {"send_reasoning"},
        reserved=("model", "messages", "stream"),
        hints=hints,
    )
    messages = insert_system(checked(call.messages), options.pop("system", None))
    told = options.pop("send_reasoning", None)
    if told is not None:
        reasoning = "always" if told else "never"
    written = write_messages(messages, reasoning, extends=extends)
    body: dict[str, Any] = {"model": call.model, "messages": written}
    if call.stream:
        body |= {"stream": True, "stream_options": {"include_usage": True}}
    else:
        options.pop("stream_options", None)  # refused where nothing streams
    if "tools" in options:
        tools = [_tool(tool) for tool in read_tools(options["tools"])]
        options["tools"] = tools if extends else [plain(tool) for tool in tools]
    choice = options.get("tool_choice", "auto")
    if not isinstance(choice, str):  # servers have words of their own, such as Mistral's "any"
        read_choice(choice, "a word of the server's own")
    form = options.get("response_format", {})
    if not isinstance(form, Mapping):
        read_form(form)
    return HTTPRequest("/chat/completions", body | options)


def _tool(tool: Mapping[str, Any]) -> Mapping[str, Any]:
    function = tool.get("function")
    return {**tool, "function": with_properties(function)} if function else tool
