"""Storage: the encrypted file, its tables, its keys. Mechanism only; what may be done is decided in `app`."""
