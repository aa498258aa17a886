"""Each wire format in turn."""

import pytest

from tests.faults.wires import WIRES


@pytest.fixture(params=WIRES, ids=str)
def wire(request):
    return request.param
