"""What `snnhw init` writes into a new project."""
