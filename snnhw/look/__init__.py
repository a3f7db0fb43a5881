"""Looking at results: figures for papers, tables, bars and trees for the terminal."""
