"""Korean: dots are full stops, but for what is taken from elsewhere and for dates and outlines."""

from __future__ import annotations

from ._classes import Language, words

KOREAN = Language(
    code="ko",
    number=words("No no p pp vol Vol Fig fig 제"),
    maybe=words("Inc Ltd Corp Co"),
    end=words("등 중 것 곳 네 예 응 끝"),
    starters=words("""
        그러나 그리고 하지만 그래서 또한 따라서 그런데 그러면 즉 만약 다만 이 그 저 이는 이것은 그는 그녀는 우리는 나는 저는 제가 내가 당신은
        먼저 다음 다음으로 마지막으로 예를 왜 어떻게 언제 누가 무엇을 오늘 내일 어제 지금 이제 여기 거기 모든 많은 일부 대부분 사실 물론 아마
        특히
        """),
    local=words("No no Fig fig Vol vol p pp Inc Ltd Corp Co"),
)
