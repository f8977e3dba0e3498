"""One file per input format: recognise, read -> forms and problems."""
