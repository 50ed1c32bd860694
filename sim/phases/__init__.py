"""The phases of a day: in each file the formula, the scalar rule, and its loop over the rows, nothing else."""
