"""The version of snnhw: pyproject.toml and result.json take it from here."""

VERSION = "0.1.0"
