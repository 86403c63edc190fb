"""Keeping a workspace safe: backups that are proven by opening them, restoring, and the doctor."""
