"""The compiled samplers of the lattice: 64 chains in a word, bytes, and clusters."""
