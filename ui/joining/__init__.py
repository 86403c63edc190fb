"""The windows by which a new PC joins: its own pages in the set-up assistant, and the director's sheet."""
