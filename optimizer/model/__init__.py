"""The model door: protocol, journal key, accounting, retries, LangChain."""
