"""The version of snnhw: pyproject.toml and result.json take it from here."""

__version__ = "0.1.0"
