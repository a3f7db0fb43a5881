"""The report of `snnhw report`: data of results as plain dicts, and the page that shows them."""
