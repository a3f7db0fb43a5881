"""The published study that the flagship reproduces: its data, our runs of it, its figures and tables. docs/study.md describes it."""
