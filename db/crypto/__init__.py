"""Seal, open, sign, verify, derive: libsodium through PyNaCl, and nothing home-made below that."""
