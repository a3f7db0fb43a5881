"""snnhw."""
