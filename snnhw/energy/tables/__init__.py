"""The figures of the built-in model, one CSV a kind. Every row names its source and its relative uncertainty."""
