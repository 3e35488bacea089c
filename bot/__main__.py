"""`python -m bot`."""

import gc
import sys

if sys.version_info < (3, 11):  # noqa: UP036 (an older Python gets this far)
    sys.exit(
        "domovoy: Python 3.11 or newer is needed, this is %d.%d; run it as python3.11 -m bot"  # noqa: UP031
        % sys.version_info[:2]
    )

from bot.asking import COMMANDS, main

if __name__ == "__main__":
    if sys.argv[1:2] not in ([command] for command in COMMANDS):
        if sys.argv[1:2] == ["import"]:
            from bot.early import refuse

            if refuse(sys.argv[2:]):
                sys.exit(1)
        # What is loaded now stays: to look for waste in it takes a second. `App` ends this.
        gc.disable()
        from bot.cli import main  # with all the program behind it: a second and a half
    sys.exit(main())
