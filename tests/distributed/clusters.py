"""Ray, alone on this machine and as a cluster of two raylets on loopback."""

from __future__ import annotations

import importlib.util
import os

import pytest

# Ray's own processes are the library's no more than Redis' are; without these it asks servers on the network.
os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")


def has_ray():
    return importlib.util.find_spec("ray") is not None


@pytest.fixture(scope="module", params=["alone", "two raylets"])
def ray(request):
    """Ray, connected to in one of two ways."""
    if not has_ray():
        pytest.skip("Ray is not installed: 'make ray' runs this in an environment of its own")
    import ray
    from ray.cluster_utils import Cluster

    if request.param == "alone":
        ray.init(num_cpus=4, include_dashboard=False, logging_level="error")
        yield ray
        ray.shutdown()
        return
    # No processor on the first: what is placed runs on the second, as on another machine.
    cluster = Cluster(
        initialize_head=True,
        head_node_args={"num_cpus": 0, "include_dashboard": False},
    )
    cluster.add_node(num_cpus=4)
    ray.init(address=cluster.address, logging_level="error")
    yield ray
    ray.shutdown()
    cluster.shutdown()
