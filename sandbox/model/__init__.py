"""An OpenAI-compatible server with a simulated model that behaves by reading the prompt."""
