"""The demonstration centre: invented people, made through the services that real ones go through."""
