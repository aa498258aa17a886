import logging
import sys

import structlog
import trio

from lionpride_trio import iModel
from lionpride_trio.observe import LogObserver


def log_as_json():
    """Let every record of logging become a line of JSON, with its fields."""
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.ExtraAdder(),
            structlog.processors.TimeStamper(fmt="iso"),
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(),
        ],
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(formatter)
    logging.basicConfig(level=logging.INFO, handlers=[handler])


async def main():
    log_as_json()
    model = iModel("local", "trigram-1", observers=[LogObserver()])
    await model.complete("Why is the sky blue?")


if __name__ == "__main__":
    trio.run(main)
