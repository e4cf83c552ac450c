"""What people do in the workspace: talk, command, click, fill in forms."""
