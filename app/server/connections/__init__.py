"""The connections of clients, bounded in number, time and memory, so that a server needs no proxy in front of it."""
