"""What the page of all components shows: made-up values for every partial."""
