"""The server by itself."""

import re
import signal
import socket
import sys

import pytest

from lionpride_trio import BadRequest, iModel, local
from lionpride_trio.cli import main
from tests.cli.process import start


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT to a child")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_the_server_says_where_it_is_and_stops_when_told(number):
    with start("serve", "--seed", "3") as process:
        lines = [process.stdout.readline().decode().split() for _ in local.PROVIDERS]
        urls = dict(lines)
        assert tuple(urls) == local.PROVIDERS
        assert b"Ctrl-C" in process.stdout.readline()
        model = iModel("anthropic", "m", api_key="any", base_url=urls["anthropic"])
        async with local.serve(seed=3) as server:
            same = iModel("anthropic", "m", api_key="any", base_url=server.url("anthropic"))
            assert await model.complete("hi") == await same.complete("hi")
        process.send_signal(number)
        out, err = process.communicate()
    assert (process.returncode, out, err) == (0, b"", b"")


def test_a_busy_port_is_a_failure_in_one_line(capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["serve", "--port", str(port)]) == 1
    told = capsys.readouterr().err
    assert re.fullmatch(rf"error: cannot listen on port {port} of 127.0.0.1: .*in use.*\n", told)
    assert "Errno" not in told


def test_an_address_that_is_not_there_is_named(capsys):
    assert main(["serve", "--host", "nosuch.invalid"]) == 1
    told = capsys.readouterr().err
    assert told.startswith("error: cannot listen on port 0 of nosuch.invalid: ")
    assert "Errno" not in told


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT to a child")
@pytest.mark.parametrize("flags", [[], ["--strict"], ["--no-strict"]])
async def test_the_server_is_strict_unless_it_is_told_not_to_be(flags):
    with start("serve", *flags) as process:
        url = process.stdout.readline().decode().split()[1]  # OpenAI's
        model = iModel("openai", "m", api_key="any", base_url=url, extra_body={"wether": 1})
        if flags == ["--no-strict"]:
            assert (await model.complete("hi")).text
        else:
            with pytest.raises(BadRequest, match="wether"):
                await model.complete("hi")
        process.send_signal(signal.SIGINT)
        process.communicate()
    assert process.returncode == 0
