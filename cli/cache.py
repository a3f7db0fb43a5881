"""snnhw cache: results that are kept on disk."""

from __future__ import annotations

import click


@click.group("cache")
def command() -> None:
    """Results of searches, kept on disk so that no search is done twice (below SNNHW_CACHE, else the user's cache folder).

    A result is found again by the content of all its inputs, the version of snnhw and that of its model and search.
    """


@command.command("info")
def info() -> int:
    """Where the cache is, and how much lies in it."""
    from snnhw.engines.cache import cache_info

    click.echo(str(cache_info()))
    return 0


@command.command("clear")
def clear() -> int:
    """Remove all results. Compiled kernels stay."""
    from snnhw.engines.cache import clear_cache
    from snnhw.spec.words import counted

    click.echo(f"removed {counted(clear_cache(), 'result')}")
    return 0
