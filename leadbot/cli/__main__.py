"""``python -m leadbot.cli``: the same as the command ``leadbot``."""

from leadbot.cli import main

if __name__ == "__main__":
    main()
