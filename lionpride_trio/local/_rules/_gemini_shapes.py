"""The shape of a request to generate content: the fields of Google's client (``google.genai.types``).

They are those of the Gemini API; what Vertex alone takes is refused here as there.  Each may be written
with underscores, too, which is how protocol buffers name them.
"""

from __future__ import annotations

import re
from typing import Final

from ._shapes import Shape, Values, Within, shape

SCHEMA: Final[Shape] = shape(
    "anyOf default description enum example format items maxItems maxLength maxProperties maximum"
    " minItems minLength minProperties minimum nullable pattern properties propertyOrdering"
    " required title type"
)
SCHEMA.inside.update({"anyOf": SCHEMA, "items": SCHEMA, "properties": Values(SCHEMA)})

_BLOB: Final = shape("data displayName mimeType")
_FILE: Final = shape("displayName fileUri mimeType")
_VIDEO: Final = shape("contentLayers endOffset fps startOffset")
_PART: Final = shape(
    "audioMetadata audioTranscription codeExecutionResult documentMetadata executableCode fileData"
    " functionCall functionResponse inlineData mediaProcessing mediaResolution partMetadata"
    " speechMetadata spreadsheetMetadata text$ thought thoughtSignature toolCall toolResponse"
    " videoMetadata",
    codeExecutionResult=shape("id outcome output"),
    executableCode=shape("code id language"),
    fileData=_FILE,
    functionCall=shape("args id$ name$"),
    functionResponse=shape(
        "id$ name$ parts response scheduling willContinue",
        parts=shape(
            "audioMetadata documentMetadata fileData inlineData mediaProcessing mediaResolution"
            " spreadsheetMetadata videoMetadata",
            fileData=_FILE,
            inlineData=_BLOB,
            videoMetadata=_VIDEO,
        ),
    ),
    inlineData=_BLOB,
    videoMetadata=_VIDEO,
)
_CONTENT: Final = shape("parts* role$", parts=_PART)
_DECLARATION: Final = shape(
    "behavior description name$ parameters parametersJsonSchema response responseJsonSchema",
    parameters=SCHEMA,
    response=SCHEMA,
)
CONFIG: Final[Shape] = shape(
    "audioTranscriptionConfig candidateCount enableAffectiveDialog"
    " frequencyPenalty imageConfig logprobs maxOutputTokens"
    " mediaResolution presencePenalty responseFormat responseJsonSchema responseLogprobs"
    " responseMimeType$ responseModalities responseSchema seed speechConfig stopSequences*"
    " temperature thinkingConfig topK topP translationConfig",
    responseSchema=SCHEMA,
    thinkingConfig=shape("includeThoughts thinkingBudget thinkingLevel"),
)
GENERATE: Final[Shape] = shape(
    "cachedContent contents* continuationToken generationConfig labels model safetySettings serviceTier store"
    " systemInstruction toolConfig tools*",
    contents=_CONTENT,
    generationConfig=CONFIG,
    safetySettings=shape("category threshold"),
    systemInstruction=_CONTENT,
    toolConfig=shape(
        "functionCallingConfig includeServerSideToolInvocations retrievalConfig",
        functionCallingConfig=shape("allowedFunctionNames* mode"),
        retrievalConfig=shape("languageCode latLng"),
    ),
    tools=shape(
        "codeExecution computerUse fileSearch functionDeclarations* googleMaps googleSearch"
        " googleSearchRetrieval mcpServers urlContext",
        functionDeclarations=_DECLARATION,
    ),
)


def underscored(name: str) -> str:
    """Write a name, or a path of names, as protocol buffers do."""
    return re.sub(r"[A-Z]", lambda letter: f"_{letter[0].lower()}", name)


def _names(within: Within, seen: set[int]) -> set[str]:
    if not isinstance(within, Shape) or id(within) in seen:
        return set()
    seen.add(id(within))
    return {*within.fields}.union(*(_names(each, seen) for each in within.inside.values()))


SPELLINGS: Final = {underscored(name): name for name in _names(GENERATE, set())}
"""Each name by its other spelling."""
