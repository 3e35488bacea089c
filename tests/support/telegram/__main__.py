"""``python -m tests.support.telegram --port 8081``: the stand-in alone."""

from __future__ import annotations

import argparse
import asyncio
import gc

from .limits import PublishedLimits
from .server import TelegramStandIn


async def serve(arguments: argparse.Namespace) -> None:
    limits = PublishedLimits().scaled(arguments.faster, waits=True) if arguments.limits else None
    stand_in = TelegramStandIn(
        arguments.token,
        limits=limits,
        delay=arguments.delay,
        port=arguments.port,
        strict=not arguments.lenient,
    )
    async with stand_in as tg:
        gc.collect()
        gc.freeze()
        print(f"TELEGRAM_API_URL={tg.url} TELEGRAM_TOKEN={tg.token}", flush=True)
        await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--token", default="42:TEST")
    parser.add_argument("--delay", type=float, default=0.0, help="seconds a call takes")
    parser.add_argument("--limits", action="store_true", help="the published flood limits")
    parser.add_argument("--lenient", action="store_true", help="no check of each call's shape")
    parser.add_argument("--faster", type=float, default=1.0, help="how much faster they run")
    try:
        asyncio.run(serve(parser.parse_args()))
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
