"""What the tests stand on: servers of their own, a closed network, a browser."""
