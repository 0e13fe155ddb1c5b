"""What has been used, or could be, to get something past a site."""
