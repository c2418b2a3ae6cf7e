"""The record page's presenters: a trial's rows turned into plain values that templates only loop over."""
