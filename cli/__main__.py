"""`python -m snnhw_cli` is `snnhw`."""

import sys

from snnhw_cli import main

if __name__ == "__main__":
    sys.exit(main())
