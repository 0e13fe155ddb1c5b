"""Pages about rooms and people. They call the services and know no table."""
