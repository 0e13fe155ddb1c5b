"""Pictures of every page and state, for looking at; and what reaches over the edge of a screen."""
