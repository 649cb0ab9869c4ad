"""Papers in, passages out. This layer knows nothing of language models, chat or browsers."""
