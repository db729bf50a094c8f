"""Files: what a program, a disk or another library can do to them, and how we refuse.

`whole` writes a file in one step or not at all and names what is damaged.  `layout` is
the HDF5 layout of a run and of a machine, that of the field's library `rbms`;
`model_types` are the names of machines there, `settings` the places of what a run was
trained with, and `reading` takes from a file no more than it holds.  `machine` gives
`RBM` its ``save`` and ``load``.
"""
