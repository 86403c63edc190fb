"""Paper: letters, slips, sheets and posters as PDF bytes made from plain values; no database, no files."""
