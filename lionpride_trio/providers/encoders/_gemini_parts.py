"""The parts of one of Gemini's answers: a call comes whole, and a signature with what it proves."""

from __future__ import annotations

import base64

from ..._chunks import Chunk, OtherChunk, PartChunk, ReasoningChunk, TextChunk, ToolCallChunk
from ..._media import MediaPart
from ..._parts import TextPart
from ._encoder import told
from ._framing import JsonObject
from ._parts import Part, Parts


class Answer:
    """The parts of one answer, those that can be written by now."""

    def __init__(self) -> None:
        self.citations: list[object] = []
        self.ended = False
        self._calls = Parts()
        self._call: Part | None = None
        self._proof: JsonObject | None = None
        """A part of nothing but a signature, which may come with the end."""
        self._signed: str | None = None
        """The signature of the text that begins."""
        self._call_proof: str | None = None
        """The signature of the call that waits."""
        self._thinks: int | None = None
        """The block of the thought that was told last, if it was told last."""

    def take(self, chunk: Chunk) -> list[JsonObject]:
        """The parts that *chunk* completes."""
        match chunk:
            case TextChunk() if self._signed is not None:
                made = [*self.close(), {"text": chunk.data, "thoughtSignature": self._signed}]
                self._signed = self._thinks = None
            case TextChunk():
                made = self.close() if self._call or self._proof else []
                made.append({"text": chunk.data})
                self._thinks = None
            case PartChunk(part=TextPart() as begun):
                made = self.close()
                self._signed = begun.signature
                self._thinks = None
            case PartChunk(part=MediaPart() as medium) if medium.data or medium.url:
                made = [*self.close(), _medium(medium)]
                self._thinks = None
            case ReasoningChunk(text="", signature=str()) if self._call:
                made = self.close(proof=chunk.signature)
            case ReasoningChunk():
                made = self._thought(chunk)
            case ToolCallChunk():
                other = self._call is not None and self._call.number != chunk.slot
                made = self.close() if other or self._proof else []
                self._call = self._calls.take(chunk)
                self._call_proof = chunk.signature or (None if other else self._call_proof)
                self._thinks = None
            case OtherChunk(kind="refusal"):
                made = [*self.close(), {"text": chunk.value}]
                self._thinks = None
            case OtherChunk(kind="citation"):
                self.citations.append(chunk.value)
                made = []
            case _:
                made = []
        return made

    def _thought(self, chunk: ReasoningChunk) -> list[JsonObject]:
        made = self.close()
        thinks = self._thinks == chunk.block or bool(chunk.text) or chunk.signature is None
        part = {"text": chunk.text} | ({"thought": True} if thinks else {})
        if chunk.signature is not None:
            part["thoughtSignature"] = chunk.signature
        self._thinks = chunk.block if thinks else None
        if thinks:
            made.append(part)
        else:
            self._proof = part
        return made

    def close(self, proof: str | None = None) -> list[JsonObject]:
        """The parts that were waiting: a whole call, or a signature by itself."""
        call, self._call = self._call, None
        proof, self._call_proof = proof or self._call_proof, None
        made = self.take_rest() if proof is None and call is None else []
        if call is not None and call.arguments is not None:
            function = {**told(id=call.id), "name": call.name, "args": call.arguments}
            made.append({"functionCall": function, **told(thoughtSignature=proof)})
        return made

    def take_rest(self) -> list[JsonObject]:
        """The signature that waits for a part to come with."""
        proof, self._proof = self._proof, None
        signed, self._signed = self._signed, None
        if signed is not None:
            return [{"text": "", "thoughtSignature": signed}]
        return [] if proof is None else [proof]


def _medium(medium: MediaPart) -> JsonObject:
    proof = told(thoughtSignature=medium.signature)
    if medium.data is None:
        return {"fileData": told(mimeType=medium.media_type, fileUri=medium.url), **proof}
    data = base64.b64encode(medium.data).decode("ascii")
    return {"inlineData": told(mimeType=medium.media_type, data=data), **proof}


def join_parts(parts: list[JsonObject]) -> list[JsonObject]:
    """*parts*, where pieces of one text are one part, and signatures are with what they prove."""
    joined: list[JsonObject] = []
    for part in parts:
        before = joined[-1] if joined else None
        if (
            before is not None
            and "text" in part
            and "text" in before
            and part.get("thought") == before.get("thought")
            and "thoughtSignature" not in before
        ):
            joined[-1] = {**before, **part, "text": before["text"] + part["text"]}
        else:
            joined.append(part)
    return joined
