"""Prompts of other tools: LangChain, OpenAI messages and promptfoo in and out, Markdown out."""
