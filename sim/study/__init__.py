"""Many runs: executed, stored, compared."""
