"""What the tests of this folder share."""

import pytest


@pytest.fixture(params=[True, False], ids=["streams", "whole"])
def streams(request):
    return request.param
