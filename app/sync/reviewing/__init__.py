"""What concurrent work on two PCs leaves for a person to look at, kind by kind."""
