"""The windows of synchronisation: its state in words, its clock, its history."""
