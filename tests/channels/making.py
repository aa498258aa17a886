"""Sources for the tests of channels."""

from __future__ import annotations

from lionpride_trio import source
from tests.counting import counting

numbers = source(counting)
