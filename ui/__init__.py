"""Every way in which a person or a program reaches the assistant."""
