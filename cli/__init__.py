"""The command line: it parses, asks and prints; no rule lives here."""
