"""The way in for programs: HTTP, with the objects of `ask --json` and of OpenAI's chat completions."""
