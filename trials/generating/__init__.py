"""Made-up catalogues with the shape of real ones, to measure with. Nothing in them is a trial.

The vocabularies, places and organisations are the same in every made catalogue; `seed` decides the trials. A trial is a
function of its seed and number alone, so that a catalogue can grow and stay what it would have been.
"""
