"""The editors' desk: what needs a person, by kind and age, and the way from one to the next."""
