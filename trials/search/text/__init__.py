"""Free text: tokens made here, kept and matched by FTS5 or tsvector, combined as bitmaps."""
