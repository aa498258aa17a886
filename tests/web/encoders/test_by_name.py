"""An encoder by its protocol's name."""

from __future__ import annotations

import pytest

from lionpride_trio import ConfigurationError
from lionpride_trio.web import encoders
from lionpride_trio.web.encoders import Failure, encoder


@pytest.mark.parametrize(
    ("protocol", "name"),
    [
        ("events", "EventsEncoder"),
        ("ui", "UIEncoder"),
        ("ag_ui", "AGUIEncoder"),
        ("openai", "OpenAIEncoder"),
        ("text", "TextEncoder"),
        ("jsonl", "JSONLinesEncoder"),
    ],
)
def test_each_protocol_has_a_class(protocol, name):
    assert type(encoder(protocol)) is getattr(encoders, name)


def test_settings_are_those_of_the_class():
    assert b'"messageId":"m1"' in encoder("ui", message_id="m1").feed("a")


def test_a_word_that_is_no_protocol_gets_the_list():
    with pytest.raises(
        ConfigurationError, match=r"'agui' \(do you mean 'ag_ui'\?\): choose from ev"
    ):
        encoder("agui")
    with pytest.raises(ConfigurationError, match="there is no protocol None"):
        encoder(None)


def test_a_setting_that_is_none_gets_those_that_are():
    with pytest.raises(ConfigurationError, match="'text' has no setting 'raw': it has describe"):
        encoder("text", raw=True)


def test_what_a_page_is_told_of_a_failure_may_be_one_s_own():
    def describe(error):
        return Failure("Ours", str(error))

    told = encoder("events", describe=describe).fail(ValueError("as it is"))
    assert b'"error":"Ours","message":"as it is"' in told
    with pytest.raises(ConfigurationError, match="describe= is a function"):
        encoder("events", describe="x")
