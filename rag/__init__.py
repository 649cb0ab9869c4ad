"""Questions in, cited answers out. This layer knows nothing of terminals or browsers."""
