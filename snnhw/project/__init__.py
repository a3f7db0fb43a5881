"""A user's own files: a new project, what is wrong with files, schemas for editors."""
