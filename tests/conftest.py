"""Settings that hold for every test; fixtures live beside the tests that use them."""

from hypothesis import settings

# No deadline per example: a machine that is busy with something else is not a failing test.
settings.register_profile("lionpride_trio", deadline=None, print_blob=True)
settings.load_profile("lionpride_trio")


def pytest_addoption(parser):
    parser.addoption(
        "--crashes",
        type=int,
        default=4,
        help="how often the writers of durable streams are killed at random, on each store",
    )
