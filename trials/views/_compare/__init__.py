"""The compare page's presenters: two to four trials turned into rows that align."""
