"""Settings: one card a file; what a person may not change is not offered to them."""
