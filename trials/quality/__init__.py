"""What does not fit inside a record: rules that find it (`rules`), and the flags that keep what they found.

`gathering` reads what rules look at, `keeping` writes what they say. `search.publishing` calls both for every trial
that a transaction changed, so that no way of writing a trial can pass them by.
"""
