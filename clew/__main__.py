"""`python -m clew` is the command line."""

from __future__ import annotations

from clew.site.cli import main

if __name__ == "__main__":
    main()
