"""Versions, capture and (later) segments and merge: mechanism that obeys what the models declare."""
