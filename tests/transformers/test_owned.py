"""What is made of a registered model's replies is owned by its open session, too."""

from __future__ import annotations

import pytest

from lionpride_trio import LocalProtocolError, Session, iModel
from lionpride_trio.transformers import chain, hedge, merge, prefetch, race, sentences, text

MADE = {
    "pipeline": lambda model: model.stream("a") | text() | sentences(),
    "operator": lambda model: model.invoke("a") | prefetch(2),
    "merge": lambda model: merge({"a": model.stream("a"), "b": model.stream("b")}),
    "chain": lambda model: chain(model.stream("a"), model.stream("b")) | prefetch(1),
    "race": lambda model: race(model.stream("a"), model.stream("b")),
    "hedge": lambda model: hedge(model.stream("a"), after=60),
}


@pytest.mark.parametrize("make", MADE.values(), ids=MADE)
async def test_iterated_bare_in_an_open_session(make):
    async with Session() as session:
        model = iModel("local", stream=True)
        session.services.register(model)
        assert len([item async for item in make(model)]) > 3
        async for _ in make(model):
            break
    with pytest.raises(LocalProtocolError, match="async with"):
        async for _ in make(model):
            pass
