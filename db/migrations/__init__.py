"""The schema's history. Run by `upgrade`, inside the encrypted file; Alembic is imported only when there is work."""
