"""When and with whom this centre synchronises: courier, merge, joining, reviews. Mechanism is in `db.replica`."""
