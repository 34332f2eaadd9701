// Comes with the HTTP API.
