"""Any server that speaks chat completions: vLLM, llama.cpp, Mistral, DeepSeek, Qwen, xAI, and gateways.

A fact of one of them is a field or a word here, for they have one provider.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from .._errors import (
    AuthenticationError,
    BadRequest,
    NotFound,
    Overloaded,
    PermissionDenied,
    QuotaExhausted,
    RateLimited,
    ServerError,
)
from ._answer_options import plain_answer
from ._groq import Groq
from ._openai_chat import OpenAIChat
from ._openai_chat._media import MediaRule
from ._openai_chat._request import OPENAI
from ._openrouter import OpenRouter

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
FIELDS: Final = OPENAI | {*_VLLM.split(), *_LLAMA_CPP.split(), *_OTHERS.split()}


class OpenAICompatible(OpenAIChat):
    """``POST {base}/chat/completions``, wherever that is."""

    name = "openai_compatible"
    base_url = None
    base_url_variables = ()
    key_variables = ()
    key_required = False
    header_variables = {}
    fields = FIELDS
    extends_messages = True
    reasoning_goes_back = "with_calls"
    media_go_back = MediaRule(audio=True, images="own")
    # An address of these two may be given here too, and gateways in front of them pass the ids on.
    request_id_headers = (*OpenRouter.request_id_headers, *Groq.request_id_headers)
    # Gateways; DashScope (in CamelCase); exceptions of Python (vLLM); Moonshot, DeepSeek and others.
    error_words = {
        AuthenticationError: "invalid_token unauthorized InvalidApiKey",
        BadRequest: """
            invalid_request bad_request
            DataInspectionFailed
            BadRequestError UnprocessableEntityError ValueError""",
        NotFound: "ModelNotFound Model.NotFound NotFoundError",
        Overloaded: """
            service_unavailable service_unavailable_error engine_overloaded engine_overloaded_error
            server_overloaded server_overloaded_error model_overloaded overloaded
            insufficient_system_resource
            ModelServingError""",
        PermissionDenied: """
            forbidden
            AccessDenied Model.AccessDenied AccessDenied.Unpurchased
            PermissionDeniedError""",
        QuotaExhausted: "Arrearage",
        RateLimited: """
            rate_limit_reached rate_limit rate_limited too_many_requests throttling_error
            Throttling Throttling.RateQuota Throttling.BurstRate Throttling.AllocationQuota""",
        ServerError: """
            internal_server_error internal_error network_error
            InternalError.Algo InternalError.Timeout RequestTimeOut""",
    }

    def answer_options(
        self, name: str, schema: Mapping[str, Any], options: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """A schema in OpenAI's form, as it is."""
        return plain_answer(name, schema, options)
