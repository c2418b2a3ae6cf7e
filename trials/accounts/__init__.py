"""Who may: roles, signing in, the second factor, lockout, sessions and the audit log."""
