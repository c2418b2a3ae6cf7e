"""The history page's presenters: versions of a trial's records and what each changed, as values to loop over."""
