"""``python -m tests.support.vk --port 8082``: the stand-in alone."""

from __future__ import annotations

import argparse
import asyncio
import gc

from .limits import PublishedLimits
from .server import VkStandIn


async def serve(arguments: argparse.Namespace) -> None:
    limits = PublishedLimits().scaled(arguments.faster) if arguments.limits else None
    stand_in = VkStandIn(
        arguments.token,
        arguments.group,
        limits=limits,
        delay=arguments.delay,
        port=arguments.port,
        strict=not arguments.lenient,
    )
    async with stand_in as vk:
        gc.collect()
        gc.freeze()
        print(f"VK_API_URL={vk.url} VK_TOKEN={vk.token} VK_GROUP_ID={vk.group_id}", flush=True)
        await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8082)
    parser.add_argument("--token", default="vk1.a.TEST")
    parser.add_argument("--group", type=int, default=77)
    parser.add_argument("--delay", type=float, default=0.0, help="seconds a call takes")
    parser.add_argument("--limits", action="store_true", help="the published rate of requests")
    parser.add_argument("--lenient", action="store_true", help="no check of each call's shape")
    parser.add_argument("--faster", type=float, default=1.0, help="how much faster it runs")
    try:
        asyncio.run(serve(parser.parse_args()))
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
