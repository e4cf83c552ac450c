"""What people send: messages read without damage, and what they mean."""
