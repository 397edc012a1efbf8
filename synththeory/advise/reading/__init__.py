"""From a file or a frame to a table whose columns are typed, with a report of how it was read."""
